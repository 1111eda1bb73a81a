import { describe, expect, it } from "vitest";
import {
  anyRef,
  type Change,
  inside,
  look,
  main,
  onActions,
  onEnvironment,
  onRule,
  onRuleset,
  parameter,
  perfect,
} from "../../test/audit/audited.ts";
import { changesOf } from "./index.ts";

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

describe("audit of a repository with one setting loosened", () => {
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
