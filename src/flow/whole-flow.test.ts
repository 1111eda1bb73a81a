import { describe, expect, it } from "vitest";
import type { ModuleFacts } from "../domain/facts.ts";
import { instanceOf } from "./instances.ts";
import { branchClassOf, classButForTicket } from "./match.ts";
import { parseFlow } from "./parse.ts";
import { type PresetName, presetNames, presets, renderPreset } from "./presets.ts";
import { nextModuleRelease, releaseClassOf } from "./releases.ts";
import { stacksIn } from "./stacks.ts";

function flowOf(name: PresetName, ...edits: readonly (readonly [string, string])[]) {
  const text = edits.reduce((before, [from, to]) => {
    if (!before.includes(from)) throw new Error(`the flow has no "${from}"`);
    return before.replace(from, () => to);
  }, renderPreset(name));
  const { value, diagnostics } = parseFlow(text, { file: "f" });
  if (value === undefined) throw new Error(JSON.stringify(diagnostics));
  return value;
}

describe("the flow as used", () => {
  it("makes a row of each trigger, for any branch where none is named", () => {
    const { when } = flowOf("trunk-demo");
    expect(when.slice(0, 2)).toMatchObject([
      { on: "pull_request", into: null, to: null, environment: "test", do: ["check", "plan", "artifact"], line: 49 },
      { on: "push", into: null, to: null, environment: "test", do: ["check", "plan", "artifact"], line: 49 },
    ]);
  });

  it("asks the gate of a row before what it applies or destroys", () => {
    const { when, environments, gates } = flowOf(
      "trunk-demo",
      ["[plan, gate, apply, verify]\n    gate", "[plan, apply]\n    gate"],
      ["[plan-destroy, gate, destroy]", "[destroy]"],
    );
    expect(when.slice(2, 4)).toMatchObject([
      {
        job: "Demo (apply)",
        workflow: "Prepare for Demo",
        do: ["plan", "gate", "apply", "verify"],
        gate: "demo-test",
        thenOffer: "Demo (destroy)",
      },
      { job: "Demo (destroy)", do: ["plan-destroy", "gate", "destroy"], gate: "teardown-test", thenOffer: null },
    ]);
    expect(gates).toEqual(
      ["demo-test", "teardown-test"].map((name) => ({
        name,
        count: 1,
        by: { teams: ["owners"], logins: [] },
        notBy: ["writers", "triggerer"],
      })),
    );
    expect(environments).toMatchObject([
      { name: "test", approvals: null, gated: true },
      { name: "prod", gated: true },
    ]);
  });

  it("lets people apply by hand where only a destroy asks", () => {
    const { environments } = flowOf(
      "trunk-demo",
      ["    gate: demo-test\n", ""],
      ["[plan, gate, apply, verify]\n", "[plan, apply, verify]\n"],
      ["  demo-test: { count: 1, by: owners, notBy: [writers, triggerer] }\n", ""],
    );
    expect(environments[0]).toMatchObject({ name: "test", gated: false });
  });

  it("takes a branch's own back-merges in, and pushes where the branch says so", () => {
    const { branches } = flowOf("integration-branch");
    expect(branches.slice(3)).toMatchObject([
      {
        name: "development",
        accepts: ["feature", "main"],
        merge: ["squash"],
        linear: true,
        directPush: { lines: 50, files: 5 },
        protected: true,
      },
      {
        name: "main",
        accepts: ["development", "hotfix", "cherry-pick"],
        merge: ["fast-forward"],
        reviews: { codeOwners: true },
        directPush: "never",
        backMerge: ["development"],
      },
    ]);
  });

  it("reads windows, emergencies, holds, sections and drift", () => {
    const { environments, require, when } = flowOf("gitflow", [
      "windows: always",
      'windows: ["Sat 00:00-24:00 UTC"]\n    freezes: [{ from: 2026-12-20T00:00:00Z, to: 2027-01-06T00:00:00+01:00, because: holidays }]',
    ]);
    expect(environments).toMatchObject([
      { name: "dev", kind: "dev", heldByBranch: true, gated: false, windows: null },
      { name: "stage", heldByBranch: false, gated: true, approvals: null },
      {
        name: "prod",
        windows: [{ days: [6], from: 0, to: 1440, zone: "UTC" }],
        freezes: [
          { from: Date.parse("2026-12-20T00:00:00Z"), to: Date.parse("2027-01-05T23:00:00Z"), because: "holidays" },
        ],
        emergency: { label: "urgent", review: 48 * 3_600_000 },
      },
    ]);
    expect(require).toEqual({ sections: ["why", "rollback"], deletions: "acknowledged", checks: ["fmt", "validate"] });
    expect(when[5]).toMatchObject({ on: "schedule", cron: "0 1 * * *", do: ["drift"], drift: "detect" });
  });

  it("plans a merge anew where plans are fresh", () => {
    const { apply, when } = flowOf("gitflow", ["plan: stored ", "plan: fresh "]);
    expect(apply.plan).toBe("fresh");
    expect(when.filter(({ on }) => on === "merge").map((row) => row.do)).toEqual([
      ["plan", "apply", "verify"],
      ["plan", "gate", "apply", "verify"],
    ]);
  });

  it("knows what else an environment says", () => {
    const more =
      'expect: { az_count: 3 }, runtimeOwned: [{ address: "aws_route.private[*]", path: network_interface_id }], identity: { aws: { profile: dev } }, ';
    const { environments, repository, stacks } = flowOf(
      "trunk-demo",
      ["{ kind: test, ", `{ kind: test, ${more}`],
      ["teams:\n", "repository: { owner: acme, name: live, ownerId: 5, id: 7 }\nteams:\n"],
      ["  - root: infra\n", '  - root: infra\n    depends: ["policies/**"]\n'],
    );
    expect(environments[0]).toMatchObject({
      expect: { az_count: 3 },
      runtimeOwned: [{ address: "aws_route.private[*]", path: "network_interface_id" }],
      identity: { awsProfile: "dev", awsRole: null, gcpServiceAccount: null },
    });
    expect(repository).toEqual({ owner: "acme", name: "live", ownerId: 5, id: 7 });
    expect(stacks[0]?.depends).toEqual(["policies/**"]);
  });

  it("has a title for each preset, and its environments in the order of a change", () => {
    for (const name of presetNames) {
      expect(presets[name].title.length).toBeGreaterThan(20);
      expect(flowOf(name).environments.map((environment) => environment.name)).toEqual(presets[name].environments);
    }
  });
});

describe("branches with tickets", () => {
  const flow = flowOf("trunk-demo");
  const loose = flowOf("gitflow", ["ticket: optional", "ticket: required"]);

  it.each([
    ["feature/NET-12", "feature"],
    ["feature/net2-12-resize_the.nat", "feature"],
    ["feature/1234", "feature"],
    ["feature/1234-resize", "feature"],
    ["hotfix/NET-12", "hotfix"],
    ["feature/resize", undefined],
    ["feature/NET-12-", undefined],
    ["feature/NET-", undefined],
    ["feature/NET-12x", undefined],
    ["feature/NET-12-a/b", undefined],
    ["feature/2NET-12", undefined],
    ["feature/", undefined],
  ])("%s is of class %s", (branch, name) => {
    expect(branchClassOf(flow, branch)?.name).toBe(name);
  });

  it.each([
    ["dev/NET-12", "dev"],
    ["dev/fix-NET-12", "dev"],
    ["dev/fix_NET-12_now", "dev"],
    ["dev/12", "dev"],
    ["dev/a/NET-12", "dev"],
    ["dev/fix", undefined],
    ["dev/fixNET-12x", undefined],
    ["dev/12x", undefined],
  ])("with a ticket anywhere, %s is of class %s", (branch, name) => {
    expect(branchClassOf(loose, branch)?.name).toBe(name);
  });

  it("tells which class a branch lacks the ticket for", () => {
    expect(
      ["feature/resize", "feature/NET-12", "other", "main"].map((name) => classButForTicket(flow, name)?.name),
    ).toEqual(["feature", undefined, undefined, undefined]);
    expect(classButForTicket(loose, "dev/fix")?.name).toBe("dev");
  });

  it("sees that two classes with tickets share a branch, or do not", () => {
    const said = (match: string) =>
      parseFlow(renderPreset("trunk-demo").replace('"hotfix/{ticket}"', match), { file: "f" }).diagnostics.map(
        ({ code, summary }) => `${code}: ${summary}`,
      );
    expect(said('"feature/**"')).toEqual([
      expect.stringMatching(/^branch-has-two-classes: A branch "feature\/\d" is "feature" and "hotfix" at once\.$/),
    ]);
    expect(said('"feature/*-a"')).toEqual([expect.stringContaining('A branch "feature/')]);
    expect(said('"feature/x*y"')).toEqual([expect.stringContaining('A branch "feature/x')]);
    expect(said('"feature/-*"')).toEqual([]);
    expect(said('"feature/??"')).toEqual([expect.stringContaining('"feature" and "hotfix"')]);
    expect(said('"feature/[a-z]"')).toEqual([]);
  });
});

describe("releases of modules", () => {
  const flow = flowOf("trunk-stored-plan");
  const module = (more: Partial<ModuleFacts>): ModuleFacts => ({
    release: "module",
    name: "vpc",
    path: "modules/vpc",
    latest: "1.4.2",
    changed: true,
    bump: "minor",
    changes: [],
    pushed: [],
    ...more,
  });

  it.each([
    { name: "by what its change asks for", more: {}, next: { tag: "vpc-v1.5.0", version: "1.5.0", from: "main" } },
    {
      name: "over a major",
      more: { bump: "major" as const },
      next: { tag: "vpc-v2.0.0", version: "2.0.0", from: "main" },
    },
    { name: "as 1.0.0 at first", more: { latest: null }, next: { tag: "vpc-v1.0.0", version: "1.0.0", from: "main" } },
    { name: "not when nothing changed", more: { changed: false }, next: { why: "nothing of vpc changed since 1.4.2" } },
    {
      name: "not when the flow has no such release",
      more: { release: "x" },
      next: { why: "the flow has no release x" },
    },
    { name: "not after what is no version", more: { latest: "soon" }, next: { why: '"soon" is no semantic version' } },
  ])("are made $name", ({ more, next }) => {
    expect(nextModuleRelease(flow, module(more))).toEqual(next);
  });

  it.each([
    ["vpc-v1.2.3", { id: "module", module: "vpc", version: "1.2.3" }],
    ["vpc-peering-v0.1.0-rc.1", { id: "module", module: "vpc-peering", version: "0.1.0-rc.1" }],
    ["v1.2.3", { id: "release", module: null, version: "1.2.3" }],
    ["vpc-v1.2", undefined],
    ["vpc-v01.2.3", undefined],
    ["a/b-v1.2.3", undefined],
    ["-v1.2.3", undefined],
  ])("are known by the tag %s", (tag, known) => {
    const found = releaseClassOf(flow, tag);
    if (known === undefined) expect(found).toBeUndefined();
    else expect(found).toMatchObject(known);
  });

  it("are looked for in no time, however long the tag", () => {
    const started = performance.now();
    for (const tag of ["a-v".repeat(2000), `${"1.".repeat(100)}-v1.0.0`, `v${"1-".repeat(120)}`])
      releaseClassOf(flow, tag);
    expect(performance.now() - started).toBeLessThan(1000);
  });
});

describe("stacks of pull requests", () => {
  const paths = ["stacks/app/main.tf", "environments/ephemeral/backend.hcl", "environments/ephemeral/app.tfvars"];

  it("are made from a template with a place for the number", () => {
    const stack = stacksIn(flowOf("trunk-stored-plan"), paths).value?.find(
      ({ environment }) => environment === "ephemeral",
    );
    expect(stack).toMatchObject({ name: "ephemeral/app", instance: null });
    expect(stack && instanceOf(stack, 12)).toMatchObject({
      name: "ephemeral-12/app",
      instance: "12",
      backend: ["environments/ephemeral/backend.hcl", "key=app/12/terraform.tfstate"],
      varFiles: ["environments/ephemeral/app.tfvars"],
    });
  });

  it("differ from those that all share, which have no number", () => {
    const stack = stacksIn(flowOf("trunk-stored-plan"), paths).value?.find(({ environment }) => environment === "prod");
    expect(stack?.backend).toEqual(["environments/prod/backend.hcl", "key=app/terraform.tfstate"]);
  });

  it("are named after the last folder where there is one root for all", () => {
    const { value } = stacksIn(flowOf("trunk-demo"), ["infra/main.tf"]);
    expect(value?.map(({ name, backend, varFiles }) => [name, ...backend, ...varFiles])).toEqual([
      ["prod/infra", "infra/backend-prod.hcl", "environments/prod/vars.tfvars"],
      ["test/infra", "infra/backend-test.hcl", "environments/test/vars.tfvars"],
    ]);
  });

  it("know the files that they depend on besides", () => {
    const flow = flowOf("trunk-demo", [
      "  - root: infra\n",
      '  - root: infra\n    depends: ["policies/{environment}/**"]\n',
    ]);
    expect(stacksIn(flow, ["infra/main.tf"]).value?.map(({ depends }) => depends)).toEqual([
      ["policies/prod/**"],
      ["policies/test/**"],
    ]);
  });
});
