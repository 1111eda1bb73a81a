import type { Instant } from "./names.ts";
import type { ReasonCode } from "./reason.ts";

/** `waiting` is neither: something that will happen by itself, or that a person may still do. */
export type Answer = "yes" | "no" | "waiting";

/**
 * What a rule says about one question, as a tree that people read: the sentence first, then why. Comment, check,
 * dashboard and ledger are renderings of it; none of them decides again.
 */
export interface Verdict {
  /** The rule's name, or the name of the group that holds the children together. */
  readonly rule: string;
  readonly answer: Answer;
  /** Why not (yet). Always there unless the answer is yes. */
  readonly code?: ReasonCode;
  /** One sentence for people, present tense, with the names and numbers that matter. */
  readonly sentence: string;
  /** For a wait that time ends. */
  readonly until?: Instant;
  /** For a wait that somebody or something ends: who or what. */
  readonly after?: string;
  readonly children?: readonly Verdict[];
}

/** All must say yes. The first no speaks for the group, else the first waiting. */
export function allOf(rule: string, yes: string, children: readonly Verdict[]): Verdict {
  let waiting: Verdict | undefined;
  for (const child of children) {
    if (child.answer === "no") return spokenBy(rule, child, children);
    if (child.answer === "waiting") waiting ??= child;
  }
  return waiting === undefined ? { rule, answer: "yes", sentence: yes, children } : spokenBy(rule, waiting, children);
}

function spokenBy(rule: string, speaker: Verdict, children: readonly Verdict[]): Verdict {
  return {
    rule,
    answer: speaker.answer,
    sentence: speaker.sentence,
    children,
    ...(speaker.code === undefined ? {} : { code: speaker.code }),
    ...(speaker.until === undefined ? {} : { until: speaker.until }),
    ...(speaker.after === undefined ? {} : { after: speaker.after }),
  };
}
