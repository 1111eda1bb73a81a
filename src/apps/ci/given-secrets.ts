import { readFileSync } from "node:fs";
import { DeliveryError } from "../../domain/errors.ts";
import type { Env } from "./job.ts";

/** Names and values, each ended by a NUL. */
const longest = 256 * 1024;

/**
 * The job's variables with the secrets that come by standard input, where the workflow says that they do: the variables of
 * a process can be read by whatever runs as the same user, for as long as it lives.
 */
export function withGivenSecrets(env: Env, read: () => string = () => readFileSync(0, "utf8")): Env {
  if (env.PLANGATE_SECRETS === undefined || env.PLANGATE_SECRETS === "") return env;
  if (env.PLANGATE_SECRETS !== "stdin") throw unusable(`PLANGATE_SECRETS is ${JSON.stringify(env.PLANGATE_SECRETS)}`);
  const parts = read().split("\0");
  if (parts.pop() !== "" || parts.length === 0 || parts.length % 2 !== 0 || parts.join("").length > longest)
    throw unusable("standard input does not give each name with its value");
  const secrets: Record<string, string> = {};
  for (let at = 0; at < parts.length; at += 2) {
    const [name = "", value = ""] = parts.slice(at);
    if (!/^[A-Z][A-Z0-9_]*$/.test(name)) throw unusable("standard input names something that is no variable");
    secrets[name] = value;
  }
  return { ...env, ...secrets };
}

function unusable(why: string): DeliveryError {
  return new DeliveryError({
    code: "setting-wrong",
    message: `taking the job's secrets: ${why}`,
    reaction: "stop",
    hint: "Compile the workflows again with `plangate compile`: they hand secrets over in this form.",
  });
}
