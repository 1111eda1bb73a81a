import type { BundlesPlace, Flow } from "../../flow/flow.ts";
import { jobMinutes } from "../names.ts";
import { expression } from "./expressions.ts";
import { pinned } from "./pins.ts";
import type { YamlRecord } from "./yaml.ts";

/** The id of the step whose outputs reach the bucket of bundles. */
export const bundlesStep = "bundles";

const outputsOf = {
  s3: {
    PLANGATE_BUNDLES_KEY_ID: "aws-access-key-id",
    PLANGATE_BUNDLES_KEY: "aws-secret-access-key",
    PLANGATE_BUNDLES_SESSION: "aws-session-token",
  },
  gcs: { PLANGATE_BUNDLES_TOKEN: "access_token" },
} as const satisfies Readonly<Record<BundlesPlace["kind"], Readonly<Record<string, string>>>>;

/** Variables that hold what reaches the bucket. */
export const bundleSecrets: readonly string[] = Object.values(outputsOf).flatMap((outputs) => Object.keys(outputs));

/** What reaches the bucket, for the step that runs plangate: nothing where bundles are artifacts. */
export function reachesBundles({ bundles }: Flow): YamlRecord {
  if (bundles === null) return {};
  return Object.fromEntries(
    Object.entries(outputsOf[bundles.kind]).map(([name, output]) => [
      name,
      expression(`steps.${bundlesStep}.outputs.${output}`),
    ]),
  );
}

/** What the step that takes on an apply identity gives besides, where that identity reads bundles too. */
export function readingBundles({ bundles }: Flow): { readonly s3?: YamlRecord; readonly gcs?: YamlRecord } {
  if (bundles === null) return {};
  return bundles.kind === "s3" ? { s3: { "output-credentials": true } } : { gcs: forStorage("read_only") };
}

function forStorage(scope: "read_only" | "read_write"): YamlRecord {
  return {
    token_format: "access_token",
    access_token_scopes: `https://www.googleapis.com/auth/devstorage.${scope}`,
  };
}

/**
 * Takes on the identity that keeps bundles, and nothing else, for a job that decides or presents: what it gives goes to
 * plangate alone, and into no variable or file that another program of the job finds.
 */
export function keepBundles({ bundles }: Flow): readonly YamlRecord[] {
  if (bundles === null) return [];
  const name = "Take on the identity that keeps bundles";
  if (bundles.kind === "s3")
    return [
      {
        name,
        id: bundlesStep,
        // Without it plangate says what is missing, which the action does not.
        if: "vars.PLANGATE_AWS_ROLE != ''",
        uses: pinned("aws-actions/configure-aws-credentials"),
        with: {
          "role-to-assume": expression("vars.PLANGATE_AWS_ROLE"),
          "aws-region": bundles.region,
          "role-duration-seconds": jobMinutes.bundles * 60,
          "mask-aws-account-id": true,
          "output-credentials": true,
          "output-env-credentials": false,
        },
      },
    ];
  return [
    {
      name,
      id: bundlesStep,
      if: "vars.PLANGATE_GCP_PROVIDER != ''",
      uses: pinned("google-github-actions/auth"),
      with: {
        workload_identity_provider: expression("vars.PLANGATE_GCP_PROVIDER"),
        service_account: expression("vars.PLANGATE_GCP_SERVICE_ACCOUNT"),
        create_credentials_file: false,
        export_environment_variables: false,
        ...forStorage("read_write"),
      },
    },
  ];
}
