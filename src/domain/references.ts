/** Where a path that stands in a configuration begins: at the module it stands in, or at the root module. */
export interface FileReference {
  readonly from: "module" | "root";
  /** A file, or a folder with everything below it. May begin with `..`. */
  readonly path: string;
  /** Its text is a template, and may call functions that read files too. */
  readonly template: boolean;
}

/** What one configuration file refers to, as far as its text tells. */
export interface ModuleReferences {
  readonly calls: readonly {
    readonly name: string;
    /** Null when it is not a plain string. */
    readonly source: string | null;
    readonly version: string | null;
    readonly line: number;
  }[];
  /** Paths that stand in it in plain sight: given to functions that read files, or beginning with `path.module` and the like. */
  readonly files: readonly FileReference[];
  /** Something may be read whose path cannot be told from the text, or the text cannot be read at all. */
  readonly opaque: boolean;
  /** `block` is the text that stands in the file. */
  readonly backend: { readonly type: string; readonly block: string } | null;
  /** Those that are required and those that resource types imply. */
  readonly providers: readonly {
    readonly name: string;
    readonly source: string | null;
    readonly version: string | null;
  }[];
  readonly hasProvisioners: boolean;
  readonly hasLocalExec: boolean;
  readonly hasExternalData: boolean;
  /** A `removed` block runs something when its object is destroyed, which no plan shows; or that cannot be ruled out. */
  readonly hidesProvisioners: boolean;
}
