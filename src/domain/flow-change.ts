/**
 * How one guarantee of a flow differs in another flow. `weaker`: more may happen there, or fewer people have to agree.
 * `stronger` is the reverse. `other`: neither can be said without knowing what is meant, so people have to read it.
 */
export type Change = "weaker" | "stronger" | "other";

export interface GuaranteeDifference {
  readonly change: Change;
  /** What it is about, as the flow file calls it: `environment prod`, `branch main`, `team owners`, `flow`. */
  readonly subject: string;
  /** What is new, in a sentence without a full stop that names the subject. */
  readonly sentence: string;
}

/** What a search for holes says of one promise of a flow. */
export interface ProvedProperty {
  readonly id: string;
  readonly sentence: string;
  /** `void`: nothing breaks it, and it is not promised. `not-covered`: too little was looked at to say anything. */
  readonly status: "holds" | "violated" | "void" | "not-covered";
  readonly explanation: string | null;
  /** The shortest story that breaks it, a sentence for each step; empty where there is none to tell. */
  readonly story: readonly string[];
}
