import { describe, expect, it } from "vitest";
import {
  leaseOf,
  type More,
  ofChange,
  openChange,
  presetNamed,
  presetWith,
  pushedCommit,
  pushFacts,
} from "../../test/engine/decisions.ts";
import type { Decision } from "../domain/decision.ts";
import { digestOf } from "../domain/digest.ts";
import type { BundleFinding, Event } from "../domain/event.ts";
import type { PullRequestFacts } from "../domain/facts.ts";
import { type ReasonCode, reasons } from "../domain/reason.ts";
import type { Verdict } from "../domain/verdict.ts";
import type { Flow } from "../flow/flow.ts";
import { aChange, answer, aStack, commit, login, runId, type StackBuilder, stackName } from "../testing/builders.ts";
import { decide } from "./index.ts";

const flow = presetNamed("trunk-stored-plan");
const gitflow = presetNamed("gitflow");

const by = login("ann");
const tick: Event = { kind: "tick" };
const ready: Event = { kind: "apply-ready", run: runId("1") };
const opened: Event = { kind: "pull-request", action: "opened", pullRequest: 12, by };
const planned: Event & { kind: "run-planned" } = { kind: "run-planned", run: runId("1"), outcome: "changes" };
const dispatch: Event & { kind: "dispatch" } = { kind: "dispatch", job: "Deploy", ref: "v1.0.0", by, inputs: {} };
const release: Event = { ...dispatch, job: "Release", ref: "main" };

const test = aStack("test/app").approvedBy("bob");
const tag = { ref: "tag:v1.0.0", commit: commit("c1"), release: { onBranch: true, moved: false } };
const prod = aStack("prod/app").due({ kind: "dispatch", job: "Deploy", ref: "tag:v1.0.0" }).with({ ref: tag });
const open = openChange;
const merged = { kind: "merge", pullRequest: 12, branch: "main", commit: commit("c1"), by } as const;
const stage = aStack("stage/app").with({ run: null, plan: null, source: ofChange });
const toDevelop = (about: Partial<PullRequestFacts>) =>
  openChange({ headBranch: "dev/queue", base: "develop", sections: ["why", "rollback"], ...about });
const fromDevelop = (about: Partial<PullRequestFacts>) =>
  aChange({ headBranch: "develop", sections: ["why", "rollback"], ...about });
const dev = aStack("dev/app").due({ kind: "push", ref: "dev/a" });
const pushTo = (branch: string): Event => ({
  kind: "push",
  branch,
  before: commit("c0"),
  commit: commit("bad"),
  by,
});
/** Judged is at eleven on a Tuesday. */
const withWindows = presetWith("gitflow", { from: "windows: always", to: 'windows: ["Mon-Thu 12:00-16:00 UTC"]' });
const withFreeze = presetWith("gitflow", {
  from: "windows: always",
  to: 'freezes: [{ from: "2026-01-05T00:00:00Z", to: "2026-01-07T00:00:00Z", because: "audit" }]',
});

function told(about: StackBuilder, event: Event, facts: More = {}): () => Decision {
  return toldBy(flow, about, event, facts);
}

function toldBy(rules: Flow, about: StackBuilder, event: Event, facts: More = {}): () => Decision {
  return () => decide(rules, about.build(facts), event);
}

function bundle(code: BundleFinding["code"]): () => Decision {
  const found = { code, sentence: "found so", plan: digestOf("plan") };
  return told(test.with({ bundle: found, lostPlan: runId("2") }), tick);
}

/** Runs end with these; whoever did the work said so, and the engine passes it on. */
function failedWith(code: ReasonCode): () => Decision {
  return told(test.withRun({ state: "failed", code }), { ...planned, outcome: "failed" });
}

/** For every code, something that leads to it: a code that nothing leads to would be a promise that nobody keeps. */
const reached: Readonly<Record<ReasonCode, () => Decision>> = {
  "fact-unknown": told(test.with({ writers: undefined }), tick),
  "no-transition": told(
    test,
    { kind: "push", branch: "main", before: commit("c0"), commit: commit("c1"), by },
    pushFacts(),
  ),
  "not-affected": told(test.with({ affected: false }), opened, open()),
  "no-changes": told(test.withRun({ state: "no-changes" }), { ...planned, outcome: "no-changes" }),
  "work-item-missing": told(test, opened, open({ issues: [] })),
  "head-not-accepted": told(test, opened, open({ headBranch: "main" })),
  "fork-not-trusted": told(test, opened, open({ fork: true })),
  "trusted-path-changed": told(test.withPlan({ speculative: "trusted-path" }), planned),
  "not-merged": told(
    test.withRun({
      due: null,
      source: { kind: "pull-request", pullRequest: 12, head: commit("c1"), base: commit("c0") },
    }),
    planned,
  ),
  "closed-without-merge": told(test, { kind: "closed", pullRequest: 12, by }),
  "not-requested": told(prod.withRun({ due: null }), planned),
  "ref-not-allowed": told(prod.due({ kind: "dispatch", job: "Deploy", ref: "main" }), tick),
  "release-not-from-branch": told(prod.with({ ref: { ...tag, release: { onBranch: false, moved: false } } }), tick),
  "release-moved": told(prod.with({ ref: { ...tag, release: { onBranch: true, moved: true } } }), tick),
  "unreviewed-change": told(test.with({ pushed: [pushedCommit()] }), tick),
  "plan-missing": told(test.with({ plan: null }), tick),
  "plan-failed": told(test.withRun({ state: "failed", plan: null }), ready),
  "plan-not-shown": told(
    test
      .withPlan({ shown: [] })
      .withRun({ state: "approved" })
      .with({ lease: leaseOf(stackName("test/app"), "1") }),
    ready,
  ),
  "plan-speculative": told(test.withPlan({ speculative: "fork" }), tick),
  "plan-expired": told(test.planned({ createdAt: 0 }), tick),
  "plan-superseded": told(test.withRun({ state: "superseded" }), ready),
  "plan-spent": told(test.withRun({ state: "verified" }), ready),
  "bundle-missing": bundle("bundle-missing"),
  "bundle-altered": bundle("bundle-altered"),
  "bundle-unsigned": bundle("bundle-unsigned"),
  "snapshot-differs": bundle("snapshot-differs"),
  "variables-moved": bundle("variables-moved"),
  "not-allowed-in-plan": failedWith("not-allowed-in-plan"),
  "inputs-moved": told(test.with({ inputs: digestOf("other") }), tick),
  "state-moved": told(test.withRun({ state: "approved" }).withState({ lineage: "l1", serial: 8 }), ready),
  "meaning-differs": failedWith("meaning-differs"),
  "lineage-moved": told(test.withState({ lineage: "l2", serial: 7 }), tick),
  "tool-moved": told(test.with({ tool: { name: "opentofu", version: "1.14.0" } }), tick),
  "target-moved": told(test.planned({ stack: stackName("test/other") }), tick),
  "approval-missing": told(aStack("test/app"), tick),
  "changes-requested": told(test.said(answer("cem", "request-changes")), tick),
  rejected: told(test.said(answer("cem", "reject")), tick),
  held: told(test.said(answer("cem", "hold")), tick),
  "after-not-applied": told(
    prod.with({ before: [{ stack: stackName("test/app"), inputs: digestOf("inputs"), applied: null }] }),
    tick,
  ),
  "branch-started-elsewhere": toldBy(gitflow, stage, opened, toDevelop({ carries: ["main"] })),
  "merge-commits": toldBy(
    presetNamed("trunk-demo"),
    test.with({ changes: [aChange({ headBranch: "feature/NET-12", mergeCommits: 2 })] }).due(),
    tick,
  ),
  "back-merge-missing": toldBy(
    gitflow,
    aStack("prod/app").with({ run: null, plan: null, source: ofChange }),
    opened,
    toDevelop({ headBranch: "develop", base: "main", baseAhead: true }),
  ),
  "conversation-unresolved": toldBy(
    presetWith("integration-branch", { from: /$/, to: "\nidentity: app\n" }),
    test,
    { kind: "command", command: "merge", pullRequest: 12, stack: null, by },
    {
      ...openChange({ headBranch: "development", answers: [answer("bob", "approve")], unresolved: 1 }),
      maintainers: [by],
      teams: { owners: [login("bob")] },
    },
  ),
  "code-owner-missing": toldBy(
    presetNamed("integration-branch"),
    aStack("prod/infra").with({
      changes: [aChange({ headBranch: "hotfix/NET-12", codeOwners: [[login("cem")]] })],
    }),
    tick,
  ),
  "section-missing": toldBy(gitflow, prod.due().with({ changes: [fromDevelop({ sections: ["why"] })] }), tick),
  "deletions-unacknowledged": toldBy(
    gitflow,
    prod.due().planned({ counts: { add: 0, change: 0, destroy: 1, replace: 0, import: 0, move: 0, forget: 0 } }),
    tick,
  ),
  "pushed-directly": toldBy(gitflow, test, pushTo("develop"), pushFacts({ branch: "develop" })),
  "push-too-large": toldBy(
    presetNamed("integration-branch"),
    test,
    pushTo("development"),
    pushFacts({ branch: "development", lines: 51 }),
  ),
  "held-by-branch": toldBy(
    gitflow,
    dev.with({ hold: { stack: dev.stack.stack, branch: "dev/b", by, since: 0 } }),
    tick,
  ),
  "outside-window": toldBy(withWindows, prod.due(), tick),
  frozen: toldBy(withFreeze, prod.due(), tick),
  "emergency-used": toldBy(
    withWindows,
    aStack("prod/app")
      .approvedBy("bob")
      .with({
        changes: [fromDevelop({ labels: [{ name: "urgent", by: login("cem") }] })],
        lease: leaseOf("prod/app"),
      })
      .withRun({ state: "approved" }),
    ready,
    { teams: { devops: [login("bob"), login("cem")] } },
  ),
  "not-destroyable": told(test.withRun({ mode: "destroy" }).planned({ mode: "destroy" }), tick),
  "stack-deleted": told(test.with({ inputs: null }), { ...merged, branch: "main" }),
  "drift-found": toldBy(
    gitflow,
    prod.withRun({
      mode: "refresh-only",
      state: "discarded",
      code: "drift-found",
      source: { kind: "schedule", cron: "0 1 * * *", ref: "main", commit: commit("c1") },
    }),
    planned,
  ),
  "branch-old": toldBy(gitflow, stage, opened, toDevelop({ openedAt: 0 })),
  "expectation-failed": failedWith("expectation-failed"),
  "stack-leased": told(test.with({ lease: leaseOf("test/app", "9") }), tick),
  "state-locked": failedWith("state-locked"),
  interrupted: told(test.with({ interrupted: runId("9") }), tick),
  "apply-failed": told(test.withRun({ state: "failed" }), { kind: "run-applied", run: runId("1"), outcome: "failed" }),
  "verify-failed": told(test.withRun({ state: "verify-failed" }), {
    kind: "run-verified",
    run: runId("1"),
    outcome: "failed",
  }),
  "gated-environment": told(test, { kind: "local-apply", run: runId("1"), by, breakGlass: null, typedName: null }),
  "name-not-confirmed": told(test, { kind: "local-apply", run: runId("1"), by, breakGlass: "down", typedName: "app" }),
  "release-not-ready": told(test, release, {
    ref: { ref: "main", commit: commit("c1"), release: null },
    latestRelease: null,
  }),
  "not-allowed": told(
    test,
    { kind: "command", command: "plan", pullRequest: 12, stack: null, by: login("eve") },
    open(),
  ),
};

function codesIn(decision: Decision): readonly (ReasonCode | undefined)[] {
  const inVerdict = (verdict: Verdict): readonly (ReasonCode | undefined)[] => [
    verdict.code,
    ...(verdict.children ?? []).flatMap(inVerdict),
  ];
  return [
    ...decision.reasons.flatMap(inVerdict),
    ...decision.actions.map((action) => ("code" in action ? action.code : undefined)),
  ];
}

describe("every reason code", () => {
  it.each(Object.entries(reached))("%s is what something leads to", (code, decided) => {
    expect(codesIn(decided())).toContain(code);
  });

  it("says what it means and what to do next, in a sentence", () => {
    for (const { means, next } of Object.values(reasons))
      for (const text of [means, next]) expect(text).toMatch(/^\S.*\.$/);
  });
});
