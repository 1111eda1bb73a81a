import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { comparePlans } from "../../src/domain/plan-difference.ts";
import { meaningOf } from "../../src/domain/plan-meaning.ts";
import { parsed } from "./corpus.ts";

const key = new TextEncoder().encode("a key of a store, for tests only");
const scratch = mkdtempSync(join(tmpdir(), "plangate-replan-"));
const config = join(scratch, "cli.tfrc");
writeFileSync(config, "disable_checkpoint = true\n");
afterAll(() => rmSync(scratch, { recursive: true }));

function terraform(folder: string, ...argv: readonly string[]): string {
  return execFileSync("terraform", argv, {
    cwd: folder,
    encoding: "utf8",
    maxBuffer: 1 << 28,
    stdio: ["ignore", "pipe", "pipe"],
    env: { PATH: process.env.PATH, HOME: scratch, TF_CLI_CONFIG_FILE: config, TF_IN_AUTOMATION: "1", TF_INPUT: "0" },
  });
}

function workIn(name: string, ...sources: readonly string[]): string {
  const folder = join(scratch, name);
  mkdirSync(folder);
  for (const source of sources) {
    cpSync(join(import.meta.dirname, "sources", source), folder, { recursive: true });
    terraform(folder, "init", "-no-color");
    if (source !== sources.at(-1)) terraform(folder, "apply", "-auto-approve", "-no-color");
  }
  return folder;
}

function planIn(folder: string, ...argv: readonly string[]): string {
  terraform(folder, "plan", "-no-color", "-out=plan.tfplan", ...argv);
  return terraform(folder, "show", "-json", "plan.tfplan");
}

describe("planning an unchanged world again with the real terraform", () => {
  it.each([
    ["kinds-create", ["kinds/before"]],
    ["kinds-change", ["kinds/before", "kinds/after"]],
    ["secrets-change", ["secrets/before", "secrets/after"]],
    ["checks", ["checks"]],
    ["numbers", ["numbers"]],
    ["hostile", ["hostile"]],
  ] as const)("gives one meaning every time: %s", (name, sources) => {
    const folder = workIn(name, ...sources);
    const plans: string[] = [];
    const files: string[] = [];
    // The graph is walked in another order each time; more or less at once makes for more orders.
    for (const parallel of [1, 10, 3, 10, 2, 10]) {
      plans.push(planIn(folder, `-parallelism=${parallel}`));
      files.push(readFileSync(join(folder, "plan.tfplan"), "latin1"));
    }
    // A single object has one order only.
    expect(new Set(files).size).toBeGreaterThan(name === "numbers" ? 0 : 1);
    expect(new Set(plans.map((text) => meaningOf(parsed(text), { key }).digest)).size).toBe(1);
  });

  it("gives another meaning once the world has moved", () => {
    const folder = workIn("moved", "kinds/before", "kinds/after");
    const before = parsed(planIn(folder));
    terraform(folder, "state", "rm", "terraform_data.deleted");
    const { same, differences } = comparePlans(before, parsed(planIn(folder)), { key });
    expect(same).toBe(false);
    expect(differences.map(({ address }) => address)).toEqual(["terraform_data.deleted"]);
  });
});
