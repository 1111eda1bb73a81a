import { canonicalJson, type Digest } from "../../domain/digest.ts";
import { InternalError } from "../../domain/errors.ts";
import { answerKey, type RecordState } from "../../domain/record.ts";
import { corruptRecord, newerRecord } from "./record-error.ts";
import { type BundlePlace, type Parts, shapes } from "./schema.ts";

const names = ["runs", "plans", "answers", "leases", "holds", "bundles"] as const satisfies readonly (keyof Parts)[];

/** What `state.json` says: the record, and where the bundles of its plans are. */
export interface BranchState {
  readonly record: RecordState;
  readonly bundles: ReadonlyMap<Digest, BundlePlace>;
}

/** Lines of values that did not change since: most of a record never does again. */
const written = new WeakMap<object, string>();

/** The text of `state.json`: a line for each value, so that Git keeps little of what stays the same. */
export function stateText(state: BranchState): string {
  const parts = partsOf(state);
  const members = names.map((name) => {
    const lines = parts[name].map((value) => lineOf(name, value));
    return `${JSON.stringify(name)}:[${lines.length === 0 ? "" : `\n${lines.join(",\n")}\n`}]`;
  });
  return `{"version":1,\n${members.join(",\n")}}\n`;
}

/** What could not be read again is not written: the record would be lost by it. */
function lineOf(name: keyof Parts, value: object): string {
  const known = written.get(value);
  if (known !== undefined) return known;
  const line = canonicalJson(value);
  const read = shapes[name].safeParse(JSON.parse(line));
  if (!read.success) throw new InternalError(`${name} of the record: ${line.slice(0, 200)} could not be read again`);
  written.set(value, line);
  return line;
}

function partsOf({ record: { runs, plans, answers, leases, holds }, bundles }: BranchState): Parts {
  return {
    runs: [...runs.values()],
    plans: [...plans.values()],
    answers: [...answers.values()],
    leases: [...leases].map(([stack, { fence, lease }]) => fenceOf(stack, fence, lease)),
    holds: [...holds.values()],
    bundles: [...bundles.values()],
  };
}

function fenceOf(stack: Parts["leases"][number]["stack"], fence: number, lease: Parts["leases"][number]["lease"]) {
  return { stack, fence, lease };
}

/** Reads `state.json`, which anybody may have written. */
export function parseState(name: string, text: string): BranchState {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw corruptRecord(name, "state.json is no JSON");
  }
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw corruptRecord(name, "state.json is no object");
  const { version, ...members } = value as Readonly<Record<string, unknown>>;
  if (typeof version === "number" && version > 1) throw newerRecord(name, version);
  if (version !== 1) throw corruptRecord(name, "state.json does not say its version");
  const unknown = Object.keys(members).find((member) => !(names as readonly string[]).includes(member));
  if (unknown !== undefined) throw corruptRecord(name, `state.json holds ${JSON.stringify(unknown.slice(0, 100))}`);
  const state = stateOf({
    runs: partIn(name, members, "runs"),
    plans: partIn(name, members, "plans"),
    answers: partIn(name, members, "answers"),
    leases: partIn(name, members, "leases"),
    holds: partIn(name, members, "holds"),
    bundles: partIn(name, members, "bundles"),
  });
  const why = whyApart(state, members);
  if (why !== undefined) throw corruptRecord(name, why);
  return state;
}

function partIn<Name extends keyof Parts>(
  name: string,
  members: Readonly<Record<string, unknown>>,
  part: Name,
): Parts[Name] {
  const values = members[part];
  if (!Array.isArray(values)) throw corruptRecord(name, `state.json has no list of ${part}`);
  for (const [index, value] of values.entries()) {
    const problem = shapes[part].safeParse(value).error?.issues[0];
    if (problem !== undefined) {
      const where = [part, index, ...problem.path].join(".").slice(0, 200);
      throw corruptRecord(name, `state.json: ${where} is not what it has to be`);
    }
  }
  return values as unknown as Parts[Name];
}

function stateOf({ runs, plans, answers, leases, holds, bundles }: Parts): BranchState {
  return {
    record: {
      runs: new Map(runs.map((run) => [run.id, run])),
      plans: new Map(plans.map((plan) => [plan.digest, plan])),
      answers: new Map(answers.map((answer) => [answerKey(answer), answer])),
      leases: new Map(leases.map(({ stack, fence, lease }) => [stack, { fence, lease }])),
      holds: new Map(holds.map((hold) => [hold.stack, hold])),
    },
    bundles: new Map(bundles.map((place) => [place.plan, place])),
  };
}

/** The same name twice, and names of what is not there. */
function whyApart({ record, bundles }: BranchState, members: Readonly<Record<string, unknown>>): string | undefined {
  const read = { ...record, bundles };
  for (const part of names)
    if (read[part].size !== (members[part] as readonly unknown[]).length) return `state.json has some ${part} twice`;
  const { runs, plans, leases } = record;
  for (const { plan, id } of runs.values())
    if (plan !== null && !plans.has(plan)) return `state.json has no plan ${plan} of ${id}`;
  for (const { manifest, carriedFrom, digest } of plans.values()) {
    if (!runs.has(manifest.run)) return `state.json has no run ${manifest.run} of plan ${digest}`;
    if (carriedFrom !== null && !plans.has(carriedFrom)) return `state.json has no plan ${carriedFrom}`;
  }
  for (const { lease } of leases.values())
    if (lease !== null && !runs.has(lease.run)) return `state.json has no run ${lease.run}, which holds ${lease.stack}`;
  return undefined;
}
