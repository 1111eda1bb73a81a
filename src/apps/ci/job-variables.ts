import * as z from "zod";
import { DeliveryError } from "../../domain/errors.ts";
import type { Environment } from "../../flow/flow.ts";
import { type Env, mayHave } from "./job.ts";

const schema = z.record(z.string().max(1000), z.string().nullable());

/**
 * The variables of an environment that are no secrets, as this job has them: a variable of GitHub, which PLANGATE_VARIABLES
 * tells in JSON, counts where it is what the tool gets, and not where a secret of its name stands before it.
 */
export function readVariables(env: Env): (environment: Environment) => Readonly<Record<string, string>> {
  const given = mayHave(env, "PLANGATE_VARIABLES");
  const known = new Map(Object.entries(given === null ? {} : parse(given)));
  return ({ variables }) =>
    Object.fromEntries(
      variables.flatMap((name) => {
        const value = known.get(name);
        return value == null || value === "" || value !== env[name] ? [] : [[name, value]];
      }),
    );
}

function parse(text: string): z.infer<typeof schema> {
  try {
    return schema.parse(JSON.parse(text));
  } catch {
    throw new DeliveryError({
      code: "setting-wrong",
      message: "reading PLANGATE_VARIABLES: it is no JSON object of texts",
      reaction: "stop",
      hint: "The workflows that `plangate compile` writes set it: compile them again, and look at what stands at the step.",
    });
  }
}
