import type { Flow } from "../flow/flow.ts";
import { goodStories } from "./good-life.ts";
import { explanationOf, voidIn } from "./guarantees.ts";
import { type OneStep, oneStep, oneStepProperties, oneStepText } from "./one-step/one-step.ts";
import {
  destroyableProduction,
  type Finding,
  incomplete,
  refsOfGates,
  uncheckedBranches,
  unreachable,
} from "./over-the-flow.ts";
import { promotionsOf } from "./properties/branches.ts";
import { type PropertyId, propertyIds, sentences } from "./properties/property.ts";
import { boundOf } from "./reach.ts";
import { searchInRounds } from "./rounds.ts";
import { type Decide, type Stage, stageOf } from "./scene.ts";
import type { Told } from "./search.ts";
import { type Found, type Searcher, type SliceResult, searcherOf } from "./searcher.ts";
import { type Slice, slicesOf } from "./slices/index.ts";
import { watched } from "./watched.ts";

export interface ProofOptions {
  /** Decides in the engine's place. */
  readonly decide?: Decide;
  /** Only these; all without it. */
  readonly properties?: readonly PropertyId[];
  /** Only slices with this in their name. */
  readonly slice?: string;
  /** Transitions that may be spent in all. */
  readonly budget: number;
  /** Who searches the slices of this very flow, with the engine itself, and stops when this is stopped; without it this thread does. */
  readonly searchers?: readonly Searcher[];
  /** True ends the work: what was covered until then is told. Waited for, so that others get to run. */
  readonly stop: () => Promise<boolean>;
  /** Milliseconds, of any clock. */
  readonly now: () => number;
  readonly progress: (line: string) => void;
}

/** What may be spent when nobody says otherwise: a quarter of a minute or so on two processors. */
export const usualBudget = 2_000_000;

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

export interface Proof {
  readonly properties: readonly PropertyResult[];
  readonly slices: readonly SliceResult[];
  /** Applies that were asked about whatever led there, and those that `decide` let through; null when none was. */
  readonly oneStep: Pick<OneStep, "cases" | "allowed"> | null;
}

/** Looks for a story that breaks what a flow promises, in each of its slices; what was not looked at is told as such. */
export async function prove(flow: Flow, options: ProofOptions): Promise<Proof> {
  const wanted = options.properties ?? propertyIds;
  const slices = slicesOf(flow, options.decide);
  const inOneStep = await lookInOneStep(flow, wanted, options);
  const searched = await searchAll(flow, slices, { ...options, wanted });
  const found = foundOverFlow(flow, wanted, options);
  const covered = new Set(searched.filter(({ result }) => result.tooLittle === null).map(({ slice }) => slice));
  const asked = slices.filter(({ name }) => isAskedFor(name, options.slice));
  const missing = asked.filter((slice) => !covered.has(slice)).map(({ name }) => name);
  const leftOut = slices.length - asked.length;
  return {
    slices: searched.map(({ result }) => result),
    properties: wanted.map((id) => resultOf(flow, id, { searched, found, missing, leftOut, inOneStep })),
    oneStep: inOneStep === null ? null : { cases: inOneStep.cases, allowed: inOneStep.allowed },
  };
}

/** What the slices of a flow are called, in the order in which they are searched. */
export function sliceNames(flow: Flow): readonly string[] {
  return slicesOf(flow).map(({ name }) => name);
}

function isAskedFor(name: string, slice: string | undefined): boolean {
  return slice === undefined || name.includes(slice);
}

/** Null where only some slices are asked for, or nothing that one step has to say. */
async function lookInOneStep(
  flow: Flow,
  wanted: readonly PropertyId[],
  { decide, slice, stop, progress }: ProofOptions,
): Promise<OneStep | null> {
  const properties = oneStepProperties.filter((id) => wanted.includes(id));
  if (slice !== undefined || properties.length === 0 || (await stop())) return null;
  progress("looking at every apply in one step");
  return oneStep(flow, { decide, properties, stop });
}

interface SearchedSlice extends Found {
  readonly slice: Slice;
}

/** In the order of the slices; those that nobody came to are left out. */
async function searchAll(
  flow: Flow,
  slices: readonly Slice[],
  options: ProofOptions & { readonly wanted: readonly PropertyId[] },
): Promise<readonly SearchedSlice[]> {
  const { slice: name, searchers, wanted } = options;
  const properties = watched.map(({ id }) => id).filter((id) => wanted.includes(id));
  if (properties.length === 0) return [];
  const found = await searchInRounds({
    ...options,
    slices: [...slices.keys()].filter((index) => isAskedFor(slices[index]?.name ?? "", name)),
    properties,
    searchers: searchers === undefined ? [searcherOf(flow, options)] : searchers,
  });
  return slices.flatMap((slice, index) => {
    const one = found.get(index);
    return one === undefined ? [] : [{ ...one, slice }];
  });
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

interface AllFound {
  readonly searched: readonly SearchedSlice[];
  readonly found: FoundOverFlow;
  /** Slices that were asked for and not searched, or too little. */
  readonly missing: readonly string[];
  /** How many slices nobody asked for. */
  readonly leftOut: number;
  readonly inOneStep: OneStep | null;
}

function resultOf(flow: Flow, id: PropertyId, about: AllFound): PropertyResult {
  const { searched, found, missing, leftOut, inOneStep } = about;
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
  const step = inOneStep?.findings.find(({ property }) => property === id);
  if (step !== undefined) {
    const explanation = `${oneStepText(step)}; no story was found that leads there`;
    return { ...base, status: "violated", explanation };
  }
  const isVoid = voidIn(flow, id);
  if (isVoid !== null) return { ...base, status: "void", explanation: isVoid };
  const tooLittle = whyNotCovered(id, { isSearched, missing, inOneStep });
  if (tooLittle !== null)
    return { ...base, status: "not-covered", explanation: `no story breaks it so far; ${tooLittle}` };
  const bound = isSearched ? boundOf(searched.map(({ result }) => result)) : null;
  if (isSearched && leftOut > 0) {
    const where = searched.length === 1 ? "the slice" : `the ${searched.length} slices`;
    const rest = `${leftOut} other${leftOut === 1 ? " was" : "s were"} left out, so nothing is said of the flow as a whole.`;
    const explanation = `No story breaks it in ${where} that you asked for. ${bound === null ? "" : `${bound} `}${rest}`;
    return { ...base, status: "not-covered", explanation };
  }
  const explanation = [explanationOf(flow, id), bound].filter((sentence) => sentence !== null).join(" ");
  return { ...base, status: "holds", ...(explanation === "" ? {} : { explanation }) };
}

/** What was not looked at of a property that nothing breaks; null when everything was that was to be. */
function whyNotCovered(
  id: PropertyId,
  { isSearched, missing, inOneStep }: Pick<AllFound, "missing" | "inOneStep"> & { readonly isSearched: boolean },
): string | null {
  if (isSearched && missing.length > 0) return `not looked at, or too little: ${someOf(missing)}`;
  if (inOneStep === null || !oneStepProperties.includes(id)) return null;
  if (!inOneStep.isWhole) return "not every apply was asked about in one step";
  const { vacuous } = inOneStep;
  return vacuous.length === 0 ? null : `what never happens even when all is as it should be: ${someOf(vacuous)}`;
}

function someOf(names: readonly string[]): string {
  return `${names.slice(0, 3).join("; ")}${names.length > 3 ? `; and ${names.length - 3} more` : ""}`;
}

function exploredOverFlow(flow: Flow, id: PropertyId, { stories }: FoundOverFlow): number {
  return id === "P9" || id === "P11" ? stories : flow.when.length;
}

function findingStory({ wrong, playing }: Finding, stage: Stage): Pick<PropertyResult, "story" | "explanation"> {
  if (playing === null) return { explanation: wrong };
  const steps = playing.steps.map((step) => ({ step, meanwhile: null }));
  return {
    explanation: wrong,
    story: { slice: "the good stories", wrong, steps, stage: { ...stage, setting: playing.setting } },
  };
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
