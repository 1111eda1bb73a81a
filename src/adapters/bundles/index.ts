/**
 * Plan bundles on this machine's disk: sealed parts and signed manifests, written once and never replaced.
 * Nothing here can open a part or judge a signature.
 */
export { openBundleFolder } from "./folder.ts";
