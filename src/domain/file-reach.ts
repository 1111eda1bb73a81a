import type { FileReference, ModuleReferences } from "./references.ts";

/**
 * What of a configuration file decides which other files a stack is made from, and nothing else of it: small enough
 * to be kept for every file of a large repository.
 */
export interface FileReach {
  /** Sources of called modules that lie in the repository, as they are written. */
  readonly sources: readonly string[];
  /** Lines of calls whose source is computed. */
  readonly computed: readonly number[];
  /** How many calls name a module from elsewhere. */
  readonly remote: number;
  readonly files: readonly FileReference[];
  readonly opaque: boolean;
  readonly localExec: boolean;
  readonly externalData: boolean;
  /** Its bytes are no UTF-8, so Terraform refuses it. */
  readonly notText?: true;
}

export const reachesNothing: FileReach = {
  sources: [],
  computed: [],
  remote: 0,
  files: [],
  opaque: false,
  localExec: false,
  externalData: false,
};

export function reachOf(references: ModuleReferences): FileReach {
  const written = references.calls.flatMap(({ source }) => (source === null ? [] : [source]));
  const sources = written.filter(isLocalSource);
  return {
    sources,
    computed: references.calls.flatMap(({ source, line }) => (source === null ? [line] : [])),
    remote: written.length - sources.length,
    files: references.files,
    opaque: references.opaque,
    localExec: references.hasLocalExec,
    externalData: references.hasExternalData,
  };
}

/** Whether a module's source is a folder of the same repository. */
export function isLocalSource(source: string): boolean {
  return /^\.\.?(\/|$)/.test(source);
}
