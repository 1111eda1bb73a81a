import type { ChangeReader } from "../../delivery/ports/change-reader.ts";
import { DeliveryError } from "../../domain/errors.ts";
import type { TreeSha } from "../../domain/names.ts";
import {
  type PublicKeys,
  parsePublicKeys,
  publicKeysFile,
  publicKeyVariables,
  replacedVariables,
} from "../../domain/public-keys.ts";
import type { Env } from "./job.ts";

/**
 * Holds the public keys that a job is given to those that the default branch has, and ends one that is given any where the
 * branch has none. GitHub lets everybody with write access replace variables and secrets through its API: plans would be
 * closed for somebody else, or what they sign would be applied.
 */
export async function mustBeKnownKeys(
  env: Env,
  { reader, tree }: { readonly reader: Pick<ChangeReader, "fileAt">; readonly tree: TreeSha },
): Promise<void> {
  const given = Object.values(publicKeyVariables).filter((name) => (env[name] ?? "").trim() !== "");
  if (given.length === 0) return;
  const found = await reader.fileAt(tree, publicKeysFile);
  if (found === undefined) throw notCommitted(given);
  const [replaced] = replacedVariables(parse(found.content), env);
  if (replaced !== undefined) throw isReplaced(replaced.variable);
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
