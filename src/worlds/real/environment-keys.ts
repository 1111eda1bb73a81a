import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { keyFiles, makeSealingKeys } from "../../adapters/keys/index.ts";
import type { PublicKeys } from "../../domain/public-keys.ts";
import type { Flow } from "../../flow/index.ts";

/** The keys of a job that applies to an environment: a store's, with the environment's own in the place of the one that opens. */
export function environmentKeysFolder(keys: string, environment: string): string {
  return join(dirname(keys), "keys-of", environment);
}

/** Makes those of each environment of the flow, beside the keys of a store. Gives what closes for each. */
export async function makeEnvironmentKeys(keys: string, flow: Flow): Promise<PublicKeys["environments"]> {
  const recipients: [string, string][] = [];
  for (const { name } of flow.environments) {
    const to = environmentKeysFolder(keys, name);
    mkdirSync(to, { recursive: true, mode: 0o700 });
    for (const file of ["trusted", "secret"] as const)
      copyFileSync(join(keys, keyFiles[file]), join(to, keyFiles[file]));
    const { identity, recipient } = await makeSealingKeys();
    writeFileSync(join(to, keyFiles.identity), identity, { mode: 0o600 });
    recipients.push([name, recipient]);
  }
  return Object.fromEntries(recipients);
}
