import { describe, expect, it } from "vitest";
import { concernedBy } from "../../src/apps/cli/simulate/concerned.ts";
import { eventFile, type eventKinds } from "../../src/apps/cli/simulate/event-schema.ts";
import { notRead } from "../../src/apps/cli/simulate/facts-schema.ts";
import { readFacts } from "../../src/apps/cli/simulate/read-facts.ts";
import { simulate } from "../../src/apps/cli/simulate/simulate.ts";
import { factsTemplate } from "../../src/apps/cli/simulate/template.ts";
import type { Event } from "../../src/domain/event.ts";
import type { Facts } from "../../src/domain/facts.ts";
import type { JsonObject } from "../../src/domain/json-value.ts";
import type { StackLease } from "../../src/domain/run.ts";
import { decide } from "../../src/engine/index.ts";
import { parseFlow, renderPreset, type Stack } from "../../src/flow/index.ts";
import { aChange, aStack, commit, judgeTime, login, runId, stackName } from "../../src/testing/builders.ts";
import { writtenFacts } from "./written-facts.ts";

const parsed = parseFlow(renderPreset("trunk-stored-plan"), { file: "plangate.yaml" });
if (parsed.value === undefined) throw new Error("the preset does not parse");
const flow = parsed.value;
const stacks = ["ephemeral/app", "test/app", "prod/app"].map(
  (name): Stack => ({
    name: stackName(name),
    environment: name.split("/")[0] ?? "",
    instance: null,
    root: "stacks/app",
    backend: [],
    varFiles: [],
    verify: [],
    depends: [],
  }),
);

/** All that lets an apply of test/app begin. */
const lease: StackLease = {
  stack: stackName("test/app"),
  run: runId("1"),
  fence: 1,
  since: judgeTime,
  holder: { host: "", pid: 0, startedAt: "" },
};
const ready = aStack("test/app")
  .withRun({ state: "approved" })
  .with({ lease })
  .approvedBy("bob")
  .build({ pullRequest: aChange() });
const applyReady: Event = { kind: "apply-ready", run: runId("1") };

function simulated(event: Event, body: unknown) {
  const concerned = concernedBy(flow, event, stacks);
  const read = readFacts(body as JsonObject, { flow, file: "facts.json", now: judgeTime, concerned: concerned.stacks });
  if ("problems" in read) throw new Error(read.problems.map(({ summary }) => summary).join("\n"));
  return { ...simulate(flow, event, { given: read.given, concerned }), facts: read.given.facts };
}

const kindsOf = ({ decision }: { decision: { actions: readonly { kind: string }[] } }) =>
  decision.actions.map(({ kind }) => kind);

/** Every place of a JSON value, the deeper ones behind. */
function placesIn(value: unknown, path: readonly (string | number)[] = []): readonly (readonly (string | number)[])[] {
  if (typeof value !== "object" || value === null) return [path];
  const entries = Array.isArray(value) ? [...value.entries()] : Object.entries(value);
  return [path, ...entries.flatMap(([key, member]) => placesIn(member, [...path, key]))];
}

function replaced(value: unknown, [first, ...rest]: readonly (string | number)[], by: unknown): unknown {
  if (first === undefined) return by;
  const copy: unknown = Array.isArray(value) ? [...value] : { ...(value as object) };
  (copy as Record<string | number, unknown>)[first] = replaced(
    (value as Record<string | number, unknown>)[first],
    rest,
    by,
  );
  return copy;
}

describe("facts from a file", () => {
  it("are those that were written", () => {
    const { facts } = simulated(applyReady, writtenFacts(ready));
    const [stack] = facts.stacks;
    expect({ ...facts, stacks: [] }).toEqual({ ...ready, stacks: [] });
    const [was] = ready.stacks;
    expect({ ...stack, plan: null, run: null }).toEqual({ ...was, plan: null, run: null });
    expect(stack?.run).toEqual({ ...was?.run, revision: 0 });
    expect(stack?.plan?.manifest).toEqual({ ...was?.plan?.manifest, ...notRead });
  });

  it.each([
    { name: "an unknown member", body: { isues: [] }, why: /there is no "isues"/ },
    { name: "a stack of no environment", body: { stacks: [{ stack: "tset/app" }] }, why: /Did you mean "test"/ },
    {
      name: "a stack in another environment",
      body: { stacks: [{ stack: "test/app", environment: "prod" }] },
      why: /not in prod/,
    },
    {
      name: "another stack's lease",
      body: {
        stacks: [
          {
            stack: "test/app",
            commit: commit("c1"),
            lease: { stack: "prod/app", run: runId("1"), fence: 1, since: "2026-01-06T10:00:00Z" },
          },
        ],
      },
      why: /its lease is of prod\/app/,
    },
    { name: "a time without a zone", body: { now: "2026-01-06 10:00" }, why: /now: it is no time with its zone/ },
    {
      name: "a count that is none",
      body: { pullRequest: { mergeCommits: -1 } },
      why: /pullRequest\.mergeCommits: it is less/,
    },
    {
      name: "a break of the glass",
      body: { stacks: [{ stack: "test/app", run: { due: { breakGlass: "x" } } }] },
      why: /breakGlass/,
    },
  ])("are refused with $name", ({ body, why }) => {
    const read = readFacts(body as unknown as JsonObject, { flow, file: "facts.json", now: 0, concerned: [] });
    expect("problems" in read ? read.problems.map(({ summary }) => summary).join("\n") : "none").toMatch(why);
  });
});

describe("a simulated decision", () => {
  it("is the engine's: an apply when everything is known and good", () => {
    const one = simulated(applyReady, writtenFacts(ready));
    expect(one.unknown).toEqual([]);
    expect(one.decision).toEqual(decide(flow, ready, applyReady));
    expect(kindsOf(one)).toEqual(["apply"]);
  });

  it("is no apply, and says what is missing, whatever is taken away from what is known", () => {
    const whole = writtenFacts(ready);
    const places = placesIn(whole).filter(
      ([first, second]) => first !== undefined && first !== "now" && (first !== "stacks" || second !== undefined),
    );
    let stopped = 0;
    for (const place of places.filter(([first]) => first !== "otherStacks")) {
      const one = simulated(applyReady, replaced(whole, place, null));
      if (one.unknown.length === 0) {
        // What no decision reads may be left out; then it is the same decision.
        expect({ place, kinds: kindsOf(one) }).toEqual({ place, kinds: ["apply"] });
      } else {
        expect({ place, kinds: kindsOf(one), unknown: one.unknown.length > 0 }).not.toMatchObject({ kinds: ["apply"] });
        stopped++;
      }
    }
    expect(stopped).toBeGreaterThan(100);
  });

  it("knows nothing of a stack that is not told, and asks for it", () => {
    const event: Event = { kind: "merge", pullRequest: 12, branch: "main", commit: commit("c1"), by: login("ann") };
    const one = simulated(event, {});
    expect(kindsOf(one)).toEqual(["refuse", "refuse"]);
    expect(one.decision.actions.every((action) => "code" in action && action.code === "fact-unknown")).toBe(true);
    expect(one.unknown).toEqual(expect.arrayContaining(["stacks[prod/app]", "stacks[test/app]"]));
    const none = simulated(event, { otherStacks: "none" });
    expect(none.unknown.filter((path) => path.startsWith("stacks"))).toEqual([]);
  });

  it("says which parts of a record are missing", () => {
    const event: Event = { kind: "pull-request", action: "opened", pullRequest: 12, by: login("ann") };
    const told = writtenFacts({ ...ready, pullRequest: aChange({ state: "open" }) });
    const { unknown } = simulated(event, replaced(told, ["pullRequest", "issues"], null));
    expect(unknown).toContain("pullRequest.issues");
    const [nothing] = [simulated(event, replaced(told, ["pullRequest"], null))];
    expect(nothing.unknown).toContain("pullRequest");
  });

  it("says that a stack without its commit is not known", () => {
    const one = simulated(applyReady, replaced(writtenFacts(ready), ["stacks", 0, "commit"], null));
    expect(one.unknown).toEqual(["stacks[test/app].commit"]);
    expect(kindsOf(one)).toEqual([]);
  });

  it("never reads what a file of facts cannot say of a plan", () => {
    const [stack] = ready.stacks;
    const plan = stack?.plan;
    if (stack === undefined || plan == null) throw new Error("there is no plan");
    const read: string[] = [];
    const manifest = new Proxy(plan.manifest, {
      get(target, key) {
        read.push(String(key));
        return Reflect.get(target, key) as unknown;
      },
    });
    const facts: Facts = { ...ready, stacks: [{ ...stack, plan: { ...plan, manifest } }] };
    const events: readonly Event[] = [
      applyReady,
      { kind: "merge", pullRequest: 12, branch: "main", commit: commit("c1"), by: login("ann") },
      { kind: "run-planned", run: runId("1"), outcome: "changes" },
      { kind: "tick" },
    ];
    for (const event of events) decide(flow, facts, event);
    expect(read.length).toBeGreaterThan(3);
    expect(read.filter((name) => Object.hasOwn(notRead, name))).toEqual([]);
  });
});

describe("a template of facts", () => {
  const event: Event = { kind: "merge", pullRequest: 12, branch: "main", commit: commit("c1"), by: login("ann") };

  it("says nothing: given as it is, all is unknown", () => {
    const concerned = concernedBy(flow, event, stacks);
    const template = factsTemplate(flow, [{ event, concerned }]);
    expect(template.stacks.map(({ stack }) => stack)).toEqual(["ephemeral-12/app", "test/app", "prod/app"]);
    const given = simulated(event, template);
    const nothing = simulated(event, {});
    expect(given.decision).toEqual(nothing.decision);
    const leaves = placesIn(template).filter(
      (place) => !["stack", "environment", "instance"].includes(String(place.at(-1))),
    );
    const at = (place: readonly (string | number)[]) =>
      place.reduce<unknown>((value, key) => (value as Record<string | number, unknown>)[key], template);
    expect(leaves.map(at).filter((value) => typeof value !== "object" && value !== null)).toEqual([]);
  });

  it("asks for every fact that a decision then turns out to miss", () => {
    const template = factsTemplate(flow, [{ event, concerned: concernedBy(flow, event, stacks) }]);
    const keys = new Set([...Object.keys(template), ...template.stacks.flatMap((stack) => Object.keys(stack))]);
    const { pullRequest, run, plan, affected, source, ...bare } = ready.stacks[0] as NonNullable<
      (typeof ready.stacks)[0]
    > & {
      pullRequest?: unknown;
    };
    void [pullRequest, run, plan, affected, source];
    const { unknown } = simulated(event, writtenFacts({ now: ready.now, stacks: [bare] }));
    expect(unknown.length).toBeGreaterThan(0);
    for (const path of unknown) expect(keys).toContain(path.replace(/^stacks\[[^\]]*\]\./, "").replace(/[.[].*$/, ""));
  });
});

describe("an event in plangate's own words", () => {
  const samples: Readonly<Record<keyof typeof eventKinds, object>> = {
    "pull-request": { action: "opened", pullRequest: 12, by: "ann" },
    closed: { pullRequest: 12, by: "ann" },
    merge: { pullRequest: 12, branch: "main", commit: commit("c1"), by: "ann" },
    push: { branch: "main", before: null, commit: commit("c1"), by: "ann" },
    answer: { by: "ann", pullRequest: null, environment: "prod" },
    command: { command: "take", pullRequest: 12, stack: "test/app", by: "ann" },
    dispatch: { job: "Release", ref: "tag:v1.0.0", by: "ann", inputs: { version: "1.0.0" } },
    release: { tag: "v1.0.0", commit: commit("c1"), by: "ann" },
    schedule: { cron: "0 1 * * *" },
    tick: {},
    rerun: { run: runId("1"), by: "ann" },
    "local-plan": { stack: "test/app", mode: "normal", by: "email:ann@acme.example", commit: commit("c1"), tree: null },
    "local-apply": { run: runId("1"), by: "ann", breakGlass: null, typedName: null },
    "run-planned": { run: runId("1"), outcome: "changes" },
    "apply-ready": { run: runId("1") },
    "run-applied": { run: runId("1"), outcome: "applied" },
    "run-verified": { run: runId("1"), outcome: "verified" },
    "run-lost": { run: runId("1") },
    "lease-ended": { stack: "test/app" },
  };

  it.each(Object.entries(samples))("of kind %s is read, and with anything else is not", (kind, about) => {
    const event = { kind, ...about };
    expect(eventFile.parse(event)).toEqual(event);
    expect(eventFile.safeParse({ ...event, more: 1 }).success).toBe(false);
    for (const member of Object.keys(about)) {
      const { [member]: gone, ...rest } = event as Record<string, unknown>;
      expect({ gone, ok: eventFile.safeParse(rest).success }).toEqual({ gone, ok: false });
    }
  });
});
