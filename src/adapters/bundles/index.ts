/**
 * Plan bundles on this machine's disk, in artifacts of workflow runs, and in buckets of S3 and Google Cloud Storage: sealed
 * parts and signed manifests, written once and never replaced. Nothing here can open a part.
 */
export { type ArtifactBundlesOptions, openArtifactBundles } from "./artifact-bundles.ts";
export { type BucketBundlesOptions, type Objects, openBucketBundles } from "./bucket.ts";
export { openBundleFolder } from "./folder.ts";
export { openGcs } from "./gcs.ts";
export { openS3 } from "./s3.ts";
