import { accountOf, projectOf } from "../../compile/homes.ts";
import { DeliveryError } from "../../domain/errors.ts";
import type { Environment } from "../../flow/index.ts";
import { type Env, mayHave } from "./job.ts";

/**
 * Ends a job whose environment on GitHub names an identity elsewhere than in the account or project that the flow has the
 * environment in. GitHub lets everybody with write access replace variables: with a role in an account of somebody else's, plans
 * are made from what that account says, and what a plan makes is made there. Where the flow names neither, nothing is compared.
 */
export function mustBeAtHome(env: Env, environment: Environment, held: string): void {
  const [role, account] = [mayHave(env, "PLANGATE_AWS_ROLE"), accountOf(environment)];
  if (role !== null && account !== null && accountIn(role) !== account)
    throw elsewhere("PLANGATE_AWS_ROLE", held, `a role of the account ${account}`);
  const [provider, project] = [mayHave(env, "PLANGATE_GCP_PROVIDER"), projectOf(environment)];
  if (provider !== null && project !== null) {
    const given = mayHave(env, "PLANGATE_GCP_SERVICE_ACCOUNT") ?? "";
    // The part behind the colon of `example.com:delivery` comes first in an address.
    const domain = `${project.split(":").reverse().join(".")}.iam.gserviceaccount.com`;
    if (!/^[a-z0-9-]+@/.test(given) || given.slice(given.indexOf("@") + 1) !== domain)
      throw elsewhere("PLANGATE_GCP_SERVICE_ACCOUNT", held, `a service account of the project ${project}`);
  }
}

function accountIn(role: string): string | undefined {
  return /^arn:aws[a-z-]*:iam::(\d{12}):role\/[\w+=,.@/-]+$/.exec(role)?.[1];
}

function elsewhere(variable: string, held: string, what: string): DeliveryError {
  return new DeliveryError({
    code: "identity-elsewhere",
    message: `${variable} of the environment ${held} on GitHub is not ${what}, where the flow has the environment`,
    reaction: "stop",
    hint: "Find out who replaced it: everybody with write access can. Put back what `identity/` says, or name the account or project of the workflows under `identity` of the environment in the flow.",
  });
}
