/**
 * Holds the rooms of the house: runs dependency-cruiser with .dependency-cruiser.mjs over src/ and fails on a
 * violation, and also when it did not look at every file, since a check that saw nothing would pass too.
 */
import { existsSync, globSync } from "node:fs";
import { join } from "node:path";
import { cruise, type ICruiseOptions, type ICruiseResult } from "dependency-cruiser";
import extractDepcruiseOptions from "dependency-cruiser/config-utl/extract-depcruise-options";
import { root } from "./parts.ts";

const rules = join(root, ".dependency-cruiser.mjs");

/** What the check found, and how much it looked at. */
export interface RoomCheck {
  readonly modules: number;
  readonly dependencies: number;
  readonly problems: readonly string[];
}

/** Reads who imports whom under `src` of a tree, judged by the house's rules. */
export async function readImports(tree: string): Promise<ICruiseResult> {
  const options: ICruiseOptions = await extractDepcruiseOptions(rules);
  const { output } = await cruise(["src"], { ...options, baseDir: tree });
  if (typeof output === "string") throw new Error("dependency-cruiser answered with text instead of data");
  return output;
}

/** Checks the rooms of a tree: this repository, or a copy in which a test planted something. */
export async function checkRooms(tree: string): Promise<RoomCheck> {
  const files = existsSync(join(tree, "src")) ? globSync("src/**/*.ts", { cwd: tree }).length : 0;
  if (files === 0) return { modules: 0, dependencies: 0, problems: ["there is no file under src/ to look at"] };

  const { modules, summary } = await readImports(tree);
  const seen = modules.filter(({ source }) => /^src\/.*\.ts$/.test(source));
  const comments = new Map(summary.ruleSetUsed?.forbidden?.map(({ name, comment }) => [name, comment]));
  const problems = summary.violations.map(({ rule, from, to, cycle }) => {
    const what = cycle === undefined ? `${from} → ${to}` : [from, ...cycle.map(({ name }) => name)].join(" → ");
    return `${rule.name}: ${from === to ? from : what}\n    ${comments.get(rule.name) ?? ""}`;
  });
  if (seen.length < files) {
    problems.push(`${files} files lie under src/ and only ${seen.length} were looked at: the rooms are not held`);
  }
  return {
    modules: seen.length,
    dependencies: seen.reduce((count, module) => count + module.dependencies.length, 0),
    problems,
  };
}

if (import.meta.main) {
  const { modules, dependencies, problems } = await checkRooms(root);
  for (const problem of problems) console.error(problem);
  console.log(`rooms: ${modules} modules and ${dependencies} dependencies looked at, ${problems.length} problems`);
  process.exitCode = problems.length === 0 ? 0 : 1;
}
