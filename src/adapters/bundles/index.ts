/**
 * Plan bundles on this machine's disk, and in artifacts of workflow runs: sealed parts and signed manifests, written once
 * and never replaced. Nothing here can open a part.
 */
export { type ArtifactBundlesOptions, openArtifactBundles } from "./artifact-bundles.ts";
export { openBundleFolder } from "./folder.ts";
