import { describe, expect, it } from "vitest";
import { about } from "../../../test/compile/flow-under-test.ts";
import { compiledTrust, repository } from "../../../test/compile/trust-documents.ts";
import type { Diagnostic } from "../../domain/diagnostic.ts";
import { parseFlow } from "../../flow/index.ts";
import { compileTrust } from "./index.ts";
import { accountName, roleName, saidOf } from "./naming.ts";
import { awsTakes, googleTakes } from "./takes.ts";

const inAws = { aws: { account: "111111111111" } };
const inGoogle = { gcp: { project: "acme-test" } };

interface Shape {
  readonly environments?: number;
  /** How many gates of their own rows have that apply to the first environment. */
  readonly gates?: number;
  /** What their names begin with. */
  readonly gate?: string;
  readonly identity?: Readonly<Record<string, unknown>>;
  /** Where the states of each of the stacks lie. */
  readonly keys?: readonly string[];
  readonly bucket?: string;
  /** Characters more in the name of the first environment. */
  readonly longer?: number;
  /** Characters of the prefix of bundles. */
  readonly prefix?: number;
}

const usualKeys = ["key={environment}/{stack}.tfstate"];
const number = (index: number) => String(index).padStart(2, "0");

/** A flow as somebody with much of everything would write it. */
function flowText({
  environments = 1,
  gates = 0,
  gate = "gate",
  identity = inAws,
  longer = 0,
  prefix = 0,
  ...where
}: Shape): string {
  const names = Array.from({ length: environments }, (_, index) => `env-${number(index)}`);
  const first = `env-00${"x".repeat(longer)}`;
  names[0] = first;
  const gateNames = Array.from({ length: gates }, (_, index) => `${gate}-${number(index)}`);
  const flow = {
    version: 1,
    repository,
    teams: { owners: ["ann", "bob"] },
    branches: {
      work: { match: "**", except: ["main"] },
      main: { accepts: ["work"], merge: "squash", reviews: { count: 1, by: "owners" } },
    },
    gates: Object.fromEntries(gateNames.map((name) => [name, { count: 1, by: "owners" }])),
    environments: Object.fromEntries(names.map((name) => [name, { kind: "test", appliesFrom: ["main"], identity }])),
    stacks: (where.keys ?? usualKeys).map((key, index) => ({
      root: `group-${index}/{stack}`,
      in: names,
      backend: [`bucket=${where.bucket ?? "acme-states"}`, key],
    })),
    ...(prefix === 0
      ? {}
      : { bundles: { s3: { bucket: "acme-plans", region: "eu-west-1", prefix: `${"x".repeat(prefix)}/` } } }),
    when: [
      ...names.flatMap((name) => [
        { on: "pull_request", into: "main", in: name, do: ["plan", "comment"] },
        { on: "merge", into: "main", in: name, do: ["apply"] },
      ]),
      ...gateNames.map((gate) => ({
        on: "dispatch",
        job: gate,
        ref: "main",
        in: first,
        gate,
        do: ["plan", "gate", "apply"],
      })),
    ],
  };
  return JSON.stringify(flow, null, 2);
}

function compiled(shape: Shape) {
  const text = flowText(shape);
  const { value, diagnostics, placeOf } = parseFlow(text, { file: "plangate.yaml" });
  if (value === undefined || placeOf === undefined) throw new Error(JSON.stringify(diagnostics));
  const { diagnostics: told, files } = compileTrust(value, { ...about, placeOf });
  return { flow: value, told: told.filter(({ code }) => code !== "home-shared"), files, lines: text.split("\n") };
}

/** What is told at the first size that is too much, and what of the one before. */
function tooMuch(
  shapeOf: (size: number) => Shape,
  [from, to]: readonly [number, number],
  counts: (found: Diagnostic) => boolean = () => true,
) {
  const at = (size: number) => {
    const { told, ...rest } = compiled(shapeOf(size));
    return { ...rest, told: told.filter(counts) };
  };
  let [fits, isTooMuch] = [from, to];
  while (isTooMuch - fits > 1) {
    const size = Math.floor((fits + isTooMuch) / 2);
    if (at(size).told.length === 0) fits = size;
    else isTooMuch = size;
  }
  const { told, lines, files } = at(isTooMuch);
  const [first] = told;
  if (first === undefined) throw new Error(`nothing is told up to ${to}`);
  return { before: at(fits).told, first, line: lineOf(first, lines), files };
}

const lineOf = ({ line = 0 }: Diagnostic, lines: readonly string[]) => (lines[line - 1] ?? "").trim();

describe("what AWS takes", () => {
  it("is told where the trust of a role is longer than an account has it by itself, which another may have", () => {
    const { before, first, line, files } = tooMuch((longer) => ({ gates: 25, longer }), [0, 90]);
    expect(before).toEqual([]);
    expect(first).toMatchObject({ severity: "warning", code: "trust-past-quota" });
    expect(first.summary).toContain(`has ${awsTakes.trust + 1} characters for 26 environments of GitHub`);
    expect(line).toMatch(/^"env-00x+": \{$/);
    expect(files).not.toEqual([]);
  });

  it("is refused where no account can have it", () => {
    const gate = "gate".padEnd(60, "-x");
    const { before, first, line, files } = tooMuch(
      (longer) => ({ gates: 69, gate, longer }),
      [0, 90],
      ({ severity }) => severity === "error",
    );
    expect(before).toEqual([]);
    expect(first).toMatchObject({ severity: "error", code: "trust-too-long" });
    expect(first.summary).toContain(`${awsTakes.trustAtMost + 1} characters for 70 environments of GitHub`);
    expect(line).toMatch(/^"env-00x+": \{$/);
    expect(files).toEqual([]);
  });

  it("is refused where the policy of a role is longer", () => {
    const keys = Array.from({ length: 43 }, (_, index) => `key={environment}/${number(index)}/{stack}.tfstate`);
    const { before, first, line, files } = tooMuch((prefix) => ({ keys, prefix }), [1, 190]);
    expect(before).toEqual([]);
    expect(first).toMatchObject({ severity: "error", code: "policy-too-long" });
    expect(first.summary).toContain(`would have ${awsTakes.rights + 1} characters at least`);
    expect(line).toBe('"env-00": {');
    expect(files).toEqual([]);
  });

  it("has room for forty environments with ten stacks each, in one bucket or in many", () => {
    const each = ["{environment}/10-", "states/{environment}/", "{environment}/"];
    for (const bucket of ["acme-states", "acme-states-{environment}"])
      for (const beginning of each) {
        const keys = Array.from({ length: 10 }, (_, index) => `key=${beginning}${number(index)}/{stack}.tfstate`);
        const { told, files } = compiled({ environments: 40, keys, bucket });
        expect(told).toEqual([]);
        expect(files).not.toEqual([]);
      }
  });

  it("has names for roles that differ, however long those of environments are", () => {
    const repository = "r".repeat(100);
    const of = (environment: string) =>
      roleName(repository, { environment, phase: "apply", holders: [], ref: null, jobWorkflow: null });
    const names = ["a".repeat(99), `${"a".repeat(99)}b`, "a", "b"].map(of);
    expect(new Set(names.map((name) => name.toLowerCase())).size).toBe(names.length);
    for (const name of names) expect(name).toMatch(/^[\w+=,.@-]{1,64}$/);
  });
});

describe("what Google takes", () => {
  it("is refused where the condition on tokens is longer", () => {
    const gates = 70;
    const { before, first, line, files } = tooMuch(
      (longer) => ({ gates, longer, identity: inGoogle, keys: ["prefix={environment}/{stack}"] }),
      [0, 70],
    );
    expect(before).toEqual([]);
    expect(first).toMatchObject({ severity: "error", code: "condition-too-long" });
    expect(first.summary).toContain(`would have ${googleTakes.condition + 1} characters`);
    expect(line).toMatch(/^"env-00x+": \{$/);
    expect(files).toEqual([]);
  });

  it("is refused where a subject is longer, which only a gate's name may be", () => {
    const shapeOf = (length: number): Shape => ({
      gates: 1,
      gate: "g".repeat(length),
      identity: inGoogle,
      keys: ["prefix={environment}/{stack}"],
    });
    const { before, first, line } = tooMuch(shapeOf, [1, 97]);
    expect(before).toEqual([]);
    expect(first).toMatchObject({ severity: "error", code: "subject-too-long" });
    expect(first.summary).toContain(`has ${googleTakes.subject + 1} characters`);
    expect(line).toMatch(/^"g+-00": \{$/);
  });

  it("is refused where states lie in more places than one member can be bound to", () => {
    const most = googleTakes.operators * googleTakes.bindings;
    const shapeOf = (size: number): Shape => ({
      identity: inGoogle,
      keys: Array.from({ length: size }, (_, index) => `prefix={environment}/${index}/{stack}`),
    });
    const { before, first, line } = tooMuch(shapeOf, [most - 1, most + 1]);
    expect(before).toEqual([]);
    expect(first).toMatchObject({ severity: "error", code: "bindings-too-many" });
    expect(first.summary).toContain(`bound ${googleTakes.bindings + 1} times`);
    expect(line).toBe('"env-00": {');
  });

  it("is no more signs in a condition of a binding, each bucket found once, and bindings that move for no other", () => {
    const bindings = (size: number) =>
      compiledTrust(
        compiled({
          identity: inGoogle,
          keys: Array.from({ length: size }, (_, index) => `prefix={environment}/${index}/{stack}`),
        }).flow,
      ).gcp?.resource.google_storage_bucket_iam_member ?? {};
    const many = Object.entries(bindings(30));
    const signs = many.map(
      ([, { condition }]) => String((condition as { expression?: string })?.expression).split(/&&|\|\|/).length - 1,
    );
    expect(Math.max(...signs)).toBe(googleTakes.operators);
    expect(many.filter(([name]) => name.includes("_find_"))).toHaveLength(2);
    // What one more leaves as it was has the name that it had, so nothing of it is made anew.
    const more = bindings(31);
    const kept = many.filter(([name]) => name in more);
    for (const [name, binding] of kept) expect(more[name]).toEqual(binding);
    expect(kept.length).toBe(many.length - 3);
  });

  it("has room for forty environments with ten stacks each", () => {
    const keys = Array.from({ length: 10 }, (_, index) => `prefix={environment}/${number(index)}/{stack}`);
    expect(compiled({ environments: 40, identity: inGoogle, keys }).told).toEqual([]);
  });

  it("has names and words for accounts and pools, however long those of environments are", () => {
    const identity = { phase: "bundles", holders: [], ref: null, jobWorkflow: null } as const;
    for (const environment of ["a", "a".repeat(100), `${"a".repeat(99)}b`, "x.y", "X_Y"]) {
      expect(accountName("r".repeat(100), { ...identity, environment })).toMatch(/^[a-z][a-z0-9-]{4,28}[a-z0-9]$/);
      const said = saidOf({ ...identity, phase: "apply", environment }, `${"o".repeat(60)}/${"r".repeat(100)}`);
      expect(said.length).toBeLessThanOrEqual(googleTakes.description);
    }
  });
});
