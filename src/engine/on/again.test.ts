import { describe, expect, it } from "vitest";
import { decided, presetNamed } from "../../../test/engine/decisions.ts";
import type { RunState } from "../../domain/run.ts";
import { aDue, answer, aStack, commit, login, runId } from "../../testing/builders.ts";

const flow = presetNamed("trunk-stored-plan");

describe("a run whose worker is gone", () => {
  const states: readonly { state: RunState; actions: readonly string[] }[] = [
    { state: "planning", actions: ["supersede test/app", "plan test/app merge due"] },
    { state: "approved", actions: ["start test/app"] },
    { state: "applying", actions: ["interrupt test/app"] },
    { state: "applied", actions: ["verify test/app"] },
    { state: "verifying", actions: ["verify test/app"] },
    { state: "verified", actions: [] },
  ];
  it.each(states)("that was $state", ({ state, actions }) => {
    expect(
      decided(flow, [aStack("test/app").approvedBy("bob").withRun({ state })], { kind: "run-lost", run: runId("1") }),
    ).toEqual(actions);
  });

  const local = { kind: "local", by: login("ann"), commit: commit("c1"), tree: null } as const;
  const due = aDue({ kind: "local", ref: "local" });
  it.each([
    { state: "planning", due: null, actions: ["supersede test/app"] },
    { state: "approved", due, actions: ["wait test/app not-requested"] },
    { state: "applying", due, actions: ["interrupt test/app"] },
  ] as const)("and that somebody's own terminal had $state is not done behind their back", (about) => {
    const run = aStack("test/app").withRun({ source: local, state: about.state, due: about.due });
    expect(decided(flow, [run], { kind: "run-lost", run: runId("1") })).toEqual(about.actions);
  });
});

describe("running a run again", () => {
  const states: readonly { state: RunState; actions: readonly string[] }[] = [
    { state: "verified", actions: ["refuse test/app plan-spent"] },
    { state: "applying", actions: ["refuse test/app plan-spent"] },
    { state: "interrupted", actions: ["refuse test/app interrupted"] },
    { state: "superseded", actions: ["refuse test/app plan-superseded"] },
    { state: "waiting", actions: ["start test/app"] },
  ];
  it.each(states)("that is $state", ({ state, actions }) => {
    expect(
      decided(flow, [aStack("test/app").approvedBy("bob").withRun({ state })], {
        kind: "rerun",
        run: runId("1"),
        by: login("cem"),
      }),
    ).toEqual(actions);
  });

  it("is not for people who may not merge", () => {
    const about = aStack("test/app").approvedBy("bob").withRun({ state: "waiting" });
    expect(decided(flow, [about], { kind: "rerun", run: runId("1"), by: login("eve") })).toEqual([
      "refuse test/app not-allowed",
    ]);
  });

  it("makes whoever asks the triggerer", () => {
    const about = aStack("prod/app")
      .due({ kind: "dispatch", job: "Deploy", ref: "tag:v1.0.0", by: login("cem") })
      .said(answer("bob", "approve", { via: "gate", environment: "prod", pullRequest: null }));
    const ref = { ref: "tag:v1.0.0", commit: commit("c1"), release: { onBranch: true, moved: false } };
    expect(decided(flow, [about], { kind: "rerun", run: runId("1"), by: login("bob") }, { ref })).toEqual([
      "wait prod/app approval-missing",
    ]);
  });
});
