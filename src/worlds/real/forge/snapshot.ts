import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { InternalError } from "../../../domain/errors.ts";
import type { ForgeState } from "./state.ts";

const version = 5;
const fileIn = (dir: string) => join(dir, "forge.json");

/** Writes everything that Git does not hold beside the repositories, whole or not at all. */
export function saveState(dir: string, state: ForgeState): void {
  const file = fileIn(dir);
  writeFileSync(`${file}.new`, JSON.stringify({ version, state }, null, 1), { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

/** What was saved there; `undefined` when nothing was. */
export function loadState(dir: string): ForgeState | undefined {
  const file = fileIn(dir);
  if (!existsSync(file)) return undefined;
  const saved = JSON.parse(readFileSync(file, "utf8")) as { readonly version: number; readonly state: ForgeState };
  if (saved.version !== version) throw new InternalError(`${file} was written by another version`);
  return saved.state;
}
