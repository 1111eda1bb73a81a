import type { ConfigurationFacts, SettingsFacts } from "../domain/configuration-facts.ts";

/** A file on disk that Git tracks, or would if it were added. */
export interface RepositoryFile {
  /** From the repository's top. */
  readonly path: string;
  /** As Git has it; `120000` is a symbolic link. */
  readonly mode: string;
  readonly tracked: boolean;
}

/** What inspection sees of a repository. It never asks for more, so that a few texts in a test are a repository too. */
export interface RepositoryReader {
  readonly files: readonly RepositoryFile[];
  /** The text of a file; null with the reason where it has none that could be looked at. */
  read(
    path: string,
  ): Promise<{ readonly text: string } | { readonly text: null; readonly why: "binary" | "large" | "gone" }>;
  linkTarget(path: string): string;
  /** Those of the paths that are on disk and that Git is told to leave alone. */
  ignored(paths: readonly string[]): Promise<ReadonlySet<string>>;
  configuration(text: string, path: string): Promise<ConfigurationFacts>;
  settings(text: string, path: string): Promise<SettingsFacts>;
}
