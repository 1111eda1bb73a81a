/** What compiled files become in a repository where people write too: what is theirs stays as it is, byte for byte. */
export { changesOf, editedCode, type FileChange, firstDifference, type Written } from "./changes.ts";
export { readHeader } from "./whole.ts";
