import * as z from "zod";
import type { ChangeReader } from "../../delivery/ports/change-reader.ts";
import { DeliveryError } from "../../domain/errors.ts";
import type { TreeSha } from "../../domain/names.ts";
import type { Env } from "./job.ts";
import { keyVariables } from "./job-keys.ts";

/** The public keys, where changing them takes a review. */
export const publicKeysFile = ".github/plangate/keys.json";

const shape = z.strictObject({ seal: z.string().min(1).max(1_000), verify: z.string().min(1).max(20_000) });

export type PublicKeys = z.output<typeof shape>;

/**
 * Holds the public keys that a job is given to those that the default branch has. GitHub lets everybody with write access
 * replace variables and secrets through its API: plans would be closed for somebody else, or what they sign would be
 * applied. Where the branch has none, what the job is given counts.
 */
export async function mustBeKnownKeys(
  env: Env,
  { reader, tree }: { readonly reader: Pick<ChangeReader, "fileAt">; readonly tree: TreeSha },
): Promise<void> {
  const found = await reader.fileAt(tree, publicKeysFile);
  if (found === undefined) return;
  const known = parse(found.content);
  for (const [name, key] of [
    [keyVariables.recipient, known.seal],
    [keyVariables.trusted, known.verify],
  ] as const) {
    const given = env[name];
    if (given !== undefined && given !== "" && given.trim() !== key.trim()) throw replaced(name);
  }
}

/** As it is committed. */
export function publicKeysText(keys: PublicKeys): string {
  return `${JSON.stringify(keys, null, 2)}\n`;
}

function parse(content: Uint8Array): PublicKeys {
  try {
    return shape.parse(JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(content)));
  } catch {
    throw new DeliveryError({
      code: "keys-damaged",
      message: `reading ${publicKeysFile} of the default branch: it is not what \`plangate ci keys\` writes`,
      reaction: "stop",
      hint: "Put back what it was before, and look at who changed it.",
    });
  }
}

function replaced(name: string): DeliveryError {
  return new DeliveryError({
    code: "keys-replaced",
    message: `${name} is another key than ${publicKeysFile} of the default branch has`,
    reaction: "stop",
    hint: "Find out who replaced it: everybody with write access can. Put the key back, or bring new ones into the file by a pull request.",
  });
}
