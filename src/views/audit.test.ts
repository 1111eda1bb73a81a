import { describe, expect, it } from "vitest";
import type { SettingsStep } from "../domain/seen-settings.ts";
import type { SettingsFinding } from "../domain/settings-finding.ts";
import { type AuditView, renderAudit, stepText } from "./audit.ts";

const fixable = [{ step: { kind: "immutable-releases" }, loosens: false }] as const;
const findings: readonly SettingsFinding[] = [
  {
    code: "rule-weaker",
    where: 'ruleset "plangate: main": pull_request.required_approving_review_count',
    declared: 2,
    live: 1,
    loophole: "L5",
    fix: "Set it as declared: now more passes than the flow says.",
    changes: fixable,
  },
  {
    code: "environment-missing",
    where: 'environment "prod"',
    declared: { name: "prod" },
    live: null,
    loophole: "L3",
    fix: "Create it before a workflow names it.",
    changes: fixable,
  },
  {
    code: "deploy-key-writes",
    where: 'deploy key "\u001b[31msync\n✓ all is well"',
    declared: null,
    live: { title: "x".repeat(500) },
    fix: "Delete it.",
    changes: [],
  },
];
const view: AuditView = {
  repository: "acme/live",
  host: "api.github.com",
  findings,
  missing: [{ why: "Merging by fast-forward: the workflow's own token may not.", fallback: "Merge commits." }],
  changes: 1,
  made: ['Create the label "urgent"'],
};

describe("an audit for people", () => {
  it("tells what was made, what is found, what GitHub does not do, and how to go on", async () => {
    await expect(`${renderAudit(view)}\n`).toMatchFileSnapshot("expected/audit.txt");
  });

  it("draws what is live on lines of its own, as text", () => {
    const text = renderAudit(view);
    expect(text).not.toContain("\u001b");
    expect(text).not.toMatch(/^✓ all is well/m);
  });

  it("says in one line that nothing is wrong", () => {
    expect(renderAudit({ ...view, findings: [], missing: [], changes: 0, made: [] })).toBe(
      "acme/live on api.github.com: the live settings are as the flow needs them",
    );
  });

  const environment = {
    name: "prod",
    wait_timer: 0,
    prevent_self_review: true,
    can_admins_bypass: false,
    reviewers: [{ type: "User", reviewer: "ann" }],
    deployment_branch_policy: null,
    branch_policies: [],
  } as const;
  const ruleset = {
    name: "plangate: main",
    target: "branch",
    enforcement: "active",
    bypass_actors: [],
    conditions: { ref_name: { include: [], exclude: [] } },
    rules: [{ type: "deletion" }, { type: "update" }],
  } as const;
  const policy = { name: "main", type: "branch" } as const;
  const steps: readonly (readonly [SettingsStep, string])[] = [
    [{ kind: "ruleset", id: null, ruleset }, 'Create the ruleset "plangate: main": deletion, update'],
    [{ kind: "ruleset", id: 4, ruleset }, 'Set the ruleset "plangate: main": deletion, update'],
    [{ kind: "remove-ruleset", id: 4, name: "plangate: old" }, 'Remove the ruleset "plangate: old"'],
    [{ kind: "environment", environment }, 'Set the environment "prod": asks ann, for the refs of the flow alone'],
    [
      { kind: "environment", environment: { ...environment, reviewers: [] } },
      'Set the environment "prod": asks nobody, for the refs of the flow alone',
    ],
    [{ kind: "add-branch-policy", environment: "prod", policy }, 'Let branch main use the environment "prod"'],
    [{ kind: "remove-branch-policy", environment: "prod", policy }, 'Keep branch main from the environment "prod"'],
    [{ kind: "merge-buttons", set: { allow_merge_commit: false } }, "Set allow_merge_commit to false"],
    [
      { kind: "actions", part: "artifact_and_log_retention", set: { days: 21 } },
      'Set actions.artifact_and_log_retention to {"days":21}',
    ],
    [{ kind: "immutable-releases" }, "Make releases immutable"],
    [{ kind: "label", label: { name: "urgent", color: "b60205", description: "" } }, 'Create the label "urgent"'],
  ];

  it.each(steps)("tells each change as a sentence: %j", (step, sentence) => {
    expect(stepText(step)).toBe(sentence);
  });
});
