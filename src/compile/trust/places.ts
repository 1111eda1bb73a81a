import type { BundlesPlace } from "../../flow/flow.ts";
import type { Environment, Flow } from "../../flow/index.ts";
import { accountOf, projectOf } from "../homes.ts";
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

export function awsHomes(flow: Flow, identities: readonly WantedIdentity[]): readonly Home[] {
  return homes(flow, identities, (environment) => {
    const account = accountOf(environment);
    const partition = environment.identity?.awsRole?.split(":")[1] ?? "aws";
    return account === null ? null : { in: account, partition, states: statePlaces(flow, environment, "aws") };
  });
}

export function gcpHomes(flow: Flow, identities: readonly WantedIdentity[]): readonly Home[] {
  return homes(flow, identities, (environment) => {
    const project = projectOf(environment);
    return project === null ? null : { in: project, partition: "", states: statePlaces(flow, environment, "gcp") };
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
