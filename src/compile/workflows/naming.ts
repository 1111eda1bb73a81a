import { digestOf } from "../../domain/digest.ts";

/** Files that are plangate's own, whatever a row calls its workflow. */
export const files = {
  trusted: ".github/workflows/plangate.yml",
  change: ".github/workflows/plangate-change.yml",
  said: ".github/workflows/plangate-said.yml",
  apply: ".github/workflows/plangate-apply.yml",
} as const;

/** `Prepare for Demo` → `.github/workflows/prepare-for-demo.yml`. Nothing of a name but letters and digits reaches a path. */
export function fileNameOf(name: string): string {
  return `.github/workflows/${wordsOf(name)}.yml`;
}

/** What the job is called that needs all others in a workflow of that name. */
export function reportOf(workflow: string): string {
  return `plangate / ${workflow}`;
}

/** A part of a job's id that no other has, with letters, digits and `-` only. */
export function slugOf(name: string, taken: Set<string>): string {
  const words = wordsOf(name);
  let slug = words;
  for (let number = 2; taken.has(slug); number++) slug = `${words}-${number}`;
  taken.add(slug);
  return slug;
}

/** A name without one letter or digit of those gets a number that follows from it. */
function wordsOf(name: string): string {
  const words = name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-+|-+$/g, "");
  return words === "" ? `named-${digestOf(name).slice("sha256:".length, "sha256:".length + 8)}` : words;
}

/** Ids of jobs for names of environments, which differ when the names do. */
export function idsFor(names: readonly string[]): (name: string) => string {
  const taken = new Set<string>();
  const ids = new Map([...new Set(names)].map((name) => [name, slugOf(name, taken)]));
  return (name) => ids.get(name) ?? slugOf(name, taken);
}
