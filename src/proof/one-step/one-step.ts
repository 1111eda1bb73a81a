import type { Action } from "../../domain/decision.ts";
import type { Event } from "../../domain/event.ts";
import { decide } from "../../engine/index.ts";
import type { Flow } from "../../flow/flow.ts";
import type { PropertyId } from "../properties/property.ts";
import { type Decide, stageOf } from "../scene.ts";
import { type Wrong, wrongsOf } from "./allowed.ts";
import { type Asking, askingOf, stages } from "./cases.ts";
import { factsMaker } from "./facts.ts";
import { change, type Ground, groundsOf } from "./ground.ts";
import { type Case, caseText } from "./relations.ts";
import { digests, runs } from "./things.ts";
import { usualOf } from "./usual.ts";

/** What one step has something to say of. */
export const oneStepProperties: readonly PropertyId[] = ["P1", "P2", "P3", "P4", "P7", "P8"];

/** A case in which `decide` says apply, and the flow promises that it does not. */
export interface OneStepFinding {
  readonly property: PropertyId;
  /** The row of the flow that it is about. */
  readonly ground: string;
  readonly wrong: string;
  /** In what the case differs from the one in which all is well, a phrase for each. */
  readonly facts: readonly string[];
}

export interface OneStep {
  /** Decisions that were asked for. */
  readonly cases: number;
  /** Those that were an apply or a destroy. */
  readonly allowed: number;
  /** Of each property that is broken, the one that differs in the fewest relations. */
  readonly findings: readonly OneStepFinding[];
  /** Rows that do not even apply when all is well: of these nothing was shown. */
  readonly vacuous: readonly string[];
  /** Whether every case was asked about, and nobody stopped it. */
  readonly isWhole: boolean;
}

export interface OneStepOptions {
  readonly decide?: Decide | undefined;
  readonly properties: readonly PropertyId[];
  /** Waited for now and then, so that others get to run; true ends the work. */
  readonly stop: () => Promise<boolean>;
}

/**
 * Asks about every apply in one step: whatever the facts are under the lease, be they reachable or not, `decide` says
 * apply only where the flow's promises let it. What is allowed is told from the relations that the facts are made from.
 * It ends early where each of the properties was found broken.
 */
export async function oneStep(flow: Flow, options: OneStepOptions): Promise<OneStep> {
  const told: Telling = { findings: new Map(), properties: options.properties, cases: 0, allowed: 0 };
  const asked = groundsOf(stageOf(flow, { stacks: 1 })).map((ground) => askedOf(ground, options.decide ?? decide));
  const vacuous = asked.filter(({ usual, begins }) => begins(usual, secondDecision).length === 0);
  for (const one of asked) askTooEarly(one, told);
  let isWhole = true;
  for (const casesOf of stages) {
    for (const one of asked) {
      isWhole &&= !(await options.stop());
      if (isWhole && !isDone(told)) for (const about of casesOf(one)) ask(one, about, told);
    }
  }
  const { cases, allowed, findings } = told;
  return {
    cases,
    allowed,
    findings: [...findings.values()],
    vacuous: vacuous.map(({ ground }) => ground.text),
    isWhole,
  };
}

interface Asked extends Asking {
  readonly begins: (about: Case, event: Event) => readonly Begun[];
}

function askedOf(ground: Ground, decides: Decide): Asked {
  const usual = usualOf(ground);
  const make = factsMaker(ground, usual);
  return {
    ...askingOf(ground, usual, (one) => wrongsOf(ground, one, doesUsually(ground)).length === 0),
    begins: (about, event) => decides(ground.flow, make(about), event).actions.filter(isBegun),
  };
}

interface Telling {
  readonly findings: Map<PropertyId, OneStepFinding>;
  readonly properties: readonly PropertyId[];
  cases: number;
  allowed: number;
}

function isDone({ findings, properties }: Telling): boolean {
  return properties.every((id) => findings.has(id));
}

function ask({ ground, usual, begins }: Asked, about: Case, told: Telling): void {
  told.cases++;
  const begun = begins(about, secondDecision);
  if (begun.length === 0) return;
  told.allowed++;
  for (const action of begun)
    for (const wrong of wrongsWith(ground, about, action)) note(told, { ground, usual, about }, wrong);
}

/** What others hear of, a lease that ended or a wish that was made again, begins nothing: nobody looked again under the lease. */
function askTooEarly({ ground, usual, begins }: Asked, told: Telling): void {
  for (const about of [usual, { ...usual, run: "waiting", lease: "nobody's" }, { ...usual, run: "applied" }] as const) {
    for (const event of firstDecisions(ground)) {
      told.cases++;
      const wrong = `it begins on ${event.kind}, before everything is looked at again under the lease`;
      if (begins(about, event).length > 0) note(told, { ground, usual, about }, { property: "P4", wrong });
    }
  }
}

function firstDecisions({ stack, stage }: Ground): readonly Event[] {
  const by = stage.cast.stranger;
  return [
    { kind: "tick" },
    { kind: "lease-ended", stack },
    { kind: "answer", by, pullRequest: change, environment: null },
    { kind: "rerun", run: runs.own, by },
    { kind: "run-planned", run: runs.own, outcome: "changes" },
  ];
}

interface Seen {
  readonly ground: Ground;
  readonly usual: Case;
  readonly about: Case;
}

function note({ findings, properties }: Telling, { ground, usual, about }: Seen, { property, wrong }: Wrong): void {
  if (!properties.includes(property) || findings.has(property)) return;
  findings.set(property, { property, ground: ground.text, wrong, facts: caseText(usual, about) });
}

function doesUsually({ mode }: Ground): "apply" | "destroy" {
  return mode === "destroy" ? "destroy" : "apply";
}

type Begun = Action & { readonly kind: "apply" | "destroy" };

const secondDecision: Event = { kind: "apply-ready", run: runs.own };

function isBegun(action: Action): action is Begun {
  return action.kind === "apply" || action.kind === "destroy";
}

function wrongsWith(ground: Ground, about: Case, { kind, run, stack, plan }: Begun): readonly Wrong[] {
  const isOwn = run === runs.own && stack === ground.stack && plan === digests.plan;
  const other: readonly Wrong[] = isOwn ? [] : [{ property: "P8", wrong: "the plan is not the one that the run has" }];
  return [...other, ...wrongsOf(ground, about, kind)];
}

/** A finding as people read it. */
export function oneStepText({ ground, wrong, facts }: OneStepFinding): string {
  const when = facts.length === 0 ? "when all is as it should be" : `when ${facts.join(", and ")}`;
  return `decide says apply though ${wrong}: ${ground}, ${when}`;
}
