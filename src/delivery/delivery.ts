import type { Digest } from "../domain/digest.ts";
import type { BundleFinding } from "../domain/event.ts";
import type { ModuleInterface } from "../domain/module-interface.ts";
import type { StackName, TreeSha } from "../domain/names.ts";
import type { StateVersion, StoredPlan, Tool } from "../domain/plan.ts";
import type { Holder, Run } from "../domain/run.ts";
import type { Environment, Flow, Stack } from "../flow/flow.ts";
import type { WholePlanPlace } from "../views/section-view.ts";
import type { Clock, Forge, Ids, ProveFlow, Repository, Store } from "./ports.ts";
import type { ApplyResult, ApplySteps } from "./roles/apply.ts";
import type { Planned } from "./roles/plan.ts";
import type { Presented } from "./roles/presentation.ts";
import type { Verification } from "./roles/verify.ts";
import type { Order } from "./roles/work.ts";

/** What Git says about one stack at one content. */
export interface StackContent {
  readonly inputs: Digest;
  /** Every path that the plan is made from. */
  readonly paths: ReadonlySet<string>;
  /** What init depends on; null when the text does not tell all of it. */
  readonly initKey: Digest | null;
  /** Why it may not be planned at all, as a sentence; null when it may. */
  readonly forbidden: string | null;
}

/** Stacks and their inputs, read from Git alone; asked for the same tree twice, it reads once. */
export interface Configuration {
  stacks(tree: TreeSha): Promise<ReadonlyMap<StackName, Stack>>;
  content(stack: Stack, tree: TreeSha): Promise<StackContent>;
  /** What callers see of the module in a folder; `undefined` when a file of it cannot be read. */
  moduleInterface(folder: string, tree: TreeSha): Promise<ModuleInterface | undefined>;
}

/** The roles, each closed over its own rights: whoever holds this can ask for work and can do none of it. */
export interface Roles {
  plan(order: Order): Promise<Planned>;
  present(
    planned: Planned,
    about: { order: Order; inputs: Digest; speculative: StoredPlan["speculative"] },
  ): Promise<Presented>;
  /** Looks at a stored bundle as an apply of that content would; null when it is whole. */
  inspect(plan: Digest, tree: TreeSha): Promise<BundleFinding | null>;
  apply(order: Order, plan: Digest, steps: ApplySteps): Promise<ApplyResult>;
  /** The files among those named that are not as the tool would write them. */
  check(tree: TreeSha, files: readonly string[]): Promise<readonly string[]>;
  verify(order: Order): Promise<Verification>;
  stateVersion(order: Order): Promise<StateVersion>;
  tool(): Promise<Tool>;
}

/** Where a plan is shown. */
export interface ShownAt {
  /** Null where it is shown to those who are asked at a gate. */
  readonly pullRequest: number | null;
  /** How many are shown there together, which share the room. */
  readonly among: number;
  /** Where the same plan can be read whole, once it is there. */
  readonly whole: WholePlanPlace | null;
}

/** Everything that delivering an event takes. Made anew when the flow in force changes. */
export interface Delivery {
  readonly flow: Flow;
  /** Where the flow lies, from the repository's top. */
  readonly flowFile: string;
  readonly store: Store;
  readonly forge: Forge;
  readonly repository: Repository;
  readonly configuration: Configuration;
  readonly roles: Roles;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly holder: Holder;
  /** The values of the variables that the flow lets the environment's Terraform see. */
  readonly variables: (environment: Environment) => Readonly<Record<string, string>>;
  /** What people are shown of a plan: Markdown, redacted, inert. */
  readonly render: (run: Run, plan: StoredPlan, shown?: ShownAt) => string;
  /** Puts a plan where all of it can be read, and says where that is. Absent where nothing but what is shown is kept. */
  readonly keepWhole?: (run: Run, plan: StoredPlan, shown: ShownAt) => Promise<WholePlanPlace>;
  /** What was read of a plan that was made in this process. */
  readonly readingOf: (plan: Digest) => (Presented & { readonly kind: "presented" }) | undefined;
  /** Keeps what was read of a plan until it is shown; nothing of it is stored. */
  readonly keepReading: (plan: Digest, made: Presented & { readonly kind: "presented" }) => void;
  /** How many plans of different stacks are made at once; one after the other where it does not say. */
  readonly plansAtOnce?: number;
  /** Absent where nobody searches: the check of a change of the flow says then that it was not proved. */
  readonly proveFlow?: ProveFlow;
  /** Told about each step, for people who watch. */
  readonly progress: (line: string) => void;
  readonly signal?: AbortSignal;
}
