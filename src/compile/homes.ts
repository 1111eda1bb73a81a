import type { Environment } from "../flow/index.ts";

/** The account of an environment: as it says, or that of its role; null where nothing tells. */
export function accountOf({ identity }: Pick<Environment, "identity">): string | null {
  return identity?.awsAccount ?? identity?.awsRole?.split(":")[4] ?? null;
}

/** The project of an environment: as it says, or that of its service account, when its address tells; null where nothing does. */
export function projectOf({ identity }: Pick<Environment, "identity">): string | null {
  const ofAccount = /@([a-z][a-z0-9-]+)\.iam\.gserviceaccount\.com$/.exec(identity?.gcpServiceAccount ?? "")?.[1];
  return identity?.gcpProject ?? ofAccount ?? null;
}
