import { describe, expect, it } from "vitest";
import { decided, presetNamed } from "../../test/engine/decisions.ts";
import type { Event } from "../domain/event.ts";
import { aStack, commit, login, runId } from "../testing/builders.ts";
import { decide } from "./index.ts";

const flow = presetNamed("trunk-stored-plan");

describe("what is not for plangate", () => {
  const by = login("ann");
  const events: readonly Event[] = [
    { kind: "push", branch: "main", before: commit("c0"), commit: commit("c1"), by },
    { kind: "release", tag: "v1.0.0", commit: commit("c1"), by },
    { kind: "schedule", cron: "0 1 * * *" },
    { kind: "rerun", run: runId("9"), by },
    { kind: "tick" },
  ];
  it.each(events)("does nothing, and says why: $kind", (event) => {
    const decision = decide(flow, aStack("test/app").build({ stacks: [] }), event);
    expect(decision.actions).toEqual([]);
    expect(decision.reasons).not.toEqual([]);
  });

  it("leaves a run alone that is about to be applied", () => {
    expect(
      decided(flow, [aStack("test/app").approvedBy("bob").withRun({ state: "approved" })], { kind: "tick" }),
    ).toEqual([]);
  });
});
