import { describe, expect, it } from "vitest";
import {
  decided,
  from,
  goes,
  judged,
  leaseOf,
  ofChange,
  openChange,
  otherRun,
  presetNamed,
} from "../../../test/engine/decisions.ts";
import type { Event } from "../../domain/event.ts";
import type { PullRequestFacts } from "../../domain/facts.ts";
import { aChange, aDue, answer, aStack, commit, login, runId, shownTime } from "../../testing/builders.ts";

const flow = presetNamed("trunk-stored-plan");
const name = "ephemeral-12/app";

/** What pull request 12 is tried in; nothing stands there yet. */
const tried = from(aStack(name), ofChange).with({
  environment: "ephemeral",
  instance: "12",
  standing: null,
  changes: [],
  applied: null,
  pullRequest: openChange().pullRequest,
});
const due = { kind: "pull-request", ref: "feature/queue", commit: commit("c2") } as const;
const ready = tried.due(due).planned({ environment: "ephemeral", instance: "12" });
const idle = tried.with({ run: null, plan: null });
const standing = ready.withRun({ state: "verified" }).with({ standing: shownTime });
const opened: Event = { kind: "pull-request", action: "synchronized", pullRequest: 12, by: login("ann") };

describe("an environment per pull request", () => {
  it.each([
    { name: "is planned for its apply", about: idle, actions: ["check", "plan ephemeral-12/app pull-request due"] },
    {
      name: "is tried once for a head",
      about: ready.withRun({ state: "verified" }),
      actions: ["check"],
    },
    {
      name: "is tried again for another head",
      about: ready.withRun({ state: "verified" }).with({ source: { ...ofChange, head: commit("c3") } }),
      actions: ["check", "plan ephemeral-12/app pull-request due"],
    },
    {
      name: "is tried again after it was thrown away",
      about: ready.withRun({ state: "discarded" }),
      actions: ["check", "plan ephemeral-12/app pull-request due"],
    },
    {
      name: "is only planned when delivery itself is touched",
      about: idle,
      facts: openChange({ trustedPaths: ["plangate.yaml"] }),
      actions: ["check", "plan ephemeral-12/app pull-request trusted-path"],
    },
    {
      name: "is not for a fork",
      about: idle,
      facts: openChange({ fork: true }),
      actions: ["check", "wait ephemeral-12/app fork-not-trusted"],
    },
    {
      name: "waits for the work item",
      about: idle,
      facts: openChange({ issues: [] }),
      actions: ["check problems", "wait ephemeral-12/app work-item-missing"],
    },
  ])("$name", ({ about, facts = openChange(), actions }) => {
    expect(decided(flow, [about], opened, facts)).toEqual(actions);
  });

  it("is only looked at for a fork that somebody took over", () => {
    const command: Event = { kind: "command", command: "plan", pullRequest: 12, stack: null, by: login("bob") };
    expect(decided(flow, [idle], command, openChange({ fork: true }))).toEqual([
      "check",
      "plan ephemeral-12/app pull-request fork",
    ]);
  });
});

describe("what is tried for a pull request", () => {
  const of = (about: Partial<PullRequestFacts>) => ready.with({ pullRequest: openChange(about).pullRequest });
  const refused = (code: string) => ({ first: [`refuse ${code}`], second: [`refuse ${code}`] });
  const waits = (code: string) => ({ first: [`wait ${code}`], second: [`wait ${code}`] });
  it.each([
    { name: "is applied while it is open", about: ready, result: goes },
    { name: "is not once it is closed", about: of({ state: "closed" }), result: refused("closed-without-merge") },
    { name: "is not once it is merged", about: of({ state: "merged" }), result: refused("plan-superseded") },
    { name: "is not once it has another head", about: of({ head: commit("c3") }), result: refused("plan-superseded") },
    {
      name: "is not once it is for another branch",
      about: of({ base: "feature/x" }),
      result: refused("ref-not-allowed"),
    },
    { name: "is not for a fork", about: of({ fork: true }), result: refused("fork-not-trusted") },
    {
      name: "is not when delivery itself is touched",
      about: of({ trustedPaths: ["x"] }),
      result: refused("trusted-path-changed"),
    },
    { name: "waits when the work item went", about: of({ issues: [] }), result: waits("work-item-missing") },
    {
      name: "is not when nobody knows",
      about: ready.with({ pullRequest: undefined }),
      result: refused("fact-unknown"),
    },
    { name: "is not when there is none", about: ready.with({ pullRequest: null }), result: refused("ref-not-allowed") },
    {
      name: "is not stopped by who asked for changes and wants to see",
      about: ready.said(answer("cem", "request-changes")),
      result: goes,
    },
    {
      name: "is stopped by a hold",
      about: ready.said(answer("cem", "hold", { via: "command" })),
      result: waits("held"),
    },
    {
      name: "is planned anew under the lease when the state moved",
      about: ready.withState({ lineage: "l1", serial: 8 }),
      result: { first: ["start"], second: ["replan"] },
    },
  ])("$name", ({ about, result }) => {
    expect(judged(flow, about)).toEqual(result);
  });

  it.each([
    { name: "goes when it worked", event: { kind: "run-verified", outcome: "verified" }, state: "verified", first: [] },
    {
      name: "goes when it did not",
      event: { kind: "run-verified", outcome: "failed" },
      state: "verify-failed",
      first: ["refuse ephemeral-12/app verify-failed"],
    },
    {
      name: "goes when only half of it came about",
      event: { kind: "run-applied", outcome: "failed" },
      state: "failed",
      first: ["refuse ephemeral-12/app apply-failed"],
    },
  ] as const)("$name", ({ event, state, first }) => {
    const told = { ...event, run: runId("1") } as Event;
    expect(decided(flow, [ready.withRun({ state })], told)).toEqual([
      ...first,
      "plan ephemeral-12/app pull-request destroy due",
    ]);
  });
});

describe("what stands for a pull request", () => {
  const closed: Event = { kind: "closed", pullRequest: 12, by: login("ann") };
  const merge: Event = { kind: "merge", pullRequest: 12, branch: "main", commit: commit("c1"), by: login("ann") };
  const takenDown = ["plan ephemeral-12/app pull-request destroy due"];
  it.each([
    { name: "goes when that is closed", about: standing, event: closed, actions: takenDown },
    { name: "goes when that is merged", about: standing, event: merge, actions: takenDown },
    {
      name: "goes with what was about to be applied on top of it",
      about: standing.withRun({ state: "approved" }),
      event: closed,
      actions: ["discard ephemeral-12/app", ...takenDown],
    },
    {
      name: "that is still being planned is given up",
      about: tried.withRun({ state: "planning", plan: null }).with({ plan: null }),
      event: closed,
      actions: ["discard ephemeral-12/app"],
    },
    {
      name: "is left alone where nothing stands",
      about: ready.withRun({ state: "verified" }),
      event: closed,
      actions: [],
    },
  ])("$name", ({ about, event, actions }) => {
    expect(decided(flow, [about], event, openChange())).toEqual(actions);
  });

  const hour = 3_600_000;
  const at = (hours: number) => ({ now: shownTime + hours * hour });
  const destroyed = standing.withRun({ mode: "destroy", due: aDue(due) });
  it.each([
    { name: "may stand for its time", about: standing, facts: at(4), actions: [] },
    { name: "goes a moment later", about: standing, facts: { now: at(4).now + 1 }, actions: takenDown },
    {
      name: "goes when no run is left",
      about: standing.with({ run: null, plan: null }),
      facts: at(5),
      actions: takenDown,
    },
    {
      name: "is not taken from under an apply",
      about: standing.withRun({ state: "applying" }),
      facts: at(5),
      actions: [],
    },
    {
      name: "is not taken from under a check of it",
      about: standing.withRun({ state: "verifying" }),
      facts: at(5),
      actions: [],
    },
    {
      name: "is not taken while somebody has the lease",
      about: standing.with({ lease: leaseOf(name, "9") }),
      facts: at(5),
      actions: [],
    },
    {
      name: "is not taken while another run is at work",
      about: standing.with({ others: [otherRun({ state: "planning" })] }),
      facts: at(5),
      actions: [],
    },
    {
      name: "is not taken down twice at a time",
      about: destroyed.withRun({ state: "waiting" }).planned({ mode: "destroy", createdAt: shownTime }),
      facts: at(5),
      actions: ["start ephemeral-12/app"],
    },
    {
      name: "is not tried at every turn of the clock when that failed",
      about: destroyed.withRun({ state: "failed", updatedAt: shownTime + 4 * hour }),
      facts: at(5),
      actions: [],
    },
    {
      name: "is tried again when its time went by once more",
      about: destroyed.withRun({ state: "failed", updatedAt: shownTime + 4 * hour }),
      facts: at(9),
      actions: takenDown,
    },
    {
      name: "stays when nobody knows what it came from",
      about: standing.with({ source: undefined }),
      facts: at(5),
      actions: [],
    },
  ])("$name", ({ about, facts, actions }) => {
    expect(decided(flow, [about], { kind: "tick" }, facts)).toEqual(actions);
  });

  const teardown = standing
    .withRun({ mode: "destroy", state: "waiting" })
    .due(due)
    .planned({ mode: "destroy", environment: "ephemeral", instance: "12" });
  const gone = { first: ["start"], second: ["destroy"] };
  it.each([
    { name: "goes without anybody's approval", about: teardown, result: gone },
    {
      name: "goes when its pull request is closed",
      about: teardown.with({ pullRequest: aChange({ state: "closed" }) }),
      result: gone,
    },
    { name: "goes whoever objects", about: teardown.said(answer("cem", "hold", { via: "command" })), result: gone },
    {
      name: "goes when its pull request came to touch delivery itself",
      about: teardown.with({ changes: [aChange({ trustedPaths: ["plangate.yaml"] })] }),
      result: gone,
    },
    {
      name: "does not make way for what all share to go",
      about: teardown.with({ instance: null }),
      result: { first: ["refuse ref-not-allowed"], second: ["refuse ref-not-allowed"] },
    },
  ])("$name", ({ about, result }) => {
    expect(judged(flow, about)).toEqual(result);
  });
});
