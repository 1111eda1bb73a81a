import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** The variables of a job in an environment on GitHub, from the folder of `ci keys`: what all have, and what is in the folder of `keysOf`. */
export function madeKeys(folder: string, keysOf: string): Record<string, string> {
  return Object.fromEntries(
    [folder, join(folder, keysOf)].flatMap((dir) =>
      readdirSync(dir)
        .filter((name) => name.startsWith("PLANGATE_"))
        .map((name) => [name, readFileSync(join(dir, name), "utf8")] as const),
    ),
  );
}
