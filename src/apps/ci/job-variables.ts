import * as z from "zod";
import { DeliveryError } from "../../domain/errors.ts";
import type { Environment } from "../../flow/flow.ts";
import { type Env, mayHave } from "./job.ts";

const schema = z.record(z.string().max(1000), z.string());

/**
 * The variables of an environment that are no secrets, as every job sees them: those of the repository, in
 * PLANGATE_VARIABLES as JSON. They are part of what a plan was made from, so no job takes any from its own environment.
 */
export function readVariables(env: Env): (environment: Environment) => Readonly<Record<string, string>> {
  const given = mayHave(env, "PLANGATE_VARIABLES");
  const known = new Map(Object.entries(given === null ? {} : parse(given)));
  return ({ variables }) =>
    Object.fromEntries(
      variables.flatMap((name) => {
        const value = known.get(name);
        return value === undefined ? [] : [[name, value]];
      }),
    );
}

function parse(text: string): Readonly<Record<string, string>> {
  try {
    return schema.parse(JSON.parse(text));
  } catch {
    throw new DeliveryError({
      code: "setting-wrong",
      message: "reading PLANGATE_VARIABLES: it is no JSON object of texts",
      reaction: "stop",
      hint: "It is what toJSON(vars) gives in a workflow.",
    });
  }
}
