import { rmSync } from "node:fs";
import { afterEach, describe, expect, it } from "vitest";
import { checkRooms } from "../../scripts/check-rooms.ts";
import { plantTree } from "./planted-tree.ts";

/** A small house that keeps every rule; each case plants one thing into it. */
const house = {
  "src/domain/plan.ts": "export type Plan = { id: string };\nexport const none = 0;\n",
  "src/domain/digest.ts": 'import { createHash } from "node:crypto";\nexport const hash = createHash;\n',
  "src/flow/flow.ts":
    'import { z } from "zod";\nimport { none } from "../domain/plan.ts";\nexport type Flow = number;\nexport const flow = [z, none];\n',
  "src/engine/decide.ts": 'import type { Flow } from "../flow/flow.ts";\nexport const decide = (flow: Flow) => flow;\n',
  "src/delivery/ports.ts": 'import type { Plan } from "../domain/plan.ts";\nexport interface Git { plan: Plan }\n',
  "src/delivery/run.ts":
    'import { decide } from "../engine/decide.ts";\nimport type { Git } from "./ports.ts";\nexport const run = (git: Git) => [git, decide];\n',
  "src/adapters/git/git.ts":
    'import { readFileSync } from "node:fs";\nimport type { Git } from "../../delivery/ports.ts";\nexport const git = (): Git => JSON.parse(readFileSync("x", "utf8"));\n',
  "src/adapters/store/store.ts": 'import { hash } from "../../domain/digest.ts";\nexport const store = hash;\n',
  "src/apps/cli/main.ts":
    'import { git } from "../../adapters/git/git.ts";\nimport { store } from "../../adapters/store/store.ts";\nimport { run } from "../../delivery/run.ts";\nimport { flow } from "../../flow/flow.ts";\nexport const main = [git, store, run, flow];\n',
};

const trees: string[] = [];
afterEach(() => {
  for (const tree of trees.splice(0)) rmSync(tree, { recursive: true });
});

async function check(files: Readonly<Record<string, string>>) {
  const tree = plantTree(files);
  trees.push(tree);
  return checkRooms(tree);
}

describe("the room check", () => {
  it("passes a house that keeps the rules, and says how much it looked at", async () => {
    expect(await check(house)).toEqual({ modules: 9, dependencies: 14, problems: [] });
  });

  it("fails on a tree without sources", async () => {
    expect(await check({})).toEqual({
      modules: 0,
      dependencies: 0,
      problems: ["there is no file under src/ to look at"],
    });
  });

  it.each([
    {
      what: "a pure room importing a room above",
      file: "src/domain/up.ts",
      text: 'import "../flow/flow.ts";',
      rule: "domain-imports",
    },
    {
      what: "a value taken where only types may be",
      file: "src/adapters/git/up.ts",
      text: 'import { port } from "../../delivery/ports.ts";\nexport const x = port;',
      rule: "adapters-imports-types-only",
    },
    {
      what: "types of a room that is closed",
      file: "src/domain/up.ts",
      text: 'import type { Flow } from "../flow/flow.ts";\nexport type X = Flow;',
      rule: "domain-imports",
    },
    {
      what: "an adapter importing another",
      file: "src/adapters/git/other.ts",
      text: 'import { store } from "../store/store.ts";\nexport const x = store;',
      rule: "adapters-apart",
    },
    {
      what: "an adapter importing delivery",
      file: "src/adapters/git/other.ts",
      text: 'import type { run } from "../../delivery/run.ts";\nexport type X = typeof run;',
      rule: "adapters-imports",
    },
    {
      what: "the disk in a pure room",
      file: "src/delivery/disk.ts",
      text: 'import { rm } from "node:fs/promises";\nexport const x = rm;',
      rule: "outside-in-adapters",
    },
    {
      what: "a process started in a pure room",
      file: "src/engine/start.ts",
      text: 'export const x = () => import("node:child_process");',
      rule: "outside-in-adapters",
    },
    {
      what: "hashing beside the digest",
      file: "src/domain/hash.ts",
      text: 'import { createHash } from "crypto";\nexport const x = createHash;',
      rule: "hashing-in-digest",
    },
    {
      what: "a package in a room without",
      file: "src/engine/read.ts",
      text: 'import { parse } from "yaml";\nexport const x = parse;',
      rule: "engine-packages",
    },
    {
      what: "a development package",
      file: "src/adapters/git/check.ts",
      text: 'import fc from "fast-check";\nexport const x = fc;',
      rule: "no-development-packages",
    },
    {
      what: "delivery in the model world",
      file: "src/worlds/model/step.ts",
      text: 'import { run } from "../../delivery/run.ts";\nexport const x = run;',
      rule: "model-is-pure",
    },
    {
      what: "a new room without a row",
      file: "src/utils/x.ts",
      text: 'import "../domain/plan.ts";',
      rule: "every-file-has-a-room",
    },
    { what: "a file that nobody uses", file: "src/domain/lost.ts", text: "export const x = 1;", rule: "no-orphans" },
    { what: "an import that leads nowhere", file: "src/domain/gone.ts", text: 'import "./nowhere.ts";', rule: "found" },
    {
      what: "tests imported by production code",
      file: "src/domain/up.ts",
      text: 'import "../../test/x.ts";',
      rule: "nothing-outside-src",
    },
  ])("finds $what", async ({ file, text, rule }) => {
    const { problems } = await check({ ...house, "test/x.ts": "export const x = 1;", [file]: text });
    expect(problems).toContainEqual(expect.stringMatching(new RegExp(`^${rule}: ${file}`)));
  });

  it("finds a circle, of types too, and shows the way around", async () => {
    const { problems } = await check({
      ...house,
      "src/domain/a.ts": 'import type { B } from "./b.ts";\nexport type A = B;',
      "src/domain/b.ts": 'import type { A } from "./a.ts";\nexport type B = A;',
    });
    expect(problems).toContainEqual(expect.stringContaining("src/domain/a.ts → src/domain/b.ts → src/domain/a.ts"));
  });

  it("lets a test import what it needs", async () => {
    const text = 'import "node:fs";\nimport "vitest";\nimport "../delivery/run.ts";\nimport "./plan.ts";';
    expect((await check({ ...house, "src/domain/plan.test.ts": text })).problems).toEqual([]);
  });
});
