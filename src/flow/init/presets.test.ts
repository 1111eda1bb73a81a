import { describe, expect, it } from "vitest";
import { planInit } from "../init.ts";
import { parseFlow } from "../parse.ts";
import { presetNames, presets } from "../presets.ts";
import { stacksIn } from "../stacks.ts";
import { aRepository, bothWith, s3 } from "./a-repository.ts";
import { proposePreset } from "./branch-names.ts";

describe("planInit for each preset", () => {
  it.each(presetNames)("writes %s for one root, and for a root per stack, with nothing left to add", (preset) => {
    const names = presets[preset].environments;
    const perEnvironment = (template: string) =>
      Object.fromEntries(names.map((name) => [template.replace("ENV", name), ""]));
    const zones = { "infra/variables.tf": 'variable "az_count" {\n  type = number\n}\n' };
    const one = {
      "infra/main.tf": s3,
      ...zones,
      ...perEnvironment("infra/backend-ENV.hcl"),
      ...perEnvironment("environments/ENV/vars.tfvars"),
    };
    const each = {
      "stacks/app/main.tf": s3,
      "stacks/net/main.tf": s3,
      ...perEnvironment("environments/ENV/backend.hcl"),
      ...perEnvironment("environments/ENV/app.tfvars"),
      ...perEnvironment("environments/ENV/net.tfvars"),
    };
    for (const [files, stacks] of [
      [one, ["infra"]],
      [each, ["app", "net"]],
    ] as const) {
      const found = aRepository(files, { branches: ["main", "develop", "development"], owners: ["ann", "bob"] });
      const { text, diagnostics, environments } = planInit(found, preset);
      expect(diagnostics).toEqual([]);
      expect(environments).toEqual(names);
      const flow = parseFlow(text, { file: "f" }).value;
      const made = flow === undefined ? [] : (stacksIn(flow, found.paths).value ?? []);
      expect(made.map(({ name }) => name).toSorted()).toEqual(
        names.flatMap((name) => stacks.map((stack) => `${name}/${stack}`)).toSorted(),
      );
    }
  });

  it.each([
    { preset: "gitflow" as const, paths: ["dev", "staging", "production"], names: ["dev", "staging", "production"] },
    { preset: "gitflow" as const, paths: ["test", "prod"], names: ["dev", "test", "prod"] },
    { preset: "gitflow" as const, paths: ["dev", "prod"], names: ["dev", "stage", "prod"] },
    { preset: "trunk-demo" as const, paths: ["dev", "prod"], names: ["dev", "prod"] },
    { preset: "trunk-stored-plan" as const, paths: ["preview", "qa", "prd"], names: ["preview", "qa", "prd"] },
    { preset: "trunk-stored-plan" as const, paths: ["qa", "prd"], names: ["qa", "prd"] },
  ])("calls the environments of $preset $names where there are files for $paths", ({ preset, paths, names }) => {
    const files = Object.fromEntries(paths.map((name) => [`environments/${name}/backend.hcl`, ""]));
    const { environments, diagnostics } = planInit(aRepository({ "stacks/app/main.tf": s3, ...files }), preset);
    expect(environments).toEqual(names);
    // What is missing is told by its path, and nothing else is.
    const missing = names.filter((name) => !paths.includes(name));
    const errors = diagnostics.filter(({ severity }) => severity === "error");
    expect(errors.map(({ summary }) => summary)).toEqual(
      missing.map((name) => `${name}/app needs environments/${name}/backend.hcl, which is not in Git.`),
    );
  });

  it("takes the names of environments as given, with or without the ephemeral one", () => {
    const named = (...environments: string[]) =>
      planInit(aRepository({ "stacks/app/main.tf": s3 }, { environments })).environments;
    expect(named("int", "live")).toEqual(["int", "live"]);
    expect(named("pr", "int", "live")).toEqual(["pr", "int", "live"]);
  });

  it("gives each pull request a state where there is an environment for each", () => {
    const { text } = planInit(
      aRepository({ "infra/main.tf": s3, ...bothWith("infra/ENV.hcl"), "infra/ephemeral.hcl": "" }),
    );
    expect(text).toContain('    backend: ["infra/{environment}.hcl", "key=infra/{instance}terraform.tfstate"]\n');
    expect(text).toContain("\n  ephemeral: { kind: ephemeral");
  });

  it("leaves the ephemeral environment as a comment where there is no place for it", () => {
    const { text } = planInit(aRepository({ "infra/main.tf": s3, ...bothWith("infra/ENV.hcl") }));
    expect(text).toContain("\n  # ephemeral: { kind: ephemeral");
    expect(text).toContain("\n  # - { on: pull_request, into: main, in: ephemeral");
  });

  it.each([
    { branches: ["main"], preset: "trunk-stored-plan" },
    { branches: ["main", "develop"], preset: "gitflow" },
    { branches: ["main", "dev"], preset: "gitflow" },
    { branches: ["main", "dev/add-logging"], preset: "gitflow" },
    { branches: ["main", "development", "feature/1"], preset: "integration-branch" },
    { branches: ["main", "feature/develop", "devops"], preset: "trunk-stored-plan" },
  ])("proposes $preset where there is $branches", ({ branches, preset }) => {
    expect(proposePreset({ branches, defaultBranch: null })).toBe(preset);
  });

  it.each([
    {
      branches: ["main", "develop"],
      defaultBranch: "develop",
      lines: ["  develop: { accepts: [dev]", "  main: { accepts: [develop]"],
    },
    {
      branches: ["master", "dev"],
      defaultBranch: null,
      lines: ['  dev: { match: "feature/**"', "  develop: { match: dev, accepts", "  main: { match: master, accepts"],
    },
    {
      branches: ["trunk", "development"],
      defaultBranch: "trunk",
      lines: ["  develop: { match: development, accepts", "  main: { match: trunk, accepts"],
    },
  ])("calls the branches of gitflow as $branches are", ({ lines, ...more }) => {
    const { text, diagnostics } = planInit(aRepository({}, { ...more, owners: ["ann", "bob"] }), "gitflow");
    expect(diagnostics.filter(({ severity }) => severity === "error")).toEqual([]);
    for (const line of lines) expect(text).toContain(`\n${line}`);
  });

  it("names a missing branch, and expects zones only where a variable counts them", () => {
    const { text, notes } = planInit(aRepository({}), "integration-branch");
    expect(notes).toContain("There is no branch development yet: make it from main, and open pull requests into it.");
    expect(text).not.toContain("expect: { az_count: 3 } }");
  });

  it("writes who the repository is, and why its numbers matter", () => {
    const { text } = planInit(aRepository({}));
    expect(text).toContain('repository: { owner: "acme", name: "live" }\n');
    expect(text).toContain("a name can come free and be taken by somebody else");
    expect(planInit(aRepository({}, { remote: { owner: "a/b", name: "c" } })).text).not.toContain("repository:");
  });

  it("takes a team for the people", () => {
    expect(planInit(aRepository({}, { owners: ["acme/network"] })).text).toContain('  owners: "acme/network"\n');
  });
});
