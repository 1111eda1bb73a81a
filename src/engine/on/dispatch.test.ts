import { describe, expect, it } from "vitest";
import { appliedOf, decided, presetNamed } from "../../../test/engine/decisions.ts";
import { digestOf } from "../../domain/digest.ts";
import type { Event } from "../../domain/event.ts";
import { aStack, commit, login } from "../../testing/builders.ts";
import { decide } from "../index.ts";

const flow = presetNamed("trunk-stored-plan");

describe("a dispatch", () => {
  const ref = { ref: "main", commit: commit("c1"), release: null };
  const release: Event = { kind: "dispatch", job: "Release", ref: "main", by: login("ann"), inputs: {} };
  const done = aStack("test/app").with({
    applied: appliedOf(),
  });
  const stored = aStack("prod/app").withRun({ due: null });
  const facts = { ref, latestRelease: null };

  it.each([
    {
      name: "releases what is applied in test and planned for prod",
      about: [done, stored],
      facts,
      actions: ["release v1.0.0"],
    },
    {
      name: "does not release what is not applied in test",
      about: [aStack("test/app"), stored],
      facts,
      actions: ["refuse release-not-ready"],
    },
    {
      name: "does not release what is not verified there",
      about: [done.with({ applied: appliedOf({ verified: false }) }), stored],
      facts,
      actions: ["refuse release-not-ready"],
    },
    {
      name: "does not release without a plan for prod",
      about: [done, stored.with({ run: null, plan: null })],
      facts,
      actions: ["refuse release-not-ready"],
    },
    {
      name: "does not release with a plan of something else",
      about: [done, stored.planned({ inputs: digestOf("older") })],
      facts,
      actions: ["refuse release-not-ready"],
    },
    {
      name: "does not release with an empty plan of something else",
      about: [done, stored.withRun({ state: "no-changes" }).planned({ inputs: digestOf("older") })],
      facts,
      actions: ["refuse release-not-ready"],
    },
    {
      name: "does not release what is not known",
      about: [done.with({ applied: undefined }), stored],
      facts,
      actions: ["refuse release-not-ready"],
    },
    {
      name: "releases main only",
      about: [done, stored],
      facts: { ...facts, ref: { ...ref, ref: "feature/x" } },
      actions: ["refuse ref-not-allowed"],
    },
    {
      name: "does not release from a ref that is not there",
      about: [done, stored],
      facts: {},
      actions: ["refuse ref-not-allowed"],
    },
  ])("$name", ({ about, facts: given, actions }) => {
    expect(decided(flow, about, release, given)).toEqual(actions);
  });

  const deploy: Event = { ...release, job: "Deploy", ref: "v1.0.0" };
  const tag = { ref: { ref: "tag:v1.0.0", commit: commit("c1"), release: { onBranch: true, moved: false } } };
  const noPlan = stored.with({
    run: null,
    plan: null,
    source: { kind: "dispatch", by: login("ann"), ref: "tag:v1.0.0", commit: commit("c1") },
  });

  it.each([
    {
      name: "deploys the stored plan once it is approved",
      about: [stored],
      given: tag,
      actions: ["wait prod/app approval-missing"],
    },
    {
      name: "plans what has no plan, for its apply",
      about: [noPlan],
      given: tag,
      actions: ["plan prod/app dispatch due"],
    },
    {
      name: "is refused when nothing differs",
      about: [stored.with({ affected: false })],
      given: tag,
      actions: ["refuse not-affected"],
    },
    {
      name: "does not even plan a ref that its row does not deliver",
      about: [noPlan],
      given: { ref },
      actions: ["refuse prod/app ref-not-allowed"],
    },
    {
      name: "is not for people who may not merge",
      about: [stored],
      given: { ...tag, maintainers: [login("bob")] },
      actions: ["refuse not-allowed"],
    },
    {
      name: "leaves the stored plan alone when the ref is not allowed",
      about: [stored],
      given: { ref },
      actions: ["refuse prod/app ref-not-allowed"],
    },
  ])("$name", ({ about, given, actions }) => {
    expect(decided(flow, about, deploy, given)).toEqual(actions);
    const runs = decide(flow, about[0]?.build(given) ?? aStack("prod/app").build(), deploy).actions.flatMap((action) =>
      action.kind === "refuse" ? action.run : [],
    );
    expect(runs.every((run) => run === null)).toBe(true);
  });

  it("of a job that the flow does not have is refused", () => {
    expect(decided(flow, [], { ...release, job: "Destroy" }, facts)).toEqual(["refuse no-transition"]);
  });
});
