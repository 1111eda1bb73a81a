/**
 * What the files of a repository show about a flow's stacks and about anything that delivery relies on: read once, as
 * text, nothing run. It works on values and on the reader that it is given; how files are read and configuration is
 * parsed belongs in adapters/. What must hold inside the flow file itself is checked in flow/.
 */
export { type CheckedFiles, type Inspection, inspect } from "./inspect.ts";
export type { RepositoryBranches, RepositoryFile, RepositoryReader } from "./repository.ts";
export { addressIn, type StateAddress } from "./state-address.ts";
