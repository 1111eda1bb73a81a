import type { ModelWorld, Setting } from "../../worlds/model/index.ts";
import type { Moment, Past } from "../past.ts";

export const propertyIds = ["P1", "P2", "P3", "P4", "P5", "P6", "P7", "P8", "P9", "P10", "P11"] as const;

export type PropertyId = (typeof propertyIds)[number];

/** What holds in a flow, as people read it. */
export const sentences: Readonly<Record<PropertyId, string>> = {
  P1: "Every apply in a gated environment was approved, for that plan, by enough different people who neither wrote nor started it, and nothing is applied against the word of somebody who may merge.",
  P2: "Nothing from a branch that nobody protects, and nothing that came otherwise than its branch asks, is applied or released where a protected branch is asked for.",
  P3: "Nothing is destroyed where the flow does not say destroyable.",
  P4: "Each state has one writer at a time, and each stack that branches hold is one branch's.",
  P5: "Every long-lived branch stays reconcilable after a hotfix.",
  P6: "Every required check comes from exactly one trusted place and cannot be skipped into green.",
  P7: "A pull request that was closed without merging leads to no apply.",
  P8: "What is applied is the plan that was shown, or one of the same meaning: once, from what the ref holds, and after the environments that come first.",
  P9: "Every environment is reachable, every row can fire, and no two rows disagree about one event.",
  P10: "Every event ends in an action, a wait that something ends, or a refusal with a reason.",
  P11: "Every good story completes, whoever of the right role plays it.",
};

/** A property that is looked at while stories are searched: at each decision, or whenever everything has come to rest. */
export interface Watched {
  readonly id: PropertyId;
  /** What is wrong with a decision, in a sentence; null when nothing is. */
  readonly atMoment?: (moment: Moment) => string | null;
  /** The same of a world in which nothing is left to be delivered. */
  readonly atRest?: (at: Rest) => string | null;
}

export interface Rest {
  readonly setting: Setting;
  readonly world: ModelWorld;
  readonly past: Past;
}
