import { describe, expect, it } from "vitest";
import { rulesetPrefix, settingsOf } from "../compile/settings/index.ts";
import type { ForgeEnvironment, RulesetRule } from "../domain/forge-settings.ts";
import { publicKeysText } from "../domain/public-keys.ts";
import type { SeenEnvironment, SeenRuleset, SeenSettings } from "../domain/seen-settings.ts";
import { parseFlow, presetNames, renderPreset } from "../flow/index.ts";
import { fullFlow } from "../testing/full-flow.ts";
import { seenAsDeclared } from "../testing/seen-settings.ts";
import { environmentsIn } from "./beyond.ts";
import { audit, changesOf } from "./index.ts";

function declaredIn(text: string) {
  const { value, diagnostics } = parseFlow(text, { file: "f" });
  if (value === undefined) throw new Error(JSON.stringify(diagnostics));
  return settingsOf(value, { flowFile: "f", defaultBranch: "main" }).settings;
}

const declared = declaredIn(fullFlow.replace("host: server", "host: actions"));
const perfect = seenAsDeclared(declared);
const about = {
  rulesetPrefix,
  asksPeople: true,
  compiled: [],
  environmentSecrets: ["PLANGATE_OPEN_KEY", "PLANGATE_SIGN_KEY"],
  keys: {
    variables: ["PLANGATE_SEAL_KEY"],
    environments: [
      { name: "plangate", secrets: ["PLANGATE_OPEN_KEY", "PLANGATE_SIGN_KEY"], keysOf: "plangate" },
      { name: "prod", secrets: ["PLANGATE_OPEN_KEY", "PLANGATE_DIGEST_KEY"], keysOf: "prod" },
      { name: "release-gate", secrets: ["PLANGATE_OPEN_KEY", "PLANGATE_APP_KEY"], keysOf: "prod" },
      { name: "prod-plan", secrets: [], keysOf: "prod-plan" },
    ],
    closedFor: ["prod"],
  },
  repository: { owner: "Acme", name: "delivery", id: 815_000, ownerId: 4711 },
};
const look = (seen: SeenSettings, more: Partial<typeof about> = {}) => audit(declared, seen, { ...about, ...more });

type Change = (live: SeenSettings) => SeenSettings;

const inside = <T>(part: { readonly kind: string; readonly value?: T }): T => {
  if (part.value === undefined) throw new Error(`not seen: ${part.kind}`);
  return part.value;
};

const onRuleset =
  (name: string, change: (ruleset: SeenRuleset) => SeenRuleset | undefined): Change =>
  (live) => {
    const all = inside(live.rulesets);
    expect(all.map((one) => one.name)).toContain(name);
    const value = all.flatMap((one) => (one.name === name ? (change(one) ?? []) : [one]));
    return { ...live, rulesets: { kind: "seen", value } };
  };

const onRule = (ruleset: string, type: string, change: (rule: RulesetRule) => RulesetRule | undefined): Change =>
  onRuleset(ruleset, (one) => {
    expect(one.rules.map((rule) => rule.type)).toContain(type);
    return { ...one, rules: one.rules.flatMap((rule) => (rule.type === type ? (change(rule) ?? []) : [rule])) };
  });

const parameter = (ruleset: string, type: string, parameters: NonNullable<RulesetRule["parameters"]>): Change =>
  onRule(ruleset, type, (rule) => ({ ...rule, parameters: { ...rule.parameters, ...parameters } }));

const onEnvironment =
  (name: string, change: (environment: SeenEnvironment) => SeenEnvironment | undefined): Change =>
  (live) => {
    const all = inside(live.environments);
    expect(all.map((one) => one.name)).toContain(name);
    const value = all.flatMap((one) => (one.name === name ? (change(one) ?? []) : [one]));
    return { ...live, environments: { kind: "seen", value } };
  };

const onActions =
  (part: keyof SeenSettings["actions"], set: Readonly<Record<string, unknown>>): Change =>
  (live) => ({
    ...live,
    actions: { ...live.actions, [part]: { kind: "seen", value: { ...inside<object>(live.actions[part]), ...set } } },
  });

const main = "plangate: main";
const anyRef: Partial<ForgeEnvironment> = { deployment_branch_policy: null, branch_policies: [] };

/** Each loosened live setting, and what an audit calls it. */
const loosened: readonly (readonly [string, Change, string, string | undefined])[] = [
  ["a ruleset is gone", onRuleset(main, () => undefined), "ruleset-missing", undefined],
  [
    "a ruleset only evaluates",
    onRuleset(main, (one) => ({ ...one, enforcement: "evaluate" })),
    "ruleset-not-enforced",
    undefined,
  ],
  [
    "a ruleset leaves a branch out",
    onRuleset(main, (one) => ({ ...one, conditions: { ref_name: { include: [], exclude: [] } } })),
    "ruleset-for-other-refs",
    undefined,
  ],
  [
    "a ruleset excludes its branch",
    onRuleset(main, (one) => ({
      ...one,
      conditions: { ref_name: { ...one.conditions.ref_name, exclude: ["refs/heads/main"] } },
    })),
    "ruleset-for-other-refs",
    undefined,
  ],
  [
    "a team passes a ruleset",
    onRuleset(main, (one) => ({
      ...one,
      bypass_actors: [{ actor_type: "Team", actor: "acme/admins", bypass_mode: "always" }],
    })),
    "ruleset-bypassed",
    "L19",
  ],
  [
    "another app passes as the app does",
    onRuleset("plangate: record, written by the app", (one) => ({
      ...one,
      bypass_actors: [...(one.bypass_actors ?? []), { actor_type: "Integration", actor: "99", bypass_mode: "always" }],
    })),
    "ruleset-bypassed",
    "L19",
  ],
  ["who passes is not told", onRuleset(main, (one) => ({ ...one, bypass_actors: null })), "setting-hidden", undefined],
  ["a rule is gone", onRule(main, "non_fast_forward", () => undefined), "rule-missing", undefined],
  ["tags may be moved", onRule("plangate: releases", "update", () => undefined), "rule-missing", "L34"],
  ["fewer reviews", parameter(main, "pull_request", { required_approving_review_count: 1 }), "rule-weaker", "L5"],
  [
    "stale reviews count",
    parameter(main, "pull_request", { dismiss_stale_reviews_on_push: false }),
    "rule-weaker",
    "L5",
  ],
  [
    "the last pusher approves",
    parameter(main, "pull_request", { require_last_push_approval: false }),
    "rule-weaker",
    "L5",
  ],
  ["no code owner", parameter(main, "pull_request", { require_code_owner_review: false }), "rule-weaker", "L5"],
  [
    "another button",
    parameter(main, "pull_request", { allowed_merge_methods: ["merge", "squash", "rebase"] }),
    "rule-weaker",
    "L5",
  ],
  ["an unknown value", parameter(main, "pull_request", { require_code_owner_review: "maybe" }), "rule-weaker", "L5"],
  [
    "a check that anybody gives",
    parameter(main, "required_status_checks", { required_status_checks: [{ context: "plangate / change" }] }),
    "rule-weaker",
    "L16",
  ],
  [
    "not up to date",
    parameter(main, "required_status_checks", { strict_required_status_checks_policy: false }),
    "rule-weaker",
    "L16",
  ],
  ["an environment is not there yet", onEnvironment("prod", () => undefined), "environment-missing", "L3"],
  [
    "any ref uses an environment",
    onEnvironment("prod", (one) => ({ ...one, ...anyRef })),
    "environment-for-any-ref",
    "L4",
  ],
  [
    "protected branches use an environment",
    onEnvironment("plangate", (one) => ({
      ...one,
      deployment_branch_policy: { protected_branches: true, custom_branch_policies: false },
      branch_policies: [],
    })),
    "environment-for-any-ref",
    "L4",
  ],
  [
    "one more ref uses an environment",
    onEnvironment("prod", (one) => ({
      ...one,
      branch_policies: [...one.branch_policies, { name: "evil/*", type: "branch" }],
    })),
    "environment-for-more-refs",
    "L4",
  ],
  [
    "a tag of the branch's name uses an environment",
    onEnvironment("prod", (one) => ({
      ...one,
      branch_policies: [...one.branch_policies, { name: "main", type: "tag" }],
    })),
    "environment-for-more-refs",
    "L4",
  ],
  ["nobody is asked", onEnvironment("try", (one) => ({ ...one, reviewers: [] })), "environment-reviewers", "L5"],
  [
    "somebody else is asked too",
    onEnvironment("try", (one) => ({ ...one, reviewers: [...one.reviewers, { type: "User", reviewer: "mal" }] })),
    "environment-reviewers",
    "L5",
  ],
  [
    "one answers oneself",
    onEnvironment("try", (one) => ({ ...one, prevent_self_review: false })),
    "environment-self-review",
    "L5",
  ],
  [
    "administrators pass",
    onEnvironment("try", (one) => ({ ...one, can_admins_bypass: true })),
    "environment-admins-bypass",
    "L5",
  ],
  ["actions by tag", onActions("permissions", { sha_pinning_required: false }), "actions-not-pinned", "L14"],
  ["tokens write", onActions("workflow", { default_workflow_permissions: "write" }), "token-may-write", "L36"],
  [
    "workflows approve",
    onActions("workflow", { can_approve_pull_request_reviews: true }),
    "workflows-may-approve",
    "L18",
  ],
  [
    "forks run",
    onActions("fork_pr_contributor_approval", { approval_policy: "first_time_contributors" }),
    "forks-run-unasked",
    "L12",
  ],
  ["artifacts go too early", onActions("artifact_and_log_retention", { days: 1 }), "kept-too-short", "L9"],
  ["subjects by name", onActions("oidc_customization_sub", { use_immutable_subject: false }), "subject-by-name", "L28"],
  ["subjects of one's own", onActions("oidc_customization_sub", { use_default: false }), "subject-customised", "L28"],
  [
    "releases can be altered",
    (live) => ({ ...live, immutable_releases: { kind: "seen", value: { enabled: false } } }),
    "releases-mutable",
    "L34",
  ],
  [
    "another merge button",
    (live) => ({
      ...live,
      repository: {
        kind: "seen",
        value: { ...inside(live.repository), allow_merge_commit: !inside(live.repository).allow_merge_commit },
      },
    }),
    "merge-setting",
    undefined,
  ],
  ["a label is missing", (live) => ({ ...live, labels: { kind: "seen", value: [] } }), "label-missing", undefined],
];

describe("audit", () => {
  it.each(presetNames)("finds nothing where the live settings are those of %s", (name) => {
    const settings = declaredIn(renderPreset(name));
    expect(audit(settings, seenAsDeclared(settings), about).findings).toEqual([]);
  });

  it.each(loosened)("finds that %s", (_, change, code, loophole) => {
    const { findings } = look(change(perfect));
    expect(findings.map((one) => one.code)).toContain(code);
    const found = findings.filter((one) => one.code === code);
    expect(found[0]?.loophole).toBe(loophole);
    expect(found.every(({ fix }) => fix.length > 10)).toBe(true);
    // What only a right can show is put right by a person; all else by a change.
    expect(findings.every(({ changes }) => changes.length > 0)).toBe(
      code !== "setting-hidden" || changesOf(findings).length > 0,
    );
  });

  it("finds every declared switch of Actions that stands otherwise", () => {
    for (const [part, switches] of Object.entries(declared.actions) as [keyof SeenSettings["actions"], object][])
      for (const [key, value] of Object.entries(switches)) {
        const other = typeof value === "boolean" ? !value : typeof value === "number" ? value - 1 : "other";
        const live = { kind: "seen", value: { ...switches, [key]: other } } as const;
        const visibility = part === "fork_pr_workflows_private_repos" ? "private" : "public";
        const seenOther = { ...perfect, about: { ...perfect.about, visibility } as const };
        const { findings } = look({ ...seenOther, actions: { ...perfect.actions, [part]: live } });
        expect(findings.map(({ where }) => where)).toEqual([`actions.${part}.${key}`]);
      }
  });

  it("finds what forks of a private repository may", () => {
    const open = {
      run_workflows_from_fork_pull_requests: true,
      send_write_tokens_to_workflows: true,
      send_secrets_and_variables: true,
      require_approval_for_fork_pr_workflows: false,
    };
    const live: SeenSettings = {
      ...perfect,
      about: { ...perfect.about, visibility: "private" },
      actions: { ...perfect.actions, fork_pr_workflows_private_repos: { kind: "seen", value: open } },
    };
    expect(look(live).findings.map(({ code }) => code)).toEqual([
      "forks-run-unasked",
      "forks-get-tokens",
      "forks-get-secrets",
      "forks-run-unasked",
    ]);
  });

  it("leaves more rules, more required checks and other people's rulesets alone", () => {
    const [check] =
      inside(perfect.rulesets)
        .find(({ name }) => name === main)
        ?.rules.filter(({ type }) => type === "required_status_checks") ?? [];
    const more = {
      required_status_checks: [...((check?.parameters?.required_status_checks ?? []) as []), { context: "tflint" }],
    };
    const stricter = onRuleset(main, (one) => ({ ...one, rules: [...one.rules, { type: "required_signatures" }] }))(
      parameter(main, "required_status_checks", more)(perfect),
    );
    expect(look(stricter).findings).toEqual([]);
    // And a change of something else keeps them.
    const { findings } = look(onRuleset(main, (one) => ({ ...one, enforcement: "disabled" }))(stricter));
    const [change] = changesOf(findings);
    expect(JSON.stringify(change)).toContain("tflint");
    expect(JSON.stringify(change)).toContain("required_signatures");
    const other = {
      ...(inside(perfect.rulesets)[0] as SeenRuleset),
      id: 99,
      name: "ours",
      enforcement: "disabled" as const,
    };
    expect(
      look({ ...perfect, rulesets: { kind: "seen", value: [...inside(perfect.rulesets), other] } }).findings,
    ).toEqual([]);
  });

  it("never takes a ruleset of the organisation for one of the repository", () => {
    const { findings } = look(onRuleset(main, (one) => ({ ...one, source_type: "Organization" }))(perfect));
    expect(findings.map(({ code }) => code)).toEqual(["ruleset-missing"]);
  });

  it("finds a ruleset of ours that the flow no longer asks for", () => {
    const old = { ...(inside(perfect.rulesets)[0] as SeenRuleset), id: 99, name: "plangate: gone" };
    const { findings } = look({ ...perfect, rulesets: { kind: "seen", value: [...inside(perfect.rulesets), old] } });
    expect(findings).toMatchObject([{ code: "ruleset-left-over", changes: [{ loosens: true }] }]);
  });

  it("finds a merge queue that merges several pull requests by one push, whoever set it", () => {
    const queue = (parameters: object) => {
      const rules = [{ type: "merge_queue", parameters }] as SeenRuleset["rules"];
      const one = { ...(inside(perfect.rulesets)[0] as SeenRuleset), id: 98, name: "queue", rules };
      const value = [...inside(perfect.rulesets), { ...one, source_type: "Organization" }];
      return look({ ...perfect, rulesets: { kind: "seen", value } }).findings;
    };
    expect(queue({ max_entries_to_merge: 1 })).toEqual([]);
    for (const parameters of [{ max_entries_to_merge: 5 }, {}])
      expect(queue(parameters)).toMatchObject([{ code: "merge-queue-merges-several", declared: 1, changes: [] }]);
  });

  it("finds environments that nobody declared and every ref may use", () => {
    const made: SeenEnvironment = {
      ...(inside(perfect.environments)[0] as SeenEnvironment),
      name: "demo-x",
      ...anyRef,
    };
    const guarded = {
      ...made,
      name: "github-pages",
      deployment_branch_policy: { protected_branches: true, custom_branch_policies: false },
    };
    const value = [...inside(perfect.environments), made, guarded];
    const { findings } = look({ ...perfect, environments: { kind: "seen", value } });
    expect(findings).toMatchObject([
      { code: "environment-unknown", where: 'environment "demo-x"', loophole: "L3", changes: [] },
    ]);
  });

  it("tells an environment by its name in whatever case", () => {
    const value = inside(perfect.environments).map((one) => (one.name === "prod" ? { ...one, name: "Prod" } : one));
    expect(look({ ...perfect, environments: { kind: "seen", value } }).findings).toEqual([]);
  });

  it("says nothing of reviewers where the plan has none, and all of refs", () => {
    const seen = onEnvironment("try", (one) => ({ ...one, reviewers: [], can_admins_bypass: true, ...anyRef }))(
      perfect,
    );
    const { findings } = look(seen, { asksPeople: false });
    expect(findings.map(({ code }) => code)).toEqual(["environment-for-any-ref"]);
    expect(changesOf(findings)[0]).toMatchObject({ step: { kind: "environment", environment: { reviewers: [] } } });
  });

  it("tells what GitHub does not offer here apart from what is wrong", () => {
    const why = "This GitHub has none.";
    const { findings, notOffered } = look({
      ...perfect,
      rulesets: { kind: "not-offered", why },
      environments: { kind: "not-offered", why },
      immutable_releases: { kind: "not-offered", why },
      actions: { ...perfect.actions, permissions: { kind: "seen", value: { enabled: true } } },
      longestRetention: 5,
    });
    expect(findings.map(({ code }) => code)).toEqual([]);
    expect(notOffered.map(({ feature }) => feature)).toEqual(
      expect.arrayContaining([
        "rulesets",
        "environments",
        "immutable_releases",
        "actions.permissions.sha_pinning_required",
        "actions.artifact_and_log_retention.days",
      ]),
    );
    expect(notOffered.every(({ fallback }) => fallback.length > 20)).toBe(true);
  });

  it("takes nothing for good that the token may not see", () => {
    const part = { kind: "hidden", why: "administration (read)" } as const;
    const { findings } = look({
      ...perfect,
      rulesets: part,
      environments: part,
      repository: part,
      immutable_releases: part,
      labels: part,
      deployKeys: part,
      repositorySecrets: part,
      codeownersErrors: part,
      workflows: part,
      actions: { ...perfect.actions, workflow: part },
    });
    expect(findings).toHaveLength(10);
    expect(new Set(findings.map(({ code }) => code))).toEqual(new Set(["setting-hidden"]));
    expect(changesOf(findings)).toEqual([]);
  });

  it("finds deploy keys that write, keys that every workflow gets, lines of CODEOWNERS that GitHub skips, and another repository of the name", () => {
    const { findings } = look(
      {
        ...perfect,
        deployKeys: {
          kind: "seen",
          value: [
            { title: "sync", read_only: false },
            { title: "ci", read_only: true },
          ],
        },
        repositorySecrets: { kind: "seen", value: ["OTHER", "PLANGATE_OPEN_KEY"] },
        codeownersErrors: { kind: "seen", value: [{ path: ".github/CODEOWNERS", line: 7, message: "Unknown owner" }] },
      },
      { repository: { owner: "acme", name: "old", id: 1, ownerId: 4711 } },
    );
    expect(findings.map(({ code, where }) => `${code} ${where}`)).toEqual([
      "another-repository repository.name",
      "another-repository repository.id",
      'deploy-key-writes deploy key "sync"',
      "key-for-every-workflow secret PLANGATE_OPEN_KEY of the repository",
      "codeowners-error .github/CODEOWNERS:7",
    ]);
  });
});

describe("keys", () => {
  const keys = (value: Extract<SeenSettings["keys"], { readonly kind: "seen" }>["value"]): SeenSettings => ({
    ...perfect,
    keys: { kind: "seen", value },
  });

  it("are told where they are missing, each once, where they can be put already, and are no finding", () => {
    const { findings, missingKeys } = look(
      keys({
        variables: { OTHER: "x" },
        publicKeys: null,
        environments: [
          { name: "Plangate", secrets: ["PLANGATE_OPEN_KEY"] },
          { name: "prod", secrets: [] },
          { name: "release-gate", secrets: [] },
        ],
      }),
    );
    expect(findings).toEqual([]);
    // What opens in an environment is its own, at a gate that of where it leads, and an app's key is nothing we make.
    expect(missingKeys).toEqual([
      { name: "PLANGATE_SEAL_KEY", environment: null, file: "PLANGATE_SEAL_KEY" },
      { name: "PLANGATE_SIGN_KEY", environment: "plangate", file: "plangate/PLANGATE_SIGN_KEY" },
      { name: "PLANGATE_OPEN_KEY", environment: "prod", file: "prod/PLANGATE_OPEN_KEY" },
      { name: "PLANGATE_DIGEST_KEY", environment: "prod", file: "PLANGATE_DIGEST_KEY" },
      { name: "PLANGATE_OPEN_KEY", environment: "release-gate", file: "prod/PLANGATE_OPEN_KEY" },
      { name: "PLANGATE_APP_KEY", environment: "release-gate", file: null },
    ]);
  });

  it("are found where jobs must not have them: what signs at an apply, what opens at a plan", () => {
    const open = ["PLANGATE_OPEN_KEY"];
    const { findings, missingKeys } = look(
      keys({
        variables: { PLANGATE_SEAL_KEY: "age1ours" },
        publicKeys: null,
        environments: [
          { name: "plangate", secrets: [...open, "PLANGATE_SIGN_KEY"] },
          { name: "prod", secrets: [...open, "PLANGATE_DIGEST_KEY", "PLANGATE_SIGN_KEY", "DATABASE_PASSWORD"] },
          { name: "prod-plan", secrets: [...open, "DATABASE_PASSWORD"] },
        ],
      }),
    );
    expect(missingKeys).toEqual([]);
    expect(findings.map(({ code, where, loophole }) => `${code} ${loophole} ${where}`)).toEqual([
      'key-out-of-place L36 secret PLANGATE_SIGN_KEY of environment "prod"',
      'key-out-of-place L36 secret PLANGATE_OPEN_KEY of environment "prod-plan"',
    ]);
  });

  it("among the variables are held to those of the default branch, as jobs hold them", () => {
    const ours = publicKeysText({ seal: "age1ours", verify: "ours", environments: {} });
    const found = (variables: Readonly<Record<string, string>>, publicKeys: string | null = ours) => {
      const { findings, lacksPublicKeys } = look(keys({ variables, publicKeys, environments: [] }));
      return [lacksPublicKeys, ...findings.map(({ code, where, loophole }) => `${code} ${loophole} ${where}`)];
    };
    expect(found({ PLANGATE_SEAL_KEY: "age1ours\n", PLANGATE_VERIFY_KEY: "ours" })).toEqual([false]);
    expect(found({})).toEqual([false]);
    expect(found({ PLANGATE_SEAL_KEY: "age1theirs", PLANGATE_VERIFY_KEY: "theirs" })).toEqual([
      false,
      "keys-replaced L41 variable PLANGATE_SEAL_KEY",
      "keys-replaced L41 variable PLANGATE_VERIFY_KEY",
    ]);
    expect(found({ PLANGATE_SEAL_KEY: "age1ours" }, "{}")).toEqual([
      false,
      "keys-damaged L41 .github/plangate/keys.json",
    ]);
    expect(found({ PLANGATE_SEAL_KEY: "age1ours" }, null)).toEqual([true]);
  });

  it("of environments are missed where the default branch has none of them, while it has others", () => {
    const text = (environments: Readonly<Record<string, string>>) =>
      publicKeysText({ seal: "age1ours", verify: "ours", environments });
    const without = (publicKeys: string | null) =>
      look(keys({ variables: {}, environments: [], publicKeys })).environmentsWithoutKey;
    expect(without(text({ dev: "age1dev" }))).toEqual(["prod"]);
    expect(without(text({ prod: "age1prod" }))).toEqual([]);
    for (const told of [null, "{}"]) expect(without(told)).toEqual([]);
  });

  it("that a token may not see are told as hidden", () => {
    const { findings, missingKeys, lacksPublicKeys } = look({
      ...perfect,
      keys: { kind: "hidden", why: "Environments (read)" },
    });
    expect(findings.map(({ code, where }) => `${code} ${where}`)).toEqual([
      "setting-hidden secrets of the environments",
    ]);
    expect(missingKeys).toEqual([]);
    expect(lacksPublicKeys).toBe(false);
  });
});

describe("workflows of the default branch", () => {
  const workflow = (environment: string) =>
    `on: push\njobs:\n  a:\n    runs-on: x\n    environment: ${environment}\n    steps: []\n`;
  const found = (text: string, path = ".github/workflows/own.yml") =>
    look({ ...perfect, workflows: { kind: "seen", value: [{ path, text }] } }).findings.map(({ code }) => code);

  it.each([
    ["names one of ours", workflow("prod"), ["workflow-uses-environment"]],
    ["names one of ours in another case", workflow("PROD-plan"), ["workflow-uses-environment"]],
    ["names one of ours by its long form", workflow("{ name: plangate, url: x }"), ["workflow-uses-environment"]],
    ["makes a name up", workflow(`"demo-${"$"}{{ inputs.to }}"`), ["workflow-names-any-environment"]],
    ["names one of its own", workflow("docs"), []],
    ["has a job without one", "jobs:\n  a: { runs-on: x }\n", []],
    ["is no YAML", "jobs: [", ["workflow-unreadable"]],
    ["hides a job behind an alias", "x: &j { environment: prod }\njobs:\n  a: *j\n", ["workflow-unreadable"]],
    ["hides a name behind an alias", "x: &n prod\njobs:\n  a: { environment: *n }\n", ["workflow-unreadable"]],
    ["merges a job in", "x: &j { environment: prod }\njobs:\n  a:\n    <<: *j\n", ["workflow-unreadable"]],
  ])("one that %s", (_, text, codes) => {
    expect(found(text)).toEqual(codes);
  });

  it("are ours when they are as compiled, to the letter", () => {
    const path = ".github/workflows/plangate.yml";
    const seen: SeenSettings = {
      ...perfect,
      workflows: { kind: "seen", value: [{ path, text: `# Compiled from plangate.yaml.\n\n${workflow("prod")}\n` }] },
    };
    const compiled = [{ path, text: workflow("prod") }];
    expect(audit(declared, seen, { ...about, compiled }).findings).toEqual([]);
    const other = [{ path, text: workflow("stage") }];
    expect(audit(declared, seen, { ...about, compiled: other }).findings).toHaveLength(1);
  });

  it("name their environments as texts", () => {
    expect(environmentsIn(workflow("12"))).toEqual(["12"]);
  });
});

describe("the order of changes", () => {
  it("refuses before it allows, and changes subjects last", () => {
    const all = loosened.reduce(
      (live, [what, change]) => (/gone|not there|unknown|leaves|anybody|any ref/.test(what) ? live : change(live)),
      perfect,
    );
    const changes = changesOf(look(all).findings);
    const kinds = changes.map(({ step, loosens }) => `${loosens ? "allow" : "refuse"} ${step.kind}`);
    const firstAllow = kinds.findIndex((kind) => kind.startsWith("allow"));
    const lastRefuse = changes.findLastIndex(
      ({ step, loosens }) => !loosens && !(step.kind === "actions" && step.part === "oidc_customization_sub"),
    );
    expect(firstAllow).toBeGreaterThan(lastRefuse);
    expect(changes.at(-1)?.step).toMatchObject({ kind: "actions", part: "oidc_customization_sub" });
    expect(kinds.indexOf("refuse ruleset")).toBeLessThan(kinds.indexOf("refuse environment"));
    expect(kinds.indexOf("refuse environment")).toBeLessThan(kinds.indexOf("refuse remove-branch-policy"));
  });

  it("names each change once, however much it puts right", () => {
    const twice = onRule(main, "deletion", () => undefined)(onRule(main, "non_fast_forward", () => undefined)(perfect));
    const { findings } = look(twice);
    expect(findings).toHaveLength(2);
    expect(changesOf(findings)).toHaveLength(1);
  });
});
