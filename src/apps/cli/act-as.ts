import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { DeliveryError } from "../../domain/errors.ts";
import type { Environment, Flow } from "../../flow/index.ts";

type Variables = Readonly<Record<string, string>>;

/** What the tool sees of an environment, with the identity that the flow binds it to. */
export type ActAs = (environment: Environment, variables: Variables) => Variables;

/** Keys of their own would be taken before any profile, and somebody else would act. */
const ownKeys = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"];
/** Where a person's own credentials are looked for; without these, in their home. */
const whereAws = ["AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"];
const whereGcp = ["GOOGLE_APPLICATION_CREDENTIALS", "CLOUDSDK_CONFIG"];

interface Here {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** `.plangate`, where a file of profiles is written for roles: it holds no secret. */
  readonly home: string;
}

/**
 * Binds local commands to the identities that the flow names: a profile or a role of AWS, a service account of Google.
 * For a role a file of profiles is made from the person's own, with one more that takes the role.
 */
export async function actAs(flow: Flow, here: Here): Promise<ActAs> {
  const files = new Map<string, string>();
  for (const { name, identity } of flow.environments) {
    if (identity?.awsRole != null) files.set(name, await writeProfiles(here, name, identity.awsRole));
  }
  return ({ name, identity }, variables) => {
    if (identity === null) return variables;
    const { awsProfile, awsRole, gcpServiceAccount } = identity;
    const given: Record<string, string> = { ...variables };
    if (awsProfile !== null || awsRole !== null) {
      for (const key of ownKeys) delete given[key];
      Object.assign(given, taken(here.env, whereAws), { AWS_PROFILE: awsProfile ?? profileOf(name) });
      const file = files.get(name);
      if (awsProfile === null && file !== undefined) {
        if (here.env.AWS_ACCESS_KEY_ID !== undefined && here.env.AWS_PROFILE === undefined) throw keysInTheWay(name);
        given.AWS_CONFIG_FILE = file;
      }
    }
    if (gcpServiceAccount !== null)
      Object.assign(given, taken(here.env, whereGcp), { GOOGLE_IMPERSONATE_SERVICE_ACCOUNT: gcpServiceAccount });
    return given;
  };
}

function taken(env: Here["env"], names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]])));
}

function profileOf(environment: string): string {
  return `plangate-${environment}`;
}

/** The person's profiles and one that takes the role, from whoever they are by default. */
async function writeProfiles({ env, home }: Here, environment: string, role: string): Promise<string> {
  const own = env.AWS_CONFIG_FILE ?? (env.HOME === undefined ? undefined : join(env.HOME, ".aws", "config"));
  const profiles = own === undefined ? "" : await readFile(own, "utf8").catch(() => "");
  const folder = join(home, "identity");
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const file = join(folder, `aws-${environment}.config`);
  const section = [
    `[profile ${profileOf(environment)}]`,
    `role_arn = ${role}`,
    `source_profile = ${env.AWS_PROFILE ?? "default"}`,
    `role_session_name = plangate-${environment}`,
  ];
  await writeFile(file, `${[profiles.trimEnd(), ...section].join("\n")}\n`.trimStart(), { mode: 0o600 });
  return file;
}

function keysInTheWay(environment: string): DeliveryError {
  return new DeliveryError({
    code: "setting-wrong",
    message: `${environment} acts as a role, and AWS_ACCESS_KEY_ID of your shell would act instead of it`,
    reaction: "stop",
    hint: "Put the keys into a profile (`aws configure --profile NAME`), unset them, and set AWS_PROFILE=NAME.",
  });
}
