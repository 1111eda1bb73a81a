import type { Action } from "../../domain/decision.ts";
import type { Event } from "../../domain/event.ts";
import { decide } from "../../engine/index.ts";
import type { Flow } from "../../flow/flow.ts";
import type { PropertyId } from "../properties/property.ts";
import { type Decide, stageOf } from "../scene.ts";
import { type Wrong, wrongsOf } from "./allowed.ts";
import { askingOf, stages } from "./cases.ts";
import { factsMaker } from "./facts.ts";
import { type Ground, groundsOf } from "./ground.ts";
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
}

/**
 * Asks about every apply in one step: whatever the facts are under the lease, be they reachable or not, `decide` says
 * apply only where the flow's promises let it. What is allowed is told from the relations that the facts are made from.
 * It ends early where each of the properties was found broken.
 */
export function oneStep(
  flow: Flow,
  about: { readonly decide?: Decide | undefined; readonly properties: readonly PropertyId[] },
): OneStep {
  const asked = groundsOf(stageOf(flow, { stacks: 1 })).map((ground) => {
    const usual = usualOf(ground);
    const asking = askingOf(ground, usual, (one) => wrongsOf(ground, one, doesUsually(ground)).length === 0);
    return { ground, usual, asking, begins: beginsIn(ground, usual, about.decide ?? decide) };
  });
  const vacuous = asked.filter(({ usual, begins }) => begins(usual).length === 0).map(({ ground }) => ground.text);
  const findings = new Map<PropertyId, OneStepFinding>();
  let [cases, allowed] = [0, 0];
  for (const casesOf of stages) {
    for (const { ground, usual, asking, begins } of asked) {
      if (about.properties.every((id) => findings.has(id))) break;
      for (const one of casesOf(asking)) {
        cases++;
        const begun = begins(one);
        if (begun.length === 0) continue;
        allowed++;
        for (const { property, wrong } of begun.flatMap((action) => wrongsWith(ground, one, action))) {
          if (about.properties.includes(property) && !findings.has(property))
            findings.set(property, { property, ground: ground.text, wrong, facts: caseText(usual, one) });
        }
      }
    }
  }
  return { cases, allowed, findings: [...findings.values()], vacuous };
}

function doesUsually({ mode }: Ground): "apply" | "destroy" {
  return mode === "destroy" ? "destroy" : "apply";
}

type Begun = Action & { readonly kind: "apply" | "destroy" };

const secondDecision: Event = { kind: "apply-ready", run: runs.own };

/** What is begun in a case: only the second decision may begin anything. */
function beginsIn(ground: Ground, usual: Case, decides: Decide): (about: Case) => readonly Begun[] {
  const make = factsMaker(ground, usual);
  return (about) => decides(ground.flow, make(about), secondDecision).actions.filter(isBegun);
}

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
