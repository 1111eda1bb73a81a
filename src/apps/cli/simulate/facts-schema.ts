import * as z from "zod";
import { word } from "../../../adapters/github-events/index.ts";
import type { PersonalAnswer } from "../../../domain/answer.ts";
import type { Digest } from "../../../domain/digest.ts";
import type { BundleFinding } from "../../../domain/event.ts";
import type {
  AppliedFacts,
  BackMergeFacts,
  BeforeFacts,
  Facts,
  FlaggedPush,
  ModuleFacts,
  OtherRun,
  PullRequestFacts,
  PushedCommit,
  PushFacts,
  RefFacts,
  StackFacts,
} from "../../../domain/facts.ts";
import type { PlanManifest, Shown, StateVersion, StoredPlan, Tool } from "../../../domain/plan.ts";
import {
  type BranchHold,
  type Due,
  type Run,
  type RunSource,
  runStates,
  type StackLease,
} from "../../../domain/run.ts";
import { type Fact, kinds, list, map, objectOf, orNone, record } from "./fact.ts";
import {
  aBranch,
  aCommit,
  aCount,
  aDigest,
  aFlag,
  aLogin,
  anInstant,
  aPullRequest,
  aReason,
  aRunId,
  aStackName,
  aText,
  aTree,
  oneOf,
} from "./words.ts";

const mode = oneOf(["normal", "destroy", "refresh-only"]);
const speculative = orNone(oneOf(["dirty-checkout", "trusted-path", "fork", "local"]));

const answer = record<PersonalAnswer>({
  by: aLogin,
  at: anInstant,
  via: oneOf(["review", "gate", "command"]),
  says: oneOf([
    "approve",
    "request-changes",
    "take-back",
    "reject",
    "hold",
    "release-hold",
    "accept",
    "acknowledge",
    "forget",
  ]),
  pullRequest: orNone(aPullRequest),
  environment: orNone(aText),
  stack: orNone(aStackName),
  plan: orNone(aDigest),
  commit: orNone(aCommit),
});

const pullRequest = record<PullRequestFacts>({
  number: aPullRequest,
  state: oneOf(["open", "merged", "closed"]),
  draft: aFlag,
  headBranch: aBranch,
  base: aBranch,
  head: aCommit,
  fork: aFlag,
  opener: aLogin,
  writers: list(aLogin),
  issues: list(aPullRequest),
  trustedPaths: list(aText),
  answers: list(answer),
  headSince: anInstant,
  openedAt: anInstant,
  labels: list(record<PullRequestFacts["labels"][number]>({ name: aText, by: aLogin })),
  sections: list(aText),
  codeOwners: list(list(aLogin)),
  mergeCommits: aCount,
  carries: list(aText),
  baseAhead: aFlag,
  unresolved: aCount,
});

const ref = record<RefFacts>({
  ref: aText,
  commit: aCommit,
  release: orNone(record<NonNullable<RefFacts["release"]>>({ onBranch: aFlag, moved: aFlag })),
});

const pushedShape = {
  branch: aBranch,
  commit: aCommit,
  files: aCount,
  lines: aCount,
  writers: list(aLogin),
  accepted: list(aLogin),
} as const;
const pushed = record<PushedCommit>(pushedShape);

const source = kinds<RunSource>({
  "pull-request": { pullRequest: aPullRequest, head: aCommit, base: aCommit },
  merge: { pullRequest: orNone(aPullRequest), branch: aBranch, commit: aCommit },
  push: { branch: aBranch, commit: aCommit, by: aLogin },
  dispatch: { by: aLogin, ref: aText, commit: aCommit },
  schedule: { cron: aText, ref: aText, commit: aCommit },
  local: { by: aLogin, commit: aCommit, tree: orNone(aTree) },
});

/** An apply past the gate is asked for by a person at their terminal, and by no file of facts. */
const due = record<Omit<Due, "breakGlass">>({
  kind: oneOf(["merge", "push", "pull-request", "dispatch", "release", "schedule", "local"]),
  at: anInstant,
  by: aLogin,
  ref: aText,
  commit: aCommit,
  job: orNone(aText),
});

const run = record<Run, Pick<Run, "revision" | "holder">>(
  {
    id: aRunId,
    stack: aStackName,
    source,
    mode,
    state: oneOf(runStates),
    code: orNone(aReason),
    why: orNone(aText),
    plan: orNone(aDigest),
    due: orNone(due),
    createdAt: anInstant,
    updatedAt: anInstant,
  },
  { revision: 0, holder: null },
);

const state = record<StateVersion>({ lineage: orNone(aText), serial: aCount });
const tool = record<Tool>({ name: oneOf(["terraform", "opentofu"]), version: aText });

/** What decisions read of a plan; `notRead` is the rest of it, which a test holds them to. */
export const notRead = {
  version: 1,
  instance: null,
  root: ".",
  base: null,
  tree: "0".repeat(40) as PlanManifest["tree"],
  providers: [],
  modules: [],
  backend: { type: "", workspace: "", identity: "" as Digest },
  account: null,
  variables: {},
  parts: [],
  keyId: "",
} as const satisfies Partial<PlanManifest>;

const manifest = record<PlanManifest, typeof notRead>(
  {
    run: aRunId,
    stack: aStackName,
    environment: aText,
    mode,
    commit: aCommit,
    tool,
    state,
    inputs: aDigest,
    meaning: aDigest,
    counts: record<PlanManifest["counts"]>({
      add: aCount,
      change: aCount,
      destroy: aCount,
      replace: aCount,
      import: aCount,
      move: aCount,
      forget: aCount,
    }),
    createdAt: anInstant,
  },
  notRead,
);

const plan = record<StoredPlan>({
  digest: aDigest,
  manifest,
  speculative,
  shown: list(record<Shown>({ digest: aDigest, at: anInstant, until: orNone(anInstant) })),
  carriedFrom: orNone(aDigest),
});

const bundle = record<BundleFinding>({
  code: oneOf([
    "bundle-missing",
    "bundle-altered",
    "bundle-unsigned",
    "snapshot-differs",
    "variables-moved",
    "tool-moved",
    "target-moved",
  ]),
  sentence: aText,
  plan: aDigest,
});

const applied = record<AppliedFacts>({
  run: aRunId,
  commit: aCommit,
  inputs: aDigest,
  verified: aFlag,
  at: anInstant,
  source: orNone(source),
});

const lease = record<StackLease, Pick<StackLease, "holder">>(
  { stack: aStackName, run: aRunId, fence: aCount, since: anInstant },
  { holder: { host: "", pid: 0, startedAt: "" } },
);

const hold = record<BranchHold>({ stack: aStackName, branch: aBranch, by: aLogin, since: anInstant });

/** Of one stack. `commit` is what would be delivered; without it nothing is known of the stack. */
export const stackShape = {
  inputs: orNone(aDigest),
  affected: aFlag,
  state,
  tool,
  run: orNone(run),
  plan: orNone(plan),
  bundle: orNone(bundle),
  changes: list(pullRequest),
  pushed: list(pushed),
  applied: orNone(applied),
  lease: orNone(lease),
  hold: orNone(hold),
  standing: orNone(anInstant),
  lostPlan: orNone(aRunId),
  interrupted: orNone(aRunId),
  writers: list(aLogin),
  answers: list(answer),
  before: list(record<BeforeFacts>({ stack: aStackName, inputs: orNone(aDigest), applied: orNone(applied) })),
  others: list(
    record<OtherRun>({
      id: aRunId,
      mode,
      state: oneOf(runStates),
      pullRequest: orNone(aPullRequest),
      again: orNone(source),
      due: orNone(due),
    }),
  ),
  source,
  ref,
  pullRequest: orNone(pullRequest),
} as const satisfies {
  readonly [Name in Exclude<keyof StackFacts, "stack" | "environment" | "instance" | "commit">]-?: Fact<
    Required<StackFacts>[Name]
  >;
};

/** What is true of the whole, one fact for each member of `Facts`. */
export const factsShape = {
  teams: map(list(aLogin), word),
  maintainers: list(aLogin),
  pullRequest: orNone(pullRequest),
  ref,
  latestRelease: orNone(aText),
  push: orNone(record<PushFacts>({ ...pushedShape, openPullRequests: list(aPullRequest) })),
  backMerges: list(record<BackMergeFacts>({ from: aBranch, into: aBranch, needed: aFlag, open: orNone(aPullRequest) })),
  modules: list(
    record<ModuleFacts>({
      release: aText,
      name: aText,
      path: aText,
      latest: orNone(aText),
      changed: aFlag,
      bump: oneOf(["major", "minor", "patch"]),
      changes: list(pullRequest),
      pushed: list(pushed),
    }),
  ),
  flagged: list(record<FlaggedPush>({ code: oneOf(["pushed-directly", "push-too-large"]), push: pushed })),
  held: list(hold),
} as const satisfies { readonly [Name in Exclude<keyof Facts, "now" | "stacks">]-?: Fact<Required<Facts>[Name]> };

const stack = objectOf(stackShape)
  .extend({
    stack: aStackName.schema.nullish(),
    environment: aText.schema.nullish(),
    instance: z.union([z.literal("none"), z.string().regex(/^[1-9]\d{0,15}$/)]).nullish(),
    commit: aCommit.schema.nullish(),
  })
  .meta({ id: "stack", description: "What is true of one stack, seen from the commit that the event is about." });

/** A file of facts. */
export const factsFile = objectOf(factsShape).extend({
  now: anInstant.schema.nullish(),
  stacks: z.array(stack.nullable()).max(10_000).nullish(),
  /** `none`: no stack is concerned but those listed. Else the others that the flow knows are there, unknown. */
  otherStacks: z.literal("none").nullish(),
});

/** JSON Schema of a file of facts, in draft 7. */
export function factsJsonSchema(): string {
  const schema = z.toJSONSchema(factsFile, { target: "draft-7", io: "input", reused: "ref" });
  const titled = {
    title: "plangate simulate --facts",
    description:
      'What is true when a decision is made. A fact that is null or left out is unknown, and never taken as good; "none" says that it is known to be nothing. A record or list of which a part is unknown is unknown. Times are RFC 3339.',
  };
  return `${JSON.stringify({ $schema: schema.$schema, ...titled, ...schema }, null, 2)}\n`;
}
