import { describe, expect, it } from "vitest";
import { type ApplyCase, goes, judged, presetNamed } from "../../../test/engine/decisions.ts";
import { digestOf } from "../../domain/digest.ts";
import { aChange, answer, aStack, commit, judgeTime, runId, stackName } from "../../testing/builders.ts";

const flow = presetNamed("trunk-stored-plan");

/** A change in test that bob approved; everything is there. */
const ready = aStack("test/app").approvedBy("bob");

function judges(cases: readonly ApplyCase[]): void {
  it.each(cases)("$name", ({ about, facts, first, second = first }) => {
    expect(judged(flow, about, facts)).toEqual({ first, second });
  });
}

describe("the plan", () => {
  const again = ["supersede", "plan"];
  const gone = { code: "bundle-missing", sentence: "gone", plan: digestOf("plan") } as const;
  judges([
    { name: "is made anew when an input moved", about: ready.with({ inputs: digestOf("other") }), first: again },
    {
      name: "is refused when the stack is gone from what would be delivered",
      about: ready.with({ inputs: null }),
      first: ["refuse stack-deleted"],
    },
    {
      name: "is refused when the state is another one",
      about: ready.withState({ lineage: "l2", serial: 7 }),
      first: ["refuse lineage-moved"],
    },
    {
      name: "is compared under the lease when the state moved",
      about: ready.withState({ lineage: "l1", serial: 8 }),
      first: ["start"],
      second: ["replan"],
    },
    {
      name: "is not compared while somebody objects",
      about: ready.withState({ lineage: "l1", serial: 8 }).said(answer("cem", "request-changes")),
      first: ["wait changes-requested"],
    },
    {
      name: "is refused when the tool moved",
      about: ready.with({ tool: { name: "terraform", version: "1.14.1" } }),
      first: ["refuse tool-moved"],
    },
    {
      name: "is refused when the tool is another one",
      about: ready.with({ tool: { name: "opentofu", version: "1.14.0" } }),
      first: ["refuse tool-moved"],
    },
    {
      name: "is refused when it is of another stack",
      about: ready.planned({ stack: stackName("test/other") }),
      first: ["refuse target-moved"],
    },
    { name: "is applied on the last day", about: ready.planned({ createdAt: judgeTime - 14 * 86_400_000 }), ...goes },
    {
      name: "is refused a moment later",
      about: ready.planned({ createdAt: judgeTime - 14 * 86_400_000 - 1 }),
      first: ["refuse plan-expired"],
    },
    {
      name: "is made anew when it was for looking at only",
      about: ready.withPlan({ speculative: "trusted-path" }),
      first: again,
    },
    {
      name: "is made anew when its own pull request touches trusted paths, whatever the plan says",
      about: ready
        .withRun({ source: { kind: "pull-request", pullRequest: 12, head: commit("c2"), base: commit("c0") } })
        .with({ changes: [aChange({ trustedPaths: [".github/workflows/x.yml"] })] }),
      first: again,
    },
    {
      name: "is made anew when it is not the one that the run has",
      about: ready.withRun({ plan: digestOf("new") }),
      first: again,
    },
    {
      name: "is refused when its pull request was closed, whoever asks",
      about: ready
        .withRun({ source: { kind: "pull-request", pullRequest: 12, head: commit("c2"), base: commit("c0") } })
        .with({ pullRequest: aChange({ state: "closed" }) }),
      first: ["refuse closed-without-merge"],
    },
    {
      name: "is made anew when the bundle is gone",
      about: ready.with({ bundle: gone }),
      first: ["supersede bundle-missing", "plan"],
    },
    {
      name: "is refused when the bundle of the plan is gone that was made in the place of one that was gone",
      about: ready.with({ bundle: gone, lostPlan: runId("2") }),
      first: ["refuse bundle-missing"],
    },
    {
      name: "is refused when the bundle is gone and nobody knows whether one was before",
      about: ready.with({ bundle: gone, lostPlan: undefined }),
      first: ["refuse bundle-missing"],
    },
    {
      name: "is refused when the bundle was altered",
      about: ready.with({ bundle: { code: "bundle-altered", sentence: "altered", plan: digestOf("plan") } }),
      first: ["refuse bundle-altered"],
    },
    {
      name: "is refused when the bundle is not signed",
      about: ready.with({ bundle: { code: "bundle-unsigned", sentence: "unsigned", plan: digestOf("plan") } }),
      first: ["refuse bundle-unsigned"],
    },
    {
      name: "is refused when its snapshot is not what Git has",
      about: ready.with({ bundle: { code: "snapshot-differs", sentence: "swapped", plan: digestOf("plan") } }),
      first: ["refuse snapshot-differs"],
    },
    {
      name: "is not applied before somebody looked at its bundle",
      about: ready.with({ bundle: undefined }),
      first: ["start"],
      second: ["refuse fact-unknown"],
    },
  ]);
});

describe("a plan that nobody was shown", () => {
  const gitflow = presetNamed("gitflow");
  const change = {
    headBranch: "dev/queue",
    base: "develop",
    sections: ["why", "rollback"],
    answers: [answer("bob", "approve")],
  };
  const stage = aStack("stage/app")
    .due({ ref: "develop" })
    .with({ changes: [aChange(change)] });

  it("is not applied where nobody asks for approvals either, but people look at what comes", () => {
    expect(judged(gitflow, stage).second).toEqual(goes.second);
    expect(judged(gitflow, stage.withPlan({ shown: [] }))).toEqual({
      first: goes.first,
      second: ["wait plan-not-shown"],
    });
  });
});
