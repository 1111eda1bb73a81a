/**
 * Artifacts of workflow runs, unpacked. Whatever ran in a run could upload them, so an archive is bounded, its names are
 * names of files below one folder, and one that is not whole counts as none.
 */
export { type ArtifactLimits, openArtifactFiles } from "./artifact-files.ts";
