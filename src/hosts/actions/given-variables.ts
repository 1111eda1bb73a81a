import type { Opener, Sealer } from "../../delivery/ports.ts";
import { isCredential } from "../../delivery/roles/credentials.ts";
import type { Planned } from "../../delivery/roles/plan.ts";
import { environmentNamed } from "../../delivery/variables.ts";
import { type Digest, keyedDigestOf } from "../../domain/digest.ts";
import { DeliveryError } from "../../domain/errors.ts";
import type { BundleFinding } from "../../domain/event.ts";
import type { PlanManifest } from "../../domain/plan.ts";
import type { Environment, Flow } from "../../flow/flow.ts";

type Variables = Readonly<Record<string, string>>;

/** A part that a plan job hands over beside those of the plan, and that no bundle has. */
const part = "given-variables";

/** What tells an instance which one it is follows from its name, wherever it is planned. */
const ofInstances = "TF_VAR_instance";

/** Closes the variables that a plan was made with, but for credentials, which are others in every job. */
export async function sealGiven(sealer: Sealer, variables: Variables): Promise<Readonly<Record<string, Uint8Array>>> {
  return { [part]: await sealer.seal(new TextEncoder().encode(JSON.stringify(compared(variables)))) };
}

/**
 * Takes what a plan was made with out of what was handed over. It is a claim: nothing is made from it but digests, which an
 * apply is held to, so whoever lies about it gets their own plan refused, or has one shown that was made with other values.
 */
export async function openGiven(
  opener: Opener,
  { parts: { [part]: sealed, ...parts }, ...planned }: Planned,
  environment: Environment,
): Promise<{ readonly planned: Planned; readonly variables: Variables }> {
  const claimed = sealed === undefined ? {} : parse(await opener.open(sealed));
  const names = new Set(environment.variables);
  const known = Object.entries(compared(claimed)).filter(([name]) => names.has(name));
  return { planned: { ...planned, parts }, variables: Object.fromEntries(known) };
}

/** The variables of the job that applies, and the environment on GitHub that it has them from. */
export interface GivenHere {
  readonly at: string;
  readonly variables: (environment: Environment) => Variables;
}

/** Which variables a plan was made with that are others here, or none; null when all are as they were. */
export function movedVariables(
  { plan, manifest }: { readonly plan: Digest; readonly manifest: PlanManifest },
  { flow, secret, given }: { readonly flow: Flow; readonly secret: Uint8Array; readonly given: GivenHere },
): BundleFinding | null {
  const here = new Map(Object.entries(compared(given.variables(environmentNamed({ flow }, manifest.environment)))));
  const then = new Map(Object.entries(compared(manifest.variables)));
  const moved = [...new Set([...then.keys(), ...here.keys()])].sort().filter((name) => {
    const value = here.get(name);
    return value === undefined || keyedDigestOf(secret, value) !== then.get(name);
  });
  if (moved.length === 0) return null;
  const [is, names] = [moved.length === 1 ? "is" : "are", moved.join(", ")];
  const sentence = `${names} ${is} not in ${given.at} what the plan of ${manifest.stack} was made with`;
  return { plan, code: "variables-moved", sentence };
}

function compared<Value extends string>(variables: Readonly<Record<string, Value>>): Readonly<Record<string, Value>> {
  return Object.fromEntries(Object.entries(variables).filter(([name]) => name !== ofInstances && !isCredential(name)));
}

function parse(bytes: Uint8Array): Variables {
  const written = jsonIn(bytes);
  const entries =
    typeof written === "object" && written !== null && !Array.isArray(written) ? Object.entries(written) : null;
  if (entries?.every((entry): entry is [string, string] => typeof entry[1] === "string"))
    return Object.fromEntries(entries);
  throw new DeliveryError({
    code: "handed-plan-unusable",
    message: "taking up a plan that another job handed over: what it says of variables cannot be read",
    reaction: "stop",
    hint: "Ask for a new plan with `/plangate plan`, and look at who changed the workflow that plans.",
  });
}

function jsonIn(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    return undefined;
  }
}
