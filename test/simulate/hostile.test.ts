import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { concernedBy } from "../../src/apps/cli/simulate/concerned.ts";
import { readEvent } from "../../src/apps/cli/simulate/read-event.ts";
import { readFacts } from "../../src/apps/cli/simulate/read-facts.ts";
import { parseJsonObject } from "../../src/apps/cli/simulate/read-json.ts";
import { simulate } from "../../src/apps/cli/simulate/simulate.ts";
import { actionFields, simulatedText } from "../../src/apps/cli/simulate/view.ts";
import type { JsonObject } from "../../src/domain/json-value.ts";
import type { StackLease } from "../../src/domain/run.ts";
import { type Flow, type PresetName, parseFlow, presetNames, renderPreset, type Stack } from "../../src/flow/index.ts";
import { aChange, aStack, commit, judgeTime, runId, stackName } from "../../src/testing/builders.ts";
import { bodies, events } from "./bodies.ts";
import { writtenFacts } from "./written-facts.ts";

/** Random and mutated files; PLANGATE_SIMULATE_RUNS makes it more of them. */
const runs = Number(process.env.PLANGATE_SIMULATE_RUNS ?? 42_000);
const timeout = 60_000 + runs * 2;

const flows: readonly Flow[] = presetNames.map((name: PresetName) => {
  const { value } = parseFlow(renderPreset(name), { file: "plangate.yaml" });
  if (value === undefined) throw new Error(`the preset ${name} does not parse`);
  return value;
});

const stacksOf = (flow: Flow): readonly Stack[] =>
  flow.environments.map(({ name }) => ({
    name: stackName(`${name}/app`),
    environment: name,
    instance: null,
    root: "stacks/app",
    backend: [],
    varFiles: [],
    verify: [],
    depends: [],
  }));

const lease: StackLease = {
  stack: stackName("test/app"),
  run: runId("1"),
  fence: 1,
  since: judgeTime,
  holder: { host: "", pid: 0, startedAt: "" },
};
/** What lets an apply of test/app begin, and what lets a plan be made and shown. */
const good = [
  aStack("test/app").withRun({ state: "approved" }).with({ lease }).approvedBy("bob").build({ pullRequest: aChange() }),
  aStack("test/app").build({
    pullRequest: aChange({ state: "open" }),
    ref: { ref: "main", commit: commit("c1"), release: null },
    latestRelease: null,
    push: null,
    backMerges: [],
    modules: [],
    flagged: [],
    held: [],
  }),
].map(writtenFacts);

const odd: readonly unknown[] = [
  null,
  "",
  "none",
  0,
  -1,
  1.5,
  1e308,
  2 ** 53,
  true,
  [],
  {},
  [null],
  { kind: null },
  "__proto__",
  "constructor",
  "\ud800",
  "\u0000",
  "x".repeat(5_000),
  "refs/heads/../../etc",
  "/plangate approve\n".repeat(200),
  "0".repeat(40),
  "sha256:",
  "9999-99-99T99:99:99Z",
  "+275760-09-13T00:00:00Z",
  JSON.parse('{"__proto__": {"login": "eve"}, "toString": 1}'),
];

const mutation = fc.record({
  how: fc.constantFrom("put", "put", "put", "drop", "swap", "add", "repeat"),
  at: fc.nat(),
  other: fc.nat(),
  by: fc.oneof(fc.constantFrom(...odd), fc.jsonValue({ maxDepth: 2 })),
});
type Mutation = typeof mutation extends fc.Arbitrary<infer T> ? T : never;

type Holder = Record<string | number, unknown>;

/** The objects and lists of a value, each with its members' names. */
function holdersIn(value: unknown): readonly { readonly holder: Holder; readonly key: string | number }[] {
  if (typeof value !== "object" || value === null) return [];
  const keys = Array.isArray(value) ? [...value.keys()] : Object.keys(value);
  return keys.flatMap((key) => [{ holder: value as Holder, key }, ...holdersIn((value as Holder)[key])]);
}

function mutated(sample: object, mutations: readonly Mutation[]): object {
  const copy = structuredClone(sample) as object;
  for (const { how, at, other, by } of mutations) {
    const places = holdersIn(copy);
    const [place, second] = [places[at % Math.max(1, places.length)], places[other % Math.max(1, places.length)]];
    if (place === undefined || second === undefined) return copy;
    const value = place.holder[place.key];
    if (how === "put") place.holder[place.key] = structuredClone(by);
    else if (how === "drop" && !Array.isArray(place.holder)) delete place.holder[place.key];
    else if (how === "swap") place.holder[place.key] = structuredClone(second.holder[second.key]);
    else if (how === "add" && !Array.isArray(place.holder))
      place.holder[typeof by === "string" ? by : "more"] = structuredClone(value);
    else if (Array.isArray(place.holder)) place.holder.push(structuredClone(value));
  }
  return copy;
}

const mutations = fc.array(mutation, { minLength: 1, maxLength: 4 });

/** Reads, decides and renders as the command does; gives the kinds of the actions and what was unknown. */
async function told(flow: Flow, body: JsonObject, facts: JsonObject, name: string | null = null) {
  const read = await readEvent(body, {
    file: "event.json",
    name,
    surroundings: {
      jobs: flow.when.flatMap(({ job, workflow }) => (job === null ? [] : [{ job, workflow }])),
      commitOf: async () => commit("c1"),
    },
  });
  if ("problems" in read) {
    expect(read.problems.length).toBeGreaterThan(0);
    return [];
  }
  return read.events.map((event) => {
    const concerned = concernedBy(flow, event, stacksOf(flow));
    const given = readFacts(facts, { flow, file: "facts.json", now: judgeTime, concerned: concerned.stacks });
    if ("problems" in given) return { event, kinds: [], unknown: [], refused: true };
    const one = simulate(flow, event, { given: given.given, concerned });
    const fields = one.decision.actions.map((action) => actionFields(flow, action, () => null));
    // biome-ignore lint/suspicious/noControlCharactersInRegex: finding them is the point
    expect(simulatedText([one], () => fields)).not.toMatch(/[\u0000-\u0008\u001b\u202e]|\p{Surrogate}/u);
    JSON.stringify(fields);
    return { event, kinds: fields.map(({ kind }) => kind), unknown: one.unknown, refused: false };
  });
}

const changes = (kinds: readonly string[]) => kinds.some((kind) => kind === "apply" || kind === "destroy");

describe("whatever is in the files", () => {
  it("a webhook's body ends in a sentence or in events, and never in an apply", { timeout }, async () => {
    let understood = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...flows),
        fc.constantFrom(...bodies, ...events),
        mutations,
        fc.constantFrom(null, null, null, "push", "pull_request", "issue_comment", "nothing"),
        async (flow, sample, steps, name) => {
          const outcome = await told(flow, mutated(sample, steps) as JsonObject, {}, name);
          understood += outcome.length;
          for (const { kinds } of outcome) expect(changes(kinds)).toBe(false);
        },
      ),
      { numRuns: Math.round(runs * 0.4) },
    );
    expect(understood).toBeGreaterThan(runs / 50);
  });

  it("facts that are only nearly right let nothing be applied that they do not say all of", {
    timeout,
  }, async () => {
    const seen = { applied: 0, decided: 0 };
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...flows),
        fc.constantFrom(...events),
        fc.constantFrom(...good),
        fc.array(mutation, { maxLength: 3 }),
        async (flow, event, facts, steps) => {
          for (const { event: what, kinds, unknown, refused } of await told(
            flow,
            event as JsonObject,
            mutated(facts, steps) as JsonObject,
          )) {
            if (!refused) seen.decided++;
            if (!changes(kinds)) continue;
            seen.applied++;
            expect({ kind: what.kind, unknown }).toEqual({ kind: "apply-ready", unknown: [] });
          }
        },
      ),
      { numRuns: Math.round(runs * 0.35) },
    );
    expect(seen.decided).toBeGreaterThan(runs / 20);
    expect(seen.applied).toBeGreaterThan(0);
  });

  it("bytes end in an object or in one sentence", { timeout }, () => {
    const texts = [...bodies, ...good].map((sample) => JSON.stringify(sample));
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array({ maxLength: 200 }),
          fc.tuple(fc.constantFrom(...texts), fc.nat(), fc.uint8Array({ maxLength: 8 })).map(([text, at, bytes]) => {
            const whole = Buffer.from(text);
            const cut = at % whole.length;
            return new Uint8Array(Buffer.concat([whole.subarray(0, cut), bytes, whole.subarray(cut + (at % 3))]));
          }),
          fc.json({ maxDepth: 4 }).map((text) => new TextEncoder().encode(text)),
        ),
        (bytes) => {
          const parsed = parseJsonObject(bytes, "event.json");
          if ("problem" in parsed) expect(parsed.problem.summary).toMatch(/^event\.json.*\.$/s);
          else expect(Array.isArray(parsed.value) || typeof parsed.value !== "object").toBe(false);
        },
      ),
      { numRuns: Math.round(runs * 0.25) },
    );
  });

  it.each([
    { name: "deep", text: `{"a":${"[".repeat(100_000)}${"]".repeat(100_000)}}`, why: /nests deeper/ },
    { name: "deep and never closed", text: `{"a":${'{"a":'.repeat(100_000)}`, why: /nests deeper|not JSON/ },
    { name: "no object", text: "[1]", why: /no JSON object/ },
    { name: "not JSON", text: '{"kind": NaN}', why: /not JSON/ },
    { name: "told twice", text: '{"kind":"tick","kind":"tick"}', why: /stands twice/ },
    { name: "empty", text: "", why: /not JSON/ },
    { name: "huge", text: `{"a":"${"x".repeat(26 * 1024 * 1024)}"}`, why: /larger than 25 MB/ },
  ])("a file that is $name is told in a sentence", ({ text, why }) => {
    const parsed = parseJsonObject(new TextEncoder().encode(text), "event.json");
    expect("problem" in parsed ? parsed.problem.summary : "an object").toMatch(why);
  });

  it("half a character and a member called __proto__ are nothing special", async () => {
    const parsed = parseJsonObject(
      new TextEncoder().encode('{"kind":"tick","__proto__":{"polluted":true},"x":"\\ud800"}'),
      "event.json",
    );
    if (!("value" in parsed)) throw new Error("it is an object");
    expect(await told(flows[0] as Flow, parsed.value, {})).toEqual([]);
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });

  it("a large body is understood in no time", async () => {
    const large = { ...bodies[4], comment: { body: "/plangate approve\n".repeat(200_000), user: { login: "bob" } } };
    const began = performance.now();
    const [outcome] = await told(flows[0] as Flow, large as JsonObject, {});
    expect(outcome?.event).toMatchObject({ kind: "answer" });
    expect(performance.now() - began).toBeLessThan(5_000);
  });
});
