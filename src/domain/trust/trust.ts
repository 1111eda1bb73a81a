/** Who may become whom in a cloud by the token of a job, as the clouds themselves document it. */

/** What a token claims of its holder, each claim as the issuer wrote it. */
export type Claims = Readonly<Record<string, unknown>>;

/** A role of AWS and the document that says who may take it on. */
export interface AwsRole {
  readonly arn: string;
  /** As JSON, read. */
  readonly trust: unknown;
}

/** A provider of a workload identity pool of Google: which tokens the pool takes, and what it makes of their claims. */
export interface GoogleProvider {
  /** `projects/1/locations/global/workloadIdentityPools/prod/providers/github` */
  readonly name: string;
  /** With `https://`. */
  readonly issuer: string;
  /** `google.subject` and `attribute.…`, each an expression over the token's claims. */
  readonly mapping: Readonly<Record<string, string>>;
  /** Null: every token of the issuer. */
  readonly condition: string | null;
  /** Empty: its own name alone. */
  readonly audiences: readonly string[];
}

/** A service account of Google and the members that may act as it. */
export interface GoogleAccount {
  readonly email: string;
  readonly members: readonly string[];
}

export interface TrustDocuments {
  readonly roles: readonly AwsRole[];
  readonly providers: readonly GoogleProvider[];
  readonly accounts: readonly GoogleAccount[];
}

/** Yes and no, or that the text does not tell: then it is to be feared, and not to be relied upon. */
export type Answer = "yes" | "no" | "untold";

export function both(...answers: readonly Answer[]): Answer {
  return answers.includes("no") ? "no" : answers.includes("untold") ? "untold" : "yes";
}

export function either(...answers: readonly Answer[]): Answer {
  return answers.includes("yes") ? "yes" : answers.includes("untold") ? "untold" : "no";
}

export function answer(holds: boolean): Answer {
  return holds ? "yes" : "no";
}
