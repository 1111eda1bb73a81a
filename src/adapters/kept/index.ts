/** What was worked out before and can be worked out again, kept in a folder so that the next time is quicker. */
export { openGraphFolder } from "./graph-folder.ts";
