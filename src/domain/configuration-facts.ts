import type { PolicyStatement } from "./policy-document.ts";
import type { Spot } from "./spot.ts";

export type { Spot } from "./spot.ts";

/**
 * What the text of one configuration file says in plain sight, with places. Nothing is evaluated: a value that is not a
 * plain text is null. In the JSON syntax places are those of the beginning of the file.
 */
export interface ConfigurationFacts {
  /** False when a part could not be read; then nothing follows from what is not in here. */
  readonly whole: boolean;
  /** `cloud` blocks are of type `cloud`. */
  readonly backends: readonly BackendFact[];
  readonly calls: readonly CallFact[];
  readonly providers: readonly ProviderFact[];
  readonly documents: readonly DocumentFact[];
  readonly subjects: readonly SubjectFact[];
  readonly values: readonly ValueFact[];
  readonly pools: readonly PoolFact[];
}

export interface BackendFact extends Spot {
  readonly type: string;
  readonly settings: Readonly<Record<string, string | null>>;
}

/** A module call; the place is that of its source. */
export interface CallFact extends Spot {
  readonly name: string;
  readonly source: string | null;
  readonly version: string | null;
}

export interface ProviderFact extends Spot {
  readonly name: string;
  readonly source: string | null;
  /** Stands under `required_providers`; else the type of a block implies it. */
  readonly required: boolean;
}

/** A policy document that is written into the configuration instead of a file of its own. */
export interface DocumentFact extends Spot {
  /** `block` is a data source of its own, in the language of the configuration and not in JSON. */
  readonly how: "jsonencode" | "object" | "heredoc" | "text" | "block";
  /** `resource aws_iam_role apply` */
  readonly within: string;
  readonly statements: readonly PolicyStatement[];
}

/** A plain text that is a range of addresses or names an identity, wherever it stands. */
export interface ValueFact extends Spot {
  /** The words of the block and of those inside it that it stands in: `resource aws_vpc main`. */
  readonly within: string;
  /** The attribute, with the keys of objects: `assume_role.role_arn`. */
  readonly key: string;
  readonly value: string;
}

/** A text that says whose token is taken for an identity: the value of a `sub` condition, or one that looks like it. */
export interface SubjectFact extends Spot {
  /** Interpolations stand as `…`. */
  readonly text: string;
  /** How it is compared, as in `StringLike`; null when the text does not tell. */
  readonly operator: string | null;
  readonly within: string;
}

/** A pool of Google that takes tokens of GitHub for identities. */
export interface PoolFact extends Spot {
  readonly within: string;
  /** `google.subject` and `attribute.…`; what is computed is left out. */
  readonly mapping: Readonly<Record<string, string>>;
  /** Null: it has none. What is computed is `…`. */
  readonly condition: string | null;
}

/** One value in a file of variables or backend settings: only plain texts, also those in lists and objects. */
export interface Setting extends Spot {
  /** `network.cidr`; what is in a list has the list's name. */
  readonly key: string;
  readonly value: string;
}

export interface SettingsFacts {
  readonly whole: boolean;
  readonly settings: readonly Setting[];
}
