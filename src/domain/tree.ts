import type { Tool } from "./plan.ts";
import type { ModuleReferences } from "./references.ts";

/** A file of a commit's tree, as Git lists it. */
export interface TreeFile {
  /** From the repository's top. */
  readonly path: string;
  /** `120000` is a symbolic link, `160000` a submodule. */
  readonly mode: string;
  readonly blob: string;
}

/** A commit's files, looked up quickly, and what the configuration among them refers to, read once each. */
export interface ConfigurationTree {
  file(path: string): TreeFile | undefined;
  /** The file itself, or all files below the folder; `""` is the top. Sorted by path. */
  under(path: string): readonly TreeFile[];
  /** The files that Terraform and OpenTofu would read as configuration of the module in this folder. */
  configurationIn(folder: string): readonly TreeFile[];
  /** What a configuration file or a template refers to. */
  references(file: TreeFile): Promise<ModuleReferences>;
  /** Where a path leads once symbolic links are followed, and the links on the way. Null when it leaves the tree. */
  follow(path: string): Promise<{ readonly path: string | null; readonly links: readonly TreeFile[] }>;
}

export interface TreeReader {
  references(file: TreeFile): Promise<ModuleReferences>;
  linkTarget(file: TreeFile): Promise<string>;
}

/** More links than this on one path lead in a circle. */
const mostLinks = 40;

export function openTree(entries: readonly TreeFile[], reader: TreeReader): ConfigurationTree {
  const files = entries.toSorted((left, right) => (left.path < right.path ? -1 : 1));
  const byPath = new Map(files.map((file) => [file.path, file]));
  const hasLinks = files.some((file) => file.mode === "120000");
  const configuration = new Map<string, TreeFile[]>();
  for (const file of files) {
    if (!isConfiguration(file.path)) continue;
    const folder = folderOf(file.path);
    const others = configuration.get(folder);
    if (others === undefined) configuration.set(folder, [file]);
    else others.push(file);
  }
  const read = new Map<string, Promise<ModuleReferences>>();

  /** The first file whose path is not before this one. */
  const firstFrom = (path: string): number => {
    let low = 0;
    let high = files.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((files[middle]?.path ?? "") < path) low = middle + 1;
      else high = middle;
    }
    return low;
  };

  return {
    file: (path) => byPath.get(path),
    under(path) {
      if (path === "") return files;
      const file = byPath.get(path);
      // "0" is the character after "/".
      return file === undefined ? files.slice(firstFrom(`${path}/`), firstFrom(`${path}0`)) : [file];
    },
    configurationIn: (folder) => configuration.get(folder) ?? [],
    references(file) {
      const references = read.get(file.path) ?? reader.references(file);
      read.set(file.path, references);
      return references;
    },
    async follow(path) {
      const links: TreeFile[] = [];
      if (!hasLinks) return { path, links };
      let rest = path.split("/").filter((part) => part !== "");
      let at = "";
      while (rest.length > 0) {
        const [name = "", ...further] = rest;
        rest = further;
        const here = joinPath(at, name);
        const link = here === undefined ? undefined : byPath.get(here);
        if (here === undefined || links.length > mostLinks) return { path: null, links };
        if (link?.mode !== "120000") {
          at = here;
          continue;
        }
        links.push(link);
        const target = await reader.linkTarget(link);
        if (target.startsWith("/")) return { path: null, links };
        rest = [...target.split("/").filter((part) => part !== "" && part !== "."), ...rest];
      }
      return { path: at, links };
    },
  };
}

/** The tool reads these after all other files of a module, and what they say counts. */
export function isOverride(path: string): boolean {
  return /(?:^|\/|_)override\.(?:tf|tofu)(?:\.json)?$/.test(path);
}

/**
 * What Terraform and OpenTofu read in a module's folder. They leave hidden files out, and editors' leftovers: `x.tf~`
 * and `#x.tf#`, and not `#x.tf` or `~x.tf`.
 */
export function isConfiguration(path: string): boolean {
  return /(?:^|\/)[^./][^/]*\.(?:tf|tofu)(?:\.json)?$/.test(path);
}

/** Of the names in a module's folder, those that the tool reads. OpenTofu takes `x.tofu` in the place of `x.tf`; Terraform knows the latter only. */
export function configurationAmong(names: readonly string[], tool: Tool["name"]): readonly string[] {
  const all = new Set(names);
  return names.filter((name) => {
    if (!isConfiguration(name)) return false;
    const isTofu = /\.tofu(?:\.json)?$/.test(name);
    if (tool === "terraform") return !isTofu;
    return isTofu || !all.has(name.replace(/\.tf(\.json)?$/, ".tofu$1"));
  });
}

/** `a/b` of `a/b/c.tf`; empty for a file at the top. */
export function folderOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf("/")));
}

/** Whether a folder is another one or lies below it. */
export function isInside(outer: string, folder: string): boolean {
  return outer === "" || folder === outer || folder.startsWith(`${outer}/`);
}

/** A path as seen from a folder, without dots; `undefined` when it leaves the top. An empty one is the top itself. */
export function joinPath(folder: string, path: string): string | undefined {
  const parts = folder.split("/").filter((part) => part !== "");
  for (const part of path.split("/")) {
    if (part === "" || part === ".") continue;
    if (part !== "..") parts.push(part);
    else if (parts.pop() === undefined) return undefined;
  }
  return parts.join("/");
}
