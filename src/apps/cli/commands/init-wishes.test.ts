import { describe, expect, it } from "vitest";
import { InputError } from "../../../domain/errors.ts";
import type { Found } from "../../../flow/index.ts";
import { askWishes, readWishes, wishedFor } from "./init-wishes.ts";

const found: Found = {
  paths: ["infra/main.tf", "infra/test.hcl", "infra/prod.hcl"],
  configuration: { "infra/main.tf": 'terraform {\n  backend "s3" {}\n}\n' },
  backendFiles: {},
  commands: {},
  remembered: {},
  branches: ["main", "develop"],
  defaultBranch: "main",
  login: null,
  owners: [],
  environments: [],
  email: null,
  remote: null,
  folder: "live",
  tool: "terraform",
};

/** Somebody at a terminal who gives these answers, one after the other. */
function aPerson(...answers: readonly string[]) {
  const said: string[] = [];
  const left = [...answers];
  const ask = (question: string) => {
    said.push(question);
    return Promise.resolve(left.shift() ?? "");
  };
  return { said, terminal: { ask, progress: (line: string) => void said.push(line) } };
}

function codesOf(read: () => unknown): readonly string[] {
  try {
    read();
    return [];
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return error.diagnostics.map(({ code }) => code);
  }
}

describe("readWishes", () => {
  it("reads what was said on the command line, and nothing else", () => {
    expect(readWishes({})).toEqual({});
    expect(readWishes({ preset: "gitflow", owners: "Ann, bob", environments: "dev,staging,prod" })).toEqual({
      preset: "gitflow",
      owners: ["ann", "bob"],
      environments: ["dev", "staging", "prod"],
    });
    expect(readWishes({ owners: "acme/network" })).toEqual({ owners: ["acme/network"] });
  });

  it.each([
    [{ preset: "trunk" }, "unknown-preset"],
    [{ owners: "ann," }, "not-a-login"],
    [{ owners: "ann,acme/network" }, "not-a-login"],
    [{ owners: "dependabot[bot]" }, "not-a-login"],
    [{ owners: "email:a@b.c" }, "not-a-login"],
    [{ environments: "test,test" }, "bad-environment"],
    [{ environments: "te st" }, "bad-environment"],
  ])("refuses %j", (options, code) => {
    expect(codesOf(() => readWishes(options))).toEqual([code]);
  });
});

describe("askWishes", () => {
  it("takes what was found for an empty answer", async () => {
    const { said, terminal } = aPerson();
    expect(await askWishes(terminal, found, {})).toEqual({ preset: "gitflow" });
    expect(said.slice(-3)).toEqual([
      "Which flow? [gitflow] ",
      "Who approves? Logins with commas, or organisation/team: ",
      "What are dev, stage, prod called here? [dev,test,prod] ",
    ]);
    expect(said.slice(0, -3).map((line) => line.split(" ")[0])).toEqual([
      "trunk-demo",
      "integration-branch",
      "gitflow",
      "trunk-stored-plan",
    ]);
  });

  it("asks only for what was not said", async () => {
    const { said, terminal } = aPerson("int,live");
    const wishes = await askWishes(terminal, found, { preset: "trunk-demo", owners: ["ann"] });
    expect(wishes).toEqual({ preset: "trunk-demo", owners: ["ann"], environments: ["int", "live"] });
    expect(said).toEqual(["What are test, prod called here? [test,prod] "]);
  });

  it("asks again until it can read the answer, and says why", async () => {
    const { said, terminal } = aPerson("trunk", "trunk-demo", "not a login", "ann,bob", "", "");
    expect(await askWishes(terminal, found, {})).toEqual({ preset: "trunk-demo", owners: ["ann", "bob"] });
    expect(said.filter((line) => /^There is no preset|is no login/.test(line))).toHaveLength(2);
  });
});

describe("the question for environments", () => {
  it("is asked again when the names are too few, and says which may be left out", async () => {
    const { said, terminal } = aPerson("live", "int,live");
    const wishes = await askWishes(terminal, found, { preset: "trunk-stored-plan", owners: ["ann"] });
    expect(wishes.environments).toEqual(["int", "live"]);
    expect(said).toEqual([
      "What are ephemeral (may be left out), test, prod called here? [test,prod] ",
      "The flow has ephemeral, test, prod, and 1 name was given. Name each of them, or all but ephemeral, in this order.",
      "What are ephemeral (may be left out), test, prod called here? [test,prod] ",
    ]);
  });
});

describe("wishedFor", () => {
  it("puts wishes in the place of what was found", () => {
    const wished = wishedFor(found, { preset: "trunk-demo", owners: ["ann"], environments: ["int", "live"] });
    expect(wished).toEqual({ ...found, owners: ["ann"], environments: ["int", "live"] });
  });

  it.each([
    { preset: "trunk-demo" as const, environments: ["prod"], codes: ["bad-environment"] },
    { preset: "gitflow" as const, environments: ["a", "b"], codes: ["bad-environment"] },
    { preset: "trunk-stored-plan" as const, environments: ["a", "b"], codes: [] },
    { preset: "trunk-stored-plan" as const, environments: ["a", "b", "c"], codes: [] },
    { preset: "trunk-stored-plan" as const, environments: ["a", "b", "c", "d"], codes: ["bad-environment"] },
  ])("asks $preset for as many names as it has environments: $environments", ({ preset, environments, codes }) => {
    expect(codesOf(() => wishedFor(found, { preset, environments }))).toEqual(codes);
  });
});
