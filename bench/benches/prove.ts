import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Flow, type PresetName, parseFlow, presetNames, renderPreset } from "../../src/flow/index.ts";
import { branchOf, originOf } from "../../src/proof/branch-names.ts";
import { playAll } from "../../src/proof/play.ts";
import { pathsOf } from "../../src/proof/scene.ts";
import { type Searched, search } from "../../src/proof/search.ts";
import { type Slice, slicesOf } from "../../src/proof/slices/index.ts";
import * as steps from "../../src/proof/steps.ts";
import { watched } from "../../src/proof/watched.ts";
import { faultSuites, proveFault } from "../../test/proof/suite.ts";
import type { Bench, Context, Measured, Row } from "../bench.ts";
import { measureCalls, measureProcess } from "../measure.ts";

export const bench: Bench = {
  name: "prove",
  about:
    "`plangate prove` of the four flows, on every processor; what one more person, pull request or environment costs; and whether every seeded fault is seen.",
  run: async (context) => [...(await presetRows(context)), ...(await growthRows(context)), await faultRow(context)],
};

const transitions = 1_000_000;

async function presetRows(context: Context): Promise<readonly Row[]> {
  const { quick, runs } = context;
  const budget = quick ? transitions / 10 : transitions;
  const rows: Row[] = [];
  for (const preset of presetNames) rows.push(await presetRow(context, { preset, budget, runs: runs(1) }));
  const all = rows.map(({ measured }) => measured);
  const wallMs = sum(all, (one) => one.wallMs.median);
  const largest = Math.max(...all.map(({ rssMb }) => rssMb ?? Number.NaN));
  const measured: Measured = {
    runs: runs(1),
    wallMs: { median: wallMs, min: sum(all, (one) => one.wallMs.min) },
    cpuMs: sum(all, (one) => one.cpuMs ?? Number.NaN),
    ...(Number.isNaN(largest) ? {} : { rssMb: largest }),
  };
  const holds = wallMs < 60_000 && !(largest >= 2_000);
  return [...rows, { work: "all four, one after the other", measured, aim: "under 60 s and 2,000 MB", holds }];
}

interface PresetRun {
  readonly preset: PresetName;
  readonly budget: number;
  readonly runs: number;
}

/** The whole command, as people run it. */
async function presetRow(context: Context, { preset, budget, runs }: PresetRun): Promise<Row> {
  const repository = join(context.folder, preset);
  mkdirSync(repository);
  execFileSync("git", ["init", "-q", repository]);
  writeFileSync(join(repository, "plangate.yaml"), renderPreset(preset));
  const document = join(context.folder, `${preset}.json`);
  const prove = [process.execPath, context.needsBuild(), "--quiet", "prove", "--json", "--budget", String(budget)];
  const argv: [string, ...string[]] = ["sh", "-c", 'out="$1"; shift; exec "$@" >"$out"', "sh", document, ...prove];
  context.note(`proving ${preset}`);
  const measured = await measureProcess({ argv, cwd: repository, exits: [0, 3], warmUp: false }, runs);
  const { slices, properties } = JSON.parse(readFileSync(document, "utf8")) as {
    readonly slices: readonly { readonly states: number; readonly transitions: number }[];
    readonly properties: readonly { readonly status: string }[];
  };
  const spent = sum(slices, (slice) => slice.transitions);
  const states = sum(slices, (slice) => slice.states);
  const work = `${preset}: ${slices.length} slices, ${counted(states)} states, ${counted(spent)} transitions`;
  const holds = properties.every(({ status }) => status === "holds" || status === "void");
  const ratePerSecond = spent / (measured.wallMs.median / 1000);
  return { work, measured: { ...measured, ratePerSecond }, aim: "every property holds or is void", holds };
}

/** Deep enough for what grows to show, and the same for all. */
const depth = 3;

/** One slice, with one more of something: how many more states there are in stories of so many steps. */
async function growthRows({ note }: Context): Promise<readonly Row[]> {
  const preset = "trunk-stored-plan";
  const flow = flowOf(preset);
  const slice = sliceOf(flow);
  const cases = [
    { what: "as it is", grown: slice },
    { what: "one more person in the team", grown: sliceOf(flowOf(preset, "[ann, bob, cem]")) },
    { what: "one more pull request", grown: withPullRequest(flow, slice) },
    { what: "one more environment", grown: sliceOf(withEnvironment(flow)) },
  ];
  const rows: Row[] = [];
  let before: number | undefined;
  for (const { what, grown } of cases) {
    note(`growth: ${what}`);
    let found: Searched | undefined;
    const searched = async () => {
      found = await searchTo(grown);
      return found.transitions;
    };
    const measured = await measureCalls(searched, 1, { warmUp: false });
    const states = found?.states ?? 0;
    before ??= states;
    const times = states / before;
    const work = `${slice.name}, stories of ${depth} steps, ${what}: ${counted(states)} states, ${times.toFixed(1)} times as many`;
    rows.push({ work, measured, aim: "at most 10 times", holds: times <= 10 });
  }
  return rows;
}

function searchTo({ stage, start, prologue, moves }: Slice): Promise<Searched> {
  const { setting } = stage;
  const all = { setting, start, prologue, moves, watched, depth, budget: Number.POSITIVE_INFINITY };
  return search({ ...all, stop: async () => false, heard: () => undefined });
}

function flowOf(preset: PresetName, people?: string): Flow {
  const text = renderPreset(preset, people === undefined ? undefined : { people: { text: people, comment: "" } });
  const { value } = parseFlow(text, { file: "plangate.yaml" });
  if (value === undefined) throw new Error(`the preset ${preset} does not parse`);
  return value;
}

function sliceOf(flow: Flow): Slice {
  const found = slicesOf(flow).find(({ name }) => name.endsWith(": two pull requests"));
  if (found === undefined) throw new Error("the flow has no slice of two pull requests");
  return found;
}

/** A third one beside the two, by who opened the second. */
function withPullRequest(flow: Flow, slice: Slice): Slice {
  const { stage, start } = slice;
  const second = start.world.pullRequests[1];
  const work = flow.branches.find(({ accepts, protected: guarded }) => !guarded && accepts.length === 0);
  const branch = work === undefined ? undefined : branchOf(flow, work, 3);
  if (second === undefined || work === undefined || branch === undefined) throw new Error("no third branch fits");
  const { opener: by, base } = second;
  const paths = pathsOf(stage, stage.bases[0] ?? "", "third.tf");
  const nothing = { steps: [], moments: [], applied: [], destroyed: [] };
  const { world, past } = playAll({ ...start, setting: stage.setting, ...nothing }, [
    steps.push({ by, branch, from: originOf(flow, work), paths }),
    steps.open(flow, { by, head: branch, base, as: "pr-3" }),
  ]);
  return { ...slice, start: { world, past, queue: [] } };
}

/** Another environment like the first, which the same rows reach. */
function withEnvironment(flow: Flow): Flow {
  const [first] = flow.environments;
  if (first === undefined) throw new Error("the flow has no environment");
  const name = "another";
  const rows = flow.when.filter(({ environment }) => environment === first.name);
  return {
    ...flow,
    environments: [...flow.environments, { ...first, name }],
    when: [...flow.when, ...rows.map((row) => ({ ...row, environment: name }))],
    stacks: flow.stacks.map((pattern) =>
      pattern.in.includes(first.name) ? { ...pattern, in: [...pattern.in, name] } : pattern,
    ),
  };
}

/** Where a story comes from that was not searched for: it is as long as what it plays. */
const goodStories = "the good stories";

async function faultRow({ note }: Context): Promise<Row> {
  const faults = faultSuites.flatMap((suite) => suite.faults);
  note(`${faults.length} faults`);
  let [caught, longest] = [0, 0];
  const prove = async () => {
    const found = [];
    for (const fault of faults) found.push(await proveFault(fault));
    caught = found.filter((property) => property?.status === "violated").length;
    const stories = found.flatMap((property) => property?.story ?? []).filter(({ slice }) => slice !== goodStories);
    longest = Math.max(...stories.map(({ steps: told }) => told.length));
    return faults.length;
  };
  const measured = await measureCalls(prove, 1, { warmUp: false });
  const work = `seeded faults: ${caught} of ${faults.length} seen, the longest story that was searched for has ${longest} steps`;
  return { work, measured, aim: "every one is seen", holds: caught === faults.length };
}

function sum<T>(values: readonly T[], of: (value: T) => number): number {
  return values.reduce((total, value) => total + of(value), 0);
}

function counted(value: number): string {
  return value.toLocaleString("en-US");
}
