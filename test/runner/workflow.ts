/** A scalar as YAML gives it: a template, or what needs no reading. */
export type Scalar = string | number | boolean | null;

/** Expressions are still in it; what is below a template may be made by one. */
export type Written = Scalar | readonly Written[] | { readonly [key: string]: Written };

/** A workflow as its file has it: every key is one that the runner honours. */
export interface Workflow {
  /** From the repository's top: `.github/workflows/plangate.yml`. */
  readonly path: string;
  /** Its `name`, else its path. */
  readonly name: string;
  readonly runName: string | null;
  readonly on: ReadonlyMap<string, Trigger>;
  readonly permissions: Asked | null;
  readonly env: Variables;
  readonly defaults: Defaults;
  readonly concurrency: Written;
  readonly jobs: ReadonlyMap<string, JobWritten>;
}

export interface Trigger {
  readonly types: readonly string[] | null;
  readonly branches: Filter | null;
  readonly tags: Filter | null;
  readonly paths: Filter | null;
  readonly crons: readonly string[];
  readonly inputs: ReadonlyMap<string, Input>;
  readonly secrets: ReadonlyMap<string, { readonly required: boolean }>;
  readonly outputs: ReadonlyMap<string, string>;
}

/** `ignore`: everything but what fits. */
export interface Filter {
  readonly patterns: readonly string[];
  readonly ignore: boolean;
}

export interface Input {
  readonly type: "string" | "number" | "boolean" | "choice" | "environment";
  readonly required: boolean;
  readonly default: Scalar;
  readonly options: readonly string[];
}

/** What `permissions:` says: for all, or by name as workflows write them (`pull-requests`). */
export type Asked = "read-all" | "write-all" | ReadonlyMap<string, "read" | "write" | "none">;

export type Variables = Readonly<Record<string, Scalar>>;

export interface Defaults {
  readonly shell: string | null;
  readonly workingDirectory: string | null;
}

export interface JobWritten {
  readonly id: string;
  readonly name: string | null;
  readonly needs: readonly string[];
  readonly if: string | null;
  readonly permissions: Asked | null;
  readonly env: Variables;
  readonly defaults: Defaults;
  readonly concurrency: Written;
  /** A name, or a name with more; a template. */
  readonly environment: Written;
  readonly outputs: Readonly<Record<string, string>>;
  readonly strategy: Strategy;
  readonly timeoutMinutes: Scalar;
  readonly continueOnError: Scalar;
  /** Null where it calls a workflow. */
  readonly steps: readonly StepWritten[] | null;
  readonly call: Call | null;
}

export interface Call {
  /** `./.github/workflows/x.yml`, or `owner/name/.github/workflows/x.yml@ref`. */
  readonly uses: string;
  readonly with: Variables;
  readonly secrets: "inherit" | Readonly<Record<string, string>>;
}

export interface Strategy {
  readonly matrix: Written;
  readonly failFast: Scalar;
  readonly maxParallel: Scalar;
}

export interface StepWritten {
  readonly id: string | null;
  readonly name: string | null;
  readonly if: string | null;
  readonly env: Variables;
  readonly continueOnError: Scalar;
  readonly timeoutMinutes: Scalar;
  readonly run: {
    readonly script: string;
    readonly shell: string | null;
    readonly workingDirectory: string | null;
  } | null;
  readonly uses: { readonly action: string; readonly with: Variables } | null;
}
