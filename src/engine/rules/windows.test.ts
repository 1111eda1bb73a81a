import { describe, expect, it } from "vitest";
import { goes, judged, leaseOf, presetWith } from "../../../test/engine/decisions.ts";
import { digestOf } from "../../domain/digest.ts";
import type { Event } from "../../domain/event.ts";
import type { PullRequestFacts } from "../../domain/facts.ts";
import { aChange, aStack, judgeTime, login, runId, stackName } from "../../testing/builders.ts";
import { decide } from "../index.ts";

/** Judged is at eleven on a Tuesday, Greenwich time: an hour before the window. */
const flow = presetWith("gitflow", { from: "windows: always", to: 'windows: ["Mon-Thu 12:00-16:00 UTC"]' });
const frozen = presetWith("gitflow", {
  from: "windows: always",
  to: 'freezes: [{ from: "2026-01-05T00:00:00Z", to: "2026-01-07T00:00:00Z", because: audit }]',
});
const devops = { teams: { devops: [login("bob"), login("cem")] } };
const promoted = (labels: PullRequestFacts["labels"] = []) =>
  aStack("prod/app")
    .approvedBy("bob")
    .with({ changes: [aChange({ headBranch: "develop", sections: ["why", "rollback"], labels })] });
const urgent = (by: string, name = "urgent") => promoted([{ name, by: login(by) }]);
const outside = { first: ["wait outside-window"], second: ["wait outside-window"] };
const waived = { first: ["start"], second: ["apply", "flag emergency-used"] };

describe("windows", () => {
  it.each([
    { name: "are waited for", about: promoted(), result: outside },
    { name: "are passed within", about: promoted(), now: Date.UTC(2026, 0, 6, 12), result: goes },
    { name: "are waived by an approver's label", about: urgent("cem"), result: waived },
    { name: "are not waived by anybody else's", about: urgent("ann"), result: outside },
    { name: "are not waived by another label", about: urgent("cem", "wip"), result: outside },
    {
      name: "are not waived by the label of another change that comes along",
      about: urgent("cem").with({
        changes: [
          aChange({
            number: 11,
            headBranch: "develop",
            sections: ["why", "rollback"],
            labels: [{ name: "urgent", by: login("cem") }],
          }),
          aChange({ headBranch: "develop", sections: ["why", "rollback"] }),
        ],
      }),
      result: outside,
    },
    {
      name: "are waived, and the approval is not",
      about: urgent("cem").with({ answers: [] }),
      result: { first: ["wait approval-missing"], second: ["wait approval-missing"] },
    },
    {
      name: "are waived, and stage is not",
      about: urgent("cem").with({
        before: [{ stack: stackName("stage/app"), inputs: digestOf("inputs"), applied: null }],
      }),
      result: { first: ["wait after-not-applied"], second: ["wait after-not-applied"] },
    },
    {
      name: "are not waived when the team is not known",
      about: urgent("cem"),
      facts: { teams: {} },
      result: { first: ["wait approval-missing"], second: ["wait approval-missing"] },
    },
    {
      name: "within them the label changes nothing",
      about: urgent("cem"),
      now: Date.UTC(2026, 0, 6, 12),
      result: goes,
    },
    {
      name: "in a freeze are waited for",
      flow: frozen,
      about: promoted(),
      result: { first: ["wait frozen"], second: ["wait frozen"] },
    },
    { name: "in a freeze are waived too", flow: frozen, about: urgent("cem"), result: waived },
  ])("$name", ({ about, now = judgeTime, result, facts = devops, flow: rules = flow }) => {
    expect(judged(rules, about, { ...facts, now })).toEqual(result);
  });

  it("tell when the wait ends, and who is to look at what was waived", () => {
    const tick: Event = { kind: "tick" };
    expect(decide(flow, promoted().build(devops), tick).actions).toMatchObject([
      { kind: "wait", until: Date.UTC(2026, 0, 6, 12), after: null },
    ]);
    const ready = urgent("cem")
      .withRun({ state: "approved" })
      .with({ lease: leaseOf("prod/app") });
    expect(decide(flow, ready.build(devops), { kind: "apply-ready", run: runId("1") }).actions[1]).toMatchObject({
      kind: "flag",
      issue: "open",
      until: judgeTime + 48 * 3_600_000,
    });
  });

  it("hold a person's own terminal too, unless they break the glass", () => {
    const local = (breakGlass: string | null): Event => ({
      kind: "local-apply",
      run: runId("1"),
      by: login("ann"),
      breakGlass,
      typedName: "prod/app",
    });
    const { actions } = decide(flow, promoted().build(devops), local("the site is down"));
    expect(actions).toMatchObject([{ kind: "start", due: { breakGlass: "the site is down" } }]);
    expect(decide(flow, promoted().build(devops), local(null)).actions).toMatchObject([{ code: "gated-environment" }]);
  });
});
