import type { Flow } from "../flow/flow.ts";
import { goodStories } from "./good-life.ts";
import { explanationOf, voidIn } from "./guarantees.ts";
import {
  destroyableProduction,
  type Finding,
  incomplete,
  refsOfGates,
  uncheckedBranches,
  unreachable,
} from "./over-the-flow.ts";
import type { Moment } from "./past.ts";
import { closedIsOver, destroys, oneWriter, rightPlan } from "./properties/applies.ts";
import { approvals } from "./properties/approvals.ts";
import { promotionsOf, reconcilable } from "./properties/branches.ts";
import { noSilence } from "./properties/events.ts";
import { type PropertyId, propertyIds, sentences, type Watched } from "./properties/property.ts";
import { reviews } from "./properties/reviews.ts";
import { type Decide, type Stage, stageOf } from "./scene.ts";
import { type Searched, search, type Told, type Violation } from "./search.ts";
import { type Slice, slicesOf } from "./slices/index.ts";

export interface ProofOptions {
  /** Decides in the engine's place. */
  readonly decide?: Decide;
  /** Only these; all without it. */
  readonly properties?: readonly PropertyId[];
  /** Only slices with this in their name. */
  readonly slice?: string;
  /** Transitions that may be spent in all. */
  readonly budget: number;
  /** True ends the work: what was covered until then is told. Waited for, so that others get to run. */
  readonly stop: () => Promise<boolean>;
  /** Milliseconds, of any clock. */
  readonly now: () => number;
  readonly progress: (line: string) => void;
}

/** What may be spent when nobody says otherwise: a quarter of a minute or so. */
export const usualBudget = 600_000;

/** How a hole comes about. */
export interface ProofStory {
  readonly slice: string;
  readonly wrong: string;
  readonly steps: readonly Told[];
  readonly stage: Stage;
}

export interface PropertyResult {
  readonly id: PropertyId;
  readonly sentence: string;
  /** `void`: nothing breaks it, and it is not promised. `not-covered`: not enough was looked at to say anything. */
  readonly status: "holds" | "violated" | "void" | "not-covered";
  /** Decisions, states or stories that it was asked of. */
  readonly explored: number;
  readonly story?: ProofStory;
  readonly explanation?: string;
}

export interface SliceResult {
  readonly name: string;
  readonly people: number;
  readonly pullRequests: number;
  readonly stacks: number;
  readonly states: number;
  readonly transitions: number;
  readonly seconds: number;
  /** Every story of so many steps was looked at; null: every story that there is. */
  readonly depth: number | null;
  /** Applies and destroys that were decided. */
  readonly applies: number;
  /** Why it looked at too little for anything to be said; null when it did not. */
  readonly tooLittle: string | null;
}

export interface Proof {
  readonly properties: readonly PropertyResult[];
  readonly slices: readonly SliceResult[];
}

const watched: readonly Watched[] = [
  approvals,
  reviews,
  destroys,
  oneWriter,
  reconcilable,
  closedIsOver,
  rightPlan,
  noSilence,
];

/** A story of fewer steps after its beginning is no search: a review, a merge and a gate are three. */
const leastDepth = 2;

/** Looks for a story that breaks what a flow promises, in each of its slices; what was not looked at is told as such. */
export async function prove(flow: Flow, options: ProofOptions): Promise<Proof> {
  const wanted = options.properties ?? propertyIds;
  const slices = slicesOf(flow, options.decide);
  const chosen = slices.filter(({ name }) => options.slice === undefined || name.includes(options.slice));
  const asked = watched.filter(({ id }) => wanted.includes(id));
  const searched = asked.length === 0 ? [] : await searchAll(chosen, asked, options);
  const found = foundOverFlow(flow, wanted, options);
  const covered = new Set(searched.filter(({ result }) => result.tooLittle === null).map(({ slice }) => slice));
  const missing = slices.filter((slice) => !covered.has(slice)).map(({ name }) => name);
  return {
    slices: searched.map(({ result }) => result),
    properties: wanted.map((id) => resultOf(flow, id, { searched, found, missing })),
  };
}

interface SearchedSlice {
  readonly slice: Slice;
  readonly result: SliceResult;
  readonly violations: readonly Violation[];
}

async function searchAll(
  slices: readonly Slice[],
  asked: readonly Watched[],
  options: ProofOptions,
): Promise<readonly SearchedSlice[]> {
  const searched: SearchedSlice[] = [];
  let left = options.budget;
  for (const [index, slice] of slices.entries()) {
    if (await options.stop()) break;
    options.progress(`searching ${index + 1} of ${slices.length}: ${slice.name}`);
    const one = await searchOne(slice, asked, { ...options, budget: Math.floor(left / (slices.length - index)) });
    left -= one.result.transitions;
    searched.push(one);
  }
  return searched;
}

async function searchOne(slice: Slice, asked: readonly Watched[], options: ProofOptions): Promise<SearchedSlice> {
  const { start, prologue, moves, stage } = slice;
  const { budget, stop } = options;
  const begun = options.now();
  let applies = 0;
  const heard = ({ decision }: Moment) => {
    applies += decision.actions.filter(({ kind }) => kind === "apply" || kind === "destroy").length;
  };
  const { setting } = stage;
  const found = await search({ setting, start, prologue, moves, watched: asked, budget, stop, heard });
  const seconds = (options.now() - begun) / 1000;
  return { slice, violations: found.violations, result: sliceResult(slice, found, applies, seconds) };
}

function sliceResult(
  slice: Slice,
  { states, transitions, depth }: Searched,
  applies: number,
  seconds: number,
): SliceResult {
  const { setting } = slice.stage;
  const tooLittle =
    depth !== null && depth < leastDepth
      ? `stories of ${depth} step${depth === 1 ? "" : "s"} only`
      : slice.applies && applies === 0
        ? "nothing was ever applied"
        : null;
  const { name, pullRequests } = slice;
  const people = setting.people.size;
  return {
    name,
    people,
    pullRequests,
    stacks: setting.stacks.length,
    states,
    transitions,
    seconds,
    depth,
    applies,
    tooLittle,
  };
}

function foundOverFlow(flow: Flow, wanted: readonly PropertyId[], { decide }: ProofOptions): FoundOverFlow {
  const stage = stageOf(flow, { stacks: 1, decide });
  const good = wanted.includes("P9") || wanted.includes("P11") ? goodStories(stage) : [];
  const findings = [
    ...refsOfGates(flow),
    ...destroyableProduction(flow),
    ...uncheckedBranches(flow),
    ...(wanted.includes("P9") ? unreachable(stage, good) : []),
    ...(wanted.includes("P11") ? incomplete(good) : []),
  ];
  return { stage, findings, stories: good.length };
}

interface FoundOverFlow {
  readonly stage: Stage;
  readonly findings: readonly Finding[];
  readonly stories: number;
}

interface Found {
  readonly searched: readonly SearchedSlice[];
  readonly found: FoundOverFlow;
  /** Slices that were not searched, or too little. */
  readonly missing: readonly string[];
}

function resultOf(flow: Flow, id: PropertyId, about: Found): PropertyResult {
  const { searched, found, missing } = about;
  const isSearched =
    watched.some((property) => property.id === id) && !(id === "P5" && promotionsOf(flow).length === 0);
  const explored = isSearched
    ? searched.reduce((sum, { result }) => sum + result.transitions, 0)
    : exploredOverFlow(flow, id, found);
  const base = { id, sentence: sentences[id], explored };
  const finding = found.findings.find((one) => one.id === id);
  if (finding !== undefined) return { ...base, status: "violated", ...findingStory(finding, found.stage) };
  const story = isSearched ? shortest(id, searched) : undefined;
  if (story !== undefined) return { ...base, status: "violated", story, explanation: story.wrong };
  const isVoid = voidIn(flow, id);
  if (isVoid !== null) return { ...base, status: "void", explanation: isVoid };
  if (isSearched && missing.length > 0) {
    const which = `${missing.slice(0, 3).join("; ")}${missing.length > 3 ? `; and ${missing.length - 3} more` : ""}`;
    return {
      ...base,
      status: "not-covered",
      explanation: `no story breaks it so far; not looked at, or too little: ${which}`,
    };
  }
  const explanation = explanationOf(flow, id);
  return { ...base, status: "holds", ...(explanation === null ? {} : { explanation }) };
}

function exploredOverFlow(flow: Flow, id: PropertyId, { stories }: FoundOverFlow): number {
  return id === "P9" || id === "P11" ? stories : flow.when.length;
}

function findingStory({ wrong, playing }: Finding, stage: Stage): Pick<PropertyResult, "story" | "explanation"> {
  if (playing === null) return { explanation: wrong };
  const steps = playing.steps.map((step) => ({ step, meanwhile: null }));
  return { explanation: wrong, story: { slice: "the good stories", wrong, steps, stage } };
}

function shortest(id: PropertyId, searched: readonly SearchedSlice[]): ProofStory | undefined {
  const found = searched.flatMap(({ slice, violations }) =>
    violations
      .filter(({ property }) => property === id)
      .map(({ wrong, steps }): ProofStory => ({ slice: slice.name, wrong, steps, stage: slice.stage })),
  );
  const length = ({ steps }: ProofStory) =>
    steps.length + (steps.some(({ meanwhile }) => meanwhile !== null) ? 0.5 : 0);
  return found.toSorted((left, right) => length(left) - length(right))[0];
}
