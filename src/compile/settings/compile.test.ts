import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { parseFlow, presetNames, renderPreset } from "../../flow/index.ts";
import { fullFlow } from "../../testing/full-flow.ts";
import { compileWorkflows } from "../workflows/index.ts";
import { compileSettings, settingsOf } from "./compile.ts";

const about = { stacks: [], flowFile: "plangate.yaml", version: "1.2.3", defaultBranch: "main" };

function flowOf(text: string) {
  const { value, diagnostics } = parseFlow(text, { file: "plangate.yaml" });
  if (value === undefined) throw new Error(JSON.stringify(diagnostics));
  return value;
}

/** The full flow on GitHub's runners, acting as `identity`. */
/** The line of the flow that keeps its bundles in a bucket. */
const inBucket = /^bundles: .*$/m.exec(fullFlow)?.[0] ?? "";

const full = (identity: "token" | "app", ...edits: readonly (readonly [string, string])[]) =>
  flowOf(
    [["host: server", "host: actions"] as const, ["identity: app", `identity: ${identity}`] as const, ...edits].reduce(
      (text, [from, to]) => {
        expect(text).toContain(from);
        return text.replace(from, () => to);
      },
      fullFlow,
    ),
  );

const settings = (flow: ReturnType<typeof flowOf>) => settingsOf(flow, about).settings;
const codes = (flow: ReturnType<typeof flowOf>) => settingsOf(flow, about).diagnostics.map(({ code }) => code);
const ruleset = (flow: ReturnType<typeof flowOf>, name: string) =>
  settings(flow).rulesets.find((one) => one.name === name);
const environment = (flow: ReturnType<typeof flowOf>, name: string) =>
  settings(flow).environments.find((one) => one.name === name);

describe("the settings file", () => {
  it.each(presetNames)("of %s is what a reviewer expects", async (name) => {
    const { files, diagnostics } = compileSettings(flowOf(renderPreset(name)), about);
    expect(files).toHaveLength(1);
    const [file] = files;
    expect(file).toMatchObject({ path: ".github/plangate/settings.yaml", form: "whole", comment: "#" });
    const told = diagnostics.map(({ code, summary }) => `# ${code}: ${summary}\n`).join("");
    await expect(`${told}${file?.text}`).toMatchFileSnapshot(`expected/${name}.yaml`);
  });

  it("of an app and of everything that a flow can say is what a reviewer expects", async () => {
    const [file] = compileSettings(full("app"), about).files;
    await expect(file?.text).toMatchFileSnapshot("expected/full-as-app.yaml");
  });

  it("reads back as the settings, whatever names the flow gives", () => {
    const hostile = 'a": [b] # {{ secrets.X }} *x &y !!z';
    const flow = flowOf(renderPreset("gitflow").replace("label: urgent", `label: ${JSON.stringify(hostile)}`));
    const [file] = compileSettings(flow, about).files;
    expect(parse(file?.text ?? "").labels).toMatchObject([{ name: hostile }]);
    const { immutable_releases: releases, ...same } = settings(flow);
    expect(releases).toBeNull();
    expect(parse(file?.text ?? "")).toEqual(same);
  });
});

describe("rulesets", () => {
  it("let the app pass what it must, and keep from it what nobody may do", () => {
    const flow = full("app", ["merge: [squash, rebase], reviews", "merge: fast-forward, reviews"]);
    const kept = ruleset(flow, "plangate: main");
    expect(kept?.bypass_actors).toEqual([]);
    expect(kept?.rules.map(({ type }) => type)).toEqual(["deletion", "non_fast_forward", "required_status_checks"]);
    const passed = ruleset(flow, "plangate: main, passed by the app");
    expect(passed?.rules.map(({ type }) => type)).toEqual(["update", "pull_request"]);
    expect(passed?.bypass_actors).toEqual([
      { actor_type: "Integration", actor: "acme-plangate", bypass_mode: "always" },
    ]);
    expect(ruleset(flow, "plangate: record")?.bypass_actors).toEqual([]);
  });

  it("are passed by nobody without an app", () => {
    for (const name of presetNames)
      expect(settings(flowOf(renderPreset(name))).rulesets.flatMap((one) => one.bypass_actors)).toEqual([]);
    const flow = full("token", ["merge: [squash, rebase], reviews", "merge: fast-forward, reviews"]);
    expect(codes(flow)).toContain("no-fast-forward");
    expect(ruleset(flow, "plangate: main")?.rules).toContainEqual(
      expect.objectContaining({ parameters: expect.objectContaining({ allowed_merge_methods: ["merge"] }) }),
    );
  });

  it("want no pull request where the flow takes pushes, and say so", () => {
    const flow = full("token");
    expect(ruleset(flow, "plangate: develop")?.rules.map(({ type }) => type)).toEqual(["deletion", "non_fast_forward"]);
    expect(codes(flow)).toContain("pushes-not-limited");
  });

  it("never keep the record from being written", () => {
    const flow = full("app", [
      "hotfix: { match",
      'wide: { match: "**", except: [main, develop, "dev/**", "feature/**", "hotfix/*"], accepts: [hotfix] }\n  hotfix: { match',
    ]);
    const { include, exclude } = ruleset(flow, "plangate: wide")?.conditions.ref_name ?? {};
    expect(include).toEqual(["refs/heads/**/*"]);
    expect(exclude).toContain("refs/heads/plangate/record");
  });
});

describe("environments", () => {
  it.each(presetNames)("are those that the workflows of %s name, no more and no less", (name) => {
    const flow = flowOf(renderPreset(name));
    const { files } = compileWorkflows(flow, about);
    expect(files.length).toBeGreaterThan(2);
    const named = files.flatMap(({ text }) =>
      Object.values(
        parse(text).jobs as Record<string, { environment?: string; with?: { environment?: string } }>,
      ).flatMap((job) =>
        [job.environment, job.with?.environment].filter((one) => one !== undefined && !one.startsWith("$")),
      ),
    );
    expect([...new Set(named)].sort()).toEqual(
      settings(flow)
        .environments.map((one) => one.name)
        .sort(),
    );
  });

  it("take the default branch alone where something is presented or applied", () => {
    for (const name of presetNames)
      for (const one of settings(flowOf(renderPreset(name))).environments.filter(
        (env) => !env.name.endsWith("-plan"),
      )) {
        expect(one.branch_policies, one.name).toEqual([{ name: "main", type: "branch" }]);
        expect(one.deployment_branch_policy, one.name).toEqual({
          protected_branches: false,
          custom_branch_policies: true,
        });
        expect(one.can_admins_bypass, one.name).toBe(false);
      }
  });

  it("that plan take what plans, and nothing else", () => {
    const flow = flowOf(renderPreset("gitflow"));
    expect(environment(flow, "dev-plan")?.branch_policies.map(({ name }) => name)).toEqual(["main", "dev/**/*"]);
    expect(environment(flow, "prod-plan")?.branch_policies.map(({ name }) => name)).toEqual([
      "main",
      "refs/pull/*/merge",
    ]);
  });

  it("ask people where no pull request could ask them, and leave out whom the gate leaves out", () => {
    const stored = flowOf(renderPreset("trunk-stored-plan"));
    expect(environment(stored, "test")?.reviewers).toEqual([]);
    expect(environment(stored, "prod")?.reviewers.length).toBeGreaterThan(0);
    const demo = flowOf(renderPreset("trunk-demo"));
    expect(environment(demo, "demo-test")).toMatchObject({ prevent_self_review: true });
    expect(environment(demo, "demo-test")?.reviewers.length).toBeGreaterThan(0);
    expect(environment(demo, "test")).toBeUndefined();
  });

  it("ask six at most, and the flow's owner is told", () => {
    const many = "[ann, bob, cem, dan, eve, fay, gil]";
    const flow = full("app", ["owners: [ann, bob, cem]", `owners: ${many}`]);
    expect(environment(flow, "try")?.reviewers).toHaveLength(6);
    expect(codes(flow)).toContain("too-many-reviewers");
  });

  it("of one name are refused, since one would hold the other's keys", () => {
    const flow = full("app", ["  tear-down: {", "  Dev-Plan: {"], ["gate: tear-down", "gate: Dev-Plan"]);
    expect(codes(flow)).toContain("environment-twice");
  });
});

it("says what the workflow's own token cannot do, and which app is missing", () => {
  expect(codes(full("token"))).toEqual(expect.arrayContaining(["team-unreadable", "no-own-pull-requests"]));
  expect(codes(full("app"))).not.toContain("team-unreadable");
  expect(codes(full("app", [", app: acme-plangate", ""]))).toContain("app-unnamed");
});

it("says where in the flow each stands that GitHub cannot carry", () => {
  const text = [
    ["host: server", "host: actions"],
    ["identity: app", "identity: token"],
    ["owners: [ann, bob, cem]", "owners: [ann, bob, cem, dan, eve, fay, gil]"],
    ["maxAge: 3d", "maxAge: 500d"],
    [inBucket, ""],
    ["  tear-down: {", "  Dev-Plan: {"],
    ["gate: tear-down", "gate: Dev-Plan"],
    ["merge: [squash, rebase], reviews", "merge: fast-forward, reviews"],
  ].reduce((before, [from = "", to = ""]) => before.replace(from, to), fullFlow);
  const { value, placeOf, diagnostics } = parseFlow(text, { file: "plangate.yaml" });
  if (value === undefined || placeOf === undefined) throw new Error(JSON.stringify(diagnostics));
  const told = settingsOf(value, { ...about, placeOf }).diagnostics;
  const lines = text.split("\n");
  const at = told.map(({ code, line = 0, column = 0 }) => [code, (lines[line - 1] ?? "").slice(column - 1)] as const);
  const keys = {
    "no-fast-forward": /^merge: fast-forward/,
    "pushes-not-limited": /^directPush:/,
    "linear-not-required": /^linear:/,
    "no-own-pull-requests": /^backMerge:/,
    "too-many-reviewers": /^by:/,
    "team-unreadable": /^[a-z-]+: .*\//,
    "environment-twice": /^Dev-Plan:/,
    "kept-too-short": /^maxAge: 500d/,
  } as const;
  expect(new Set(told.map(({ code }) => code))).toEqual(new Set(Object.keys(keys)));
  for (const [code, there] of at) expect([code, there]).toEqual([code, expect.stringMatching(keys[code as never])]);
});

it("keeps artifacts longer than a plan may wait", () => {
  expect(settings(full("app")).actions.artifact_and_log_retention.days).toBe(10);
  const long = ["maxAge: 3d", "maxAge: 500d"] as const;
  expect(codes(full("app", long, [inBucket, ""]))).toContain("kept-too-short");
  expect(codes(full("app", long))).not.toContain("kept-too-short");
  expect(settings(full("app", long)).actions.artifact_and_log_retention.days).toBe(90);
});
