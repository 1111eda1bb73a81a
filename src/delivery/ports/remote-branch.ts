import type { CommitSha, Instant } from "../../domain/names.ts";
import type { TreeEntry } from "../ports.ts";

/**
 * A branch of a remote repository that is written by compare-and-swap: what is pushed has what was read as its parent.
 * Whoever may push to the branch chose what is in it.
 */
export interface RemoteBranch {
  /** For messages: the branch and where it is. */
  readonly name: string;
  /** The commit that it is at now; null when there is no such branch. Brings commits and trees, and no file. */
  fetch(): Promise<CommitSha | null>;
  /** Whether the later commit, which was fetched, descends from the earlier one. A commit that is not here leads nowhere. */
  leadsTo(earlier: CommitSha, later: CommitSha): Promise<boolean>;
  /** What lies in the top folder of a commit that was fetched, or in a folder of it by its id; a folder has the mode `40000`. */
  entries(commitOrFolder: string): Promise<readonly TreeEntry[]>;
  /** The blobs' contents, in order. Fails when one has more than `most` bytes. */
  read(blobs: readonly string[], most: number): Promise<readonly Uint8Array[]>;
  /**
   * Pushes a commit on `parent` (null: the first one of the branch) in which these files stand as given. `pushed` false:
   * somebody else was faster, or it cannot be told, with what was said; what is there now says which. Fails only when
   * nothing can have been pushed.
   */
  push(next: {
    readonly parent: CommitSha | null;
    readonly files: Readonly<Record<string, string>>;
    readonly message: string;
    readonly at: Instant;
  }): Promise<{ readonly pushed: boolean; readonly commit: CommitSha; readonly said?: string | undefined }>;
  /** The commit that was last found whole on this machine, and what to take for it from now on. */
  seen(): Promise<CommitSha | null>;
  see(commit: CommitSha): Promise<void>;
}
