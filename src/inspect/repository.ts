import type { ConfigurationFacts, SettingsFacts } from "../domain/configuration-facts.ts";
import type { WorkflowFacts } from "../domain/workflow-facts.ts";

/** A file on disk that Git tracks, or would if it were added. */
export interface RepositoryFile {
  /** From the repository's top. */
  readonly path: string;
  /** As Git has it; `120000` is a symbolic link, `160000` a submodule. */
  readonly mode: string;
  readonly tracked: boolean;
}

/** Why a file has no text that could be looked at. */
export type Unread = "binary" | "large" | "gone";

/** What can be read of a file. One that is not UTF-8 is read as far as it goes, and no tool will take it. */
export type FileText =
  | { readonly text: string; readonly notUtf8?: true }
  | { readonly text: null; readonly why: Unread };

/** Branches by their names: the one that is checked out, null when it is a commit, and all that are here. */
export interface RepositoryBranches {
  readonly current: string | null;
  readonly local: readonly string[];
}

/** What inspection sees of a repository. It never asks for more, so that a few texts in a test are a repository too. */
export interface RepositoryReader {
  readonly files: readonly RepositoryFile[];
  readonly branches: RepositoryBranches;
  /** The text of a file; null with the reason where it has none that could be looked at. */
  read(path: string): Promise<FileText>;
  linkTarget(path: string): string;
  /** Those of the paths that are on disk and that Git is told to leave alone. */
  ignored(paths: readonly string[]): Promise<ReadonlySet<string>>;
  configuration(text: string, path: string): Promise<ConfigurationFacts>;
  settings(text: string, path: string): Promise<SettingsFacts>;
  workflow(text: string): Promise<WorkflowFacts>;
}
