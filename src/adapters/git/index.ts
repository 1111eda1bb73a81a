/**
 * Git on this machine, by its own program: objects and refs without a checkout, the folder a person works in, and
 * what a forge does to a repository. Needs Git 2.38, and starts nothing that a repository names. A remote branch is the
 * only thing that reaches the network.
 */

export { openChangeReader } from "./change-reader.ts";
export { describeRepository, type RepositoryDescription } from "./describe.ts";
export { type GitObject, type ObjectReader, openObjectReader } from "./object-reader.ts";
export { openRemoteBranch, type RemoteBranchOptions } from "./remote-branch.ts";
export { type LocalRepository, openRepository } from "./repository.ts";
export { type Git, type GitResult, gitIn, runGit } from "./run-git.ts";
export { type FileText, listWorkingFiles, type WorkingFile, type WorkingFiles } from "./working-files.ts";
export {
  findWorktree,
  readBranches,
  readStatus,
  readUserEmail,
  type Worktree,
  type WorktreeStatus,
  worktreeTree,
} from "./worktree.ts";
export { type CommitAbout, initBare, openWriter, type Person, type RepositoryWriter } from "./write.ts";
