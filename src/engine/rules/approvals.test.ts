import { describe, expect, it } from "vitest";
import { type ApplyCase, appliedOf, goes, judged, presetNamed } from "../../../test/engine/decisions.ts";
import { digestOf } from "../../domain/digest.ts";
import type { BeforeFacts } from "../../domain/facts.ts";
import {
  aChange,
  answer,
  answerTime,
  aStack,
  commit,
  login,
  planTime,
  type StackBuilder,
  stackName,
} from "../../testing/builders.ts";
import { decide } from "../index.ts";

const flow = presetNamed("trunk-stored-plan");

/** A change in test that bob approved; everything is there. */
const ready = aStack("test/app").approvedBy("bob");

/** The same in prod: a release that cem deploys, approved by bob at the gate, with test applied. */
const tag = { ref: "tag:v1.0.0", commit: commit("c1"), release: { onBranch: true, moved: false } };
const before: BeforeFacts = { stack: stackName("test/app"), inputs: digestOf("inputs"), applied: appliedOf() };
const released = aStack("prod/app")
  .due({ kind: "dispatch", job: "Deploy", ref: "tag:v1.0.0", by: login("cem") })
  .with({ before: [before], ref: tag })
  .said(answer("bob", "approve", { via: "gate", environment: "prod", pullRequest: null }));

/** Bob said yes at the gate of a run that asked about one plan, and a plan of the stack was shown at these times. */
const askedAlone = (shown: { readonly at: number; readonly until: number | null }, plan = "plan") =>
  aStack("prod/app")
    .due({ kind: "dispatch", job: "Deploy", ref: "tag:v1.0.0", by: login("cem") })
    .with({ before: [before], ref: tag })
    .said(answer("bob", "approve", { via: "gate", environment: "prod", pullRequest: null, plan: digestOf(plan) }))
    .withPlan({ shown: [{ digest: digestOf("plan"), ...shown }] });

function judges(cases: readonly ApplyCase[]): void {
  it.each(cases)("$name", ({ about, facts, first, second = first }) => {
    expect(judged(flow, about, facts)).toEqual({ first, second });
  });
}

describe("approvals", () => {
  const asked = aStack("test/app");
  const missing = ["wait approval-missing"];
  const twice = { digest: digestOf("plan"), at: planTime + 120_000, until: null };
  judges([
    { name: "are waited for", about: asked, first: missing },
    { name: "by a writer do not count", about: asked.approvedBy("ann"), first: missing },
    {
      name: "by a writer of an older commit in the apply do not count",
      about: ready.with({ writers: [login("ann"), login("bob")] }),
      first: missing,
    },
    { name: "by somebody the gate does not name do not count", about: asked.approvedBy("eve"), first: missing },
    { name: "do not count when the team is not known", about: ready, facts: { teams: undefined }, first: missing },
    {
      name: "before the plan was shown do not count",
      about: asked.approvedBy("bob", { at: planTime }),
      first: missing,
    },
    {
      name: "in the second in which it was shown do not count",
      about: asked.approvedBy("bob", { at: planTime + 1_000 }),
      first: missing,
    },
    {
      name: "after something else took its place do not count",
      about: ready.withPlan({ shown: [{ digest: digestOf("plan"), at: planTime, until: planTime + 2_000 }] }),
      first: missing,
    },
    {
      name: "at a gate that asked about this very plan count whatever was shown elsewhere meanwhile",
      about: askedAlone({ at: planTime + 1_000, until: planTime + 2_000 }),
      ...goes,
    },
    {
      name: "at a gate that began to ask before the plan was shown do not count",
      about: askedAlone({ at: answerTime, until: null }),
      first: missing,
    },
    {
      name: "at a gate that asked about the plan before this one do not count",
      about: askedAlone({ at: planTime, until: null }, "older"),
      first: missing,
    },
    {
      name: "do not count for a plan that was shown again later",
      about: ready.withPlan({ shown: [twice] }),
      first: missing,
    },
    {
      name: "of a plan that the new one carries on count",
      about: ready.withRun({ plan: digestOf("new") }).withPlan({
        digest: digestOf("new"),
        carriedFrom: digestOf("plan"),
        shown: [{ digest: digestOf("plan"), at: planTime, until: null }],
      }),
      ...goes,
    },
    {
      name: "of another plan by name do not count",
      about: asked.approvedBy("bob", { via: "command", plan: digestOf("older") }),
      first: missing,
    },
    {
      name: "of another stack by name do not count",
      about: asked.approvedBy("bob", { via: "command", stack: stackName("test/other") }),
      first: missing,
    },
    {
      name: "on another pull request do not count",
      about: asked.approvedBy("bob", { pullRequest: 13 }),
      first: missing,
    },
    {
      name: "at another gate do not count",
      about: asked.approvedBy("bob", { via: "gate", pullRequest: null, environment: "prod" }),
      first: missing,
    },
    {
      name: "that were taken back do not count",
      about: ready.said(answer("bob", "take-back", { at: answerTime + 1 })),
      first: missing,
    },
    {
      name: "by the triggerer do not count for a dispatch",
      about: released.due({ kind: "dispatch", job: "Deploy", ref: "tag:v1.0.0", by: login("bob") }),
      first: missing,
    },
    { name: "by whoever merged count", about: ready.due({ by: login("bob") }), ...goes },
    {
      name: "are overruled by a rejection",
      about: ready.said(answer("cem", "reject", { via: "gate", pullRequest: null, environment: "test" })),
      first: ["refuse rejected"],
    },
    {
      name: "are not overruled by a rejection of an older plan",
      about: ready.said(
        answer("cem", "reject", { via: "gate", pullRequest: null, environment: "test", at: planTime - 1 }),
      ),
      ...goes,
    },
    {
      name: "are not overruled by somebody the gate does not name",
      about: ready.said(answer("eve", "reject", { via: "gate", pullRequest: null, environment: "test" })),
      ...goes,
    },
  ]);

  it("of one person count once, however often they are given", () => {
    const two = {
      ...flow,
      environments: flow.environments.map((environment) =>
        environment.approvals === null
          ? environment
          : { ...environment, approvals: { ...environment.approvals, count: 2 } },
      ),
    };
    const words = (about: StackBuilder) => decide(two, about.build(), { kind: "tick" }).actions.map(({ kind }) => kind);
    expect(words(ready.approvedBy("bob", { via: "command" }))).toEqual(["wait"]);
    expect(words(ready.approvedBy("cem"))).toEqual(["start"]);
  });
});

describe("objections", () => {
  const other = (...answers: ReturnType<typeof answer>[]) =>
    ready.with({
      changes: [
        aChange({ number: 11, answers: [answer("bob", "approve", { pullRequest: 11 }), ...answers] }),
        aChange(),
      ],
    });
  judges([
    {
      name: "by somebody who may merge hold the apply",
      about: ready.said(answer("cem", "request-changes")),
      first: ["wait changes-requested"],
    },
    { name: "by anybody else do not", about: ready.said(answer("eve", "request-changes")), ...goes },
    {
      name: "end when whoever had them approves",
      about: ready.said(answer("cem", "request-changes"), answer("cem", "approve", { at: answerTime + 1 })),
      ...goes,
    },
    {
      name: "about another change that comes along hold it too",
      about: other(answer("cem", "request-changes", { pullRequest: 11 })),
      first: ["wait changes-requested"],
    },
    { name: "hold by a word", about: ready.said(answer("cem", "hold", { via: "command" })), first: ["wait held"] },
    {
      name: "hold another change that comes along",
      about: other(answer("cem", "hold", { via: "command", pullRequest: 11 })),
      first: ["wait held"],
    },
    {
      name: "of one stack do not hold another",
      about: ready.said(answer("cem", "hold", { via: "command", stack: stackName("test/other") })),
      ...goes,
    },
    {
      name: "end with a word by anyone who may merge",
      about: ready.said(answer("cem", "hold"), answer("bob", "release-hold", { at: answerTime + 1, via: "command" })),
      ...goes,
    },
    {
      name: "do not end with a word by anybody else",
      about: ready.said(answer("cem", "hold"), answer("eve", "release-hold", { at: answerTime + 1, via: "command" })),
      first: ["wait held"],
    },
  ]);
});
