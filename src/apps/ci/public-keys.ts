import { isRecipient, recipientOf } from "../../adapters/keys/index.ts";
import { presentEnvironment } from "../../compile/names.ts";
import type { ChangeReader } from "../../delivery/ports/change-reader.ts";
import { DeliveryError } from "../../domain/errors.ts";
import { keyFileOf } from "../../domain/forge-keys.ts";
import type { TreeSha } from "../../domain/names.ts";
import {
  keyOfEnvironment,
  type PublicKeys,
  parsePublicKeys,
  publicKeysFile,
  publicKeyVariables,
  replacedVariables,
} from "../../domain/public-keys.ts";
import { type Env, mustHave } from "./job.ts";
import { keyVariables, missingKeyHint } from "./job-keys.ts";

/**
 * Holds the public keys that a job is given to those that the default branch has, and ends one that is given any where the
 * branch has none. Gives those of the branch; null to a job that is given none, and needs none. GitHub lets everybody with
 * write access replace variables and secrets through its API: plans would be closed for somebody else, or what they sign
 * would be applied.
 */
export async function mustBeKnownKeys(
  env: Env,
  { reader, tree }: { readonly reader: Pick<ChangeReader, "fileAt">; readonly tree: TreeSha },
): Promise<PublicKeys | null> {
  const given = Object.values(publicKeyVariables).filter((name) => (env[name] ?? "").trim() !== "");
  if (given.length === 0) return null;
  const found = await reader.fileAt(tree, publicKeysFile);
  if (found === undefined) throw notCommitted(given);
  const keys = parse(found.content);
  const [replaced] = replacedVariables(keys, env);
  if (replaced !== undefined) throw isReplaced(replaced.variable);
  return keys;
}

/** What closes for whoever applies to an environment of the flow. Fails where the default branch has nothing that does. */
export function recipientAt(keys: PublicKeys | null, environment: string): string {
  const key = keys === null ? null : keyOfEnvironment(keys, environment);
  if (key !== null && isRecipient(key)) return key;
  throw new DeliveryError({
    code: "environment-without-key",
    message: `${publicKeysFile} of the default branch has no key of ${environment}, so nobody there could open a plan`,
    reaction: "stop",
    hint: "`plangate ci keys FOLDER` adds one to a copy of the keys' folder. Bring its keys.json to the default branch by a pull request, put the key where `plangate audit` says, and ask for a new plan.",
  });
}

/**
 * Holds the key that opens to the one that things are closed for: an environment's own where a job applies there, so that none
 * opens what is another's, and the one for all (null) where it presents.
 */
export async function mustOpenOnlyFor(
  env: Env,
  keys: PublicKeys | null,
  at: { readonly environment: string; readonly held: string } | null,
): Promise<void> {
  const expected = at === null ? keys?.seal.trim() : recipientAt(keys, at.environment);
  const own = await recipientOf(mustHave(env, keyVariables.identity, missingKeyHint).trim());
  if (own !== expected) throw opensForOthers(at);
}

function opensForOthers(at: { readonly environment: string; readonly held: string } | null): DeliveryError {
  const { environment, held } = at ?? { environment: presentEnvironment, held: presentEnvironment };
  const name = keyVariables.identity;
  return new DeliveryError({
    code: "keys-replaced",
    message: `${name} in the environment ${held} is not the key of ${environment} that ${publicKeysFile} of the default branch goes with`,
    reaction: "stop",
    hint: `Each environment has a key of its own: gh secret set ${name} --env ${held} < FOLDER/${keyFileOf(name, environment)}, where FOLDER is what \`plangate ci keys\` made. If it was right before, find out who replaced it.`,
  });
}

function parse(content: Uint8Array): PublicKeys {
  // What is no UTF-8 becomes marks that no key has.
  const keys = parsePublicKeys(new TextDecoder().decode(content));
  if (keys !== undefined) return keys;
  throw new DeliveryError({
    code: "keys-damaged",
    message: `reading ${publicKeysFile} of the default branch: it is not what \`plangate ci keys\` writes`,
    reaction: "stop",
    hint: "Put back what it was before, and look at who changed it.",
  });
}

function notCommitted(given: readonly string[]): DeliveryError {
  return new DeliveryError({
    code: "keys-not-committed",
    message: `${publicKeysFile} is not on the default branch, and nothing else says whether ${given.join(" and ")} ${given.length === 1 ? "is" : "are"} yours`,
    reaction: "stop",
    hint: `Bring keys.json, which \`plangate ci keys\` made beside the keys, there as ${publicKeysFile}, by a pull request; then start this again.`,
  });
}

function isReplaced(name: string): DeliveryError {
  return new DeliveryError({
    code: "keys-replaced",
    message: `${name} is another key than ${publicKeysFile} of the default branch has`,
    reaction: "stop",
    hint: "Find out who replaced it: everybody with write access can. Put the key back, or bring new ones into the file by a pull request.",
  });
}
