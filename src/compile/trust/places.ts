import type { BundlesPlace } from "../../flow/flow.ts";
import type { Environment, Flow } from "../../flow/index.ts";
import { type StatePlace, statePlaces } from "./states.ts";
import type { RepositoryClaims, WantedIdentity } from "./wanted.ts";

/** What the file of one cloud is made from. */
export interface Making {
  readonly claims: RepositoryClaims;
  /** Without its owner, as names are made from it. */
  readonly repository: string;
  readonly homes: readonly Home[];
  /** The bucket of bundles, where it is in this cloud. */
  readonly bundles: BundlesPlace | null;
  readonly blockOf: (environment: string) => string;
}

/** An environment in a cloud: its identities, where they are made, and where its states lie. */
export interface Home {
  readonly environment: string;
  /** The account's number, or the project's id. */
  readonly in: string;
  readonly partition: string;
  readonly identities: readonly WantedIdentity[];
  readonly states: readonly StatePlace[];
}

/** The account of an environment: as it says, or that of its role. */
export function awsHomes(flow: Flow, identities: readonly WantedIdentity[]): readonly Home[] {
  return homes(flow, identities, (environment) => {
    const { identity } = environment;
    const [, partition = "aws", , , ofRole] = identity?.awsRole?.split(":") ?? [];
    const account = identity?.awsAccount ?? ofRole;
    return account === undefined ? null : { in: account, partition, states: statePlaces(flow, environment, "aws") };
  });
}

/** The project of an environment: as it says, or that of its service account, when its address tells. */
export function gcpHomes(flow: Flow, identities: readonly WantedIdentity[]): readonly Home[] {
  return homes(flow, identities, (environment) => {
    const { identity } = environment;
    const ofAccount = /@([a-z][a-z0-9-]+)\.iam\.gserviceaccount\.com$/.exec(identity?.gcpServiceAccount ?? "")?.[1];
    const project = identity?.gcpProject ?? ofAccount;
    return project === undefined ? null : { in: project, partition: "", states: statePlaces(flow, environment, "gcp") };
  });
}

function homes(
  flow: Flow,
  identities: readonly WantedIdentity[],
  homeOf: (environment: Environment) => Omit<Home, "environment" | "identities"> | null,
): readonly Home[] {
  return flow.environments.flatMap((environment) => {
    const own = identities.filter((one) => one.environment === environment.name);
    const home = own.length === 0 ? null : homeOf(environment);
    return home === null ? [] : [{ ...home, environment: environment.name, identities: own }];
  });
}
