import { openBucketBundles, openGcs, openS3 } from "../../adapters/bundles/index.ts";
import type { BundleStore } from "../../delivery/ports.ts";
import { DeliveryError } from "../../domain/errors.ts";
import type { BundlesPlace } from "../../flow/flow.ts";
import { type Env, mayHave } from "./job.ts";

/** What the step gives that takes on the identity of a job, where bundles are kept in a bucket. */
export const bundleVariables = {
  keyId: "PLANGATE_BUNDLES_KEY_ID",
  key: "PLANGATE_BUNDLES_KEY",
  session: "PLANGATE_BUNDLES_SESSION",
  token: "PLANGATE_BUNDLES_TOKEN",
} as const;

interface BundlesAbout {
  readonly env: Env;
  readonly tell: (line: string) => void;
  readonly signal: AbortSignal;
}

/** The bucket that the flow keeps bundles in, as the identity of this job reaches it. */
export function openJobBundles(place: BundlesPlace, { env, tell, signal }: BundlesAbout): BundleStore {
  const { bucket, prefix } = place;
  if (place.kind === "gcs") {
    const endpoint = mayHave(env, "STORAGE_EMULATOR_HOST");
    const token = identityIn(env, "token", "PLANGATE_GCP_PROVIDER and PLANGATE_GCP_SERVICE_ACCOUNT");
    const objects = openGcs({ bucket, token, signal, ...(endpoint === null ? {} : { endpoint }) });
    return openBucketBundles({ objects, prefix, tell });
  }
  const endpoint = mayHave(env, "AWS_ENDPOINT_URL_S3");
  const sessionToken = mayHave(env, bundleVariables.session);
  const credentials = {
    accessKeyId: identityIn(env, "keyId", "PLANGATE_AWS_ROLE"),
    secretAccessKey: identityIn(env, "key", "PLANGATE_AWS_ROLE"),
    ...(sessionToken === null ? {} : { sessionToken }),
  };
  const { region } = place;
  const objects = openS3({ bucket, region, credentials, signal, ...(endpoint === null ? {} : { endpoint }) });
  return openBucketBundles({ objects, prefix, tell });
}

function identityIn(env: Env, what: keyof typeof bundleVariables, from: string): string {
  const given = mayHave(env, bundleVariables[what]);
  if (given !== null) return given;
  throw new DeliveryError({
    code: "setting-wrong",
    message: `reaching the bucket of bundles: ${bundleVariables[what]} is not set, so this job has no identity that could`,
    reaction: "stop",
    hint: `Set ${from} as variables of the environment that the job is in on GitHub, and compile the workflows again.`,
  });
}
