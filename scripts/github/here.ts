/** Where a look-alike that runs is found by whoever speaks to it: one file, which only its user can read. */
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** A look-alike that runs. */
export interface Here {
  /** Of the API, of Git and of pages. */
  readonly url: string;
  /** Where the tool itself is asked for what GitHub shows in the browser alone. */
  readonly beside: string;
  /** What the tool wants to hear before it answers. */
  readonly key: string;
  readonly repository: string;
  /** A token each. */
  readonly people: Readonly<Record<string, string>>;
}

const file = (dir: string) => join(dir, "here.json");

export function writeHere(dir: string, here: Here): void {
  writeFileSync(file(dir), JSON.stringify(here), { mode: 0o600 });
}

/** Undefined: none was started there, or it has ended. */
export function readHere(dir: string): Here | undefined {
  try {
    return JSON.parse(readFileSync(file(dir), "utf8")) as Here;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}

export function forgetHere(dir: string): void {
  rmSync(file(dir), { force: true });
}
