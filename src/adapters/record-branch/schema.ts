import { z } from "zod";
import type { PersonalAnswer } from "../../domain/answer.ts";
import { type Digest, digestOf, parseDigest } from "../../domain/digest.ts";
import { parseCommitSha, parseRunId, parseStackName, parseTreeSha } from "../../domain/names.ts";
import { manifestText, type PlanManifest, type StoredPlan } from "../../domain/plan.ts";
import type { Fenced } from "../../domain/record.ts";
import { type BranchHold, type Run, runStates, type StackLease } from "../../domain/run.ts";

/**
 * What stands in `state.json`. Whoever can push to the branch could have written it: names are those that the domain
 * knows, since they become parts of paths and of commands, and nothing is there that nobody asked for.
 */

function named<T extends string>(parse: (text: string) => T | undefined) {
  return z.string().refine((text) => parse(text) === text, "is no such name") as unknown as z.ZodType<T>;
}

const commit = named(parseCommitSha);
const tree = named(parseTreeSha);
const digest = named(parseDigest);
const run = named(parseRunId);
const stack = named(parseStackName);
const login = z.string().min(1).max(1_000);
const text = z.string();
const instant = z.number();
const count = z.int().min(0);
const mode = z.enum(["normal", "destroy", "refresh-only"]);

const holder = z.strictObject({ host: text, pid: z.number(), startedAt: text });

const source = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("pull-request"), pullRequest: count, head: commit, base: commit }),
  z.strictObject({ kind: z.literal("merge"), pullRequest: count.nullable(), branch: text, commit }),
  z.strictObject({ kind: z.literal("push"), branch: text, commit, by: login }),
  z.strictObject({ kind: z.literal("dispatch"), by: login, ref: text, commit }),
  z.strictObject({ kind: z.literal("schedule"), cron: text, ref: text, commit }),
  z.strictObject({ kind: z.literal("local"), by: login, commit, tree: tree.nullable() }),
]);

const due = z.strictObject({
  kind: z.enum(["merge", "push", "pull-request", "dispatch", "release", "schedule", "local"]),
  at: instant,
  by: login,
  ref: text,
  commit,
  job: text.nullable(),
  breakGlass: text.optional(),
});

const runShape = z.strictObject({
  id: run,
  stack,
  source,
  mode,
  state: z.enum(runStates as readonly [Run["state"], ...Run["state"][]]),
  code: text.nullable(),
  why: text.nullable(),
  plan: digest.nullable(),
  due: due.nullable(),
  revision: count,
  createdAt: instant,
  updatedAt: instant,
  holder: holder.nullable(),
});

const counts = z.strictObject({
  add: count,
  change: count,
  destroy: count,
  replace: count,
  import: count,
  move: count,
  forget: count,
});

const manifest = z.strictObject({
  version: z.literal(1),
  run,
  stack,
  environment: text,
  instance: text.nullable(),
  root: text,
  mode,
  commit,
  base: commit.nullable(),
  tree,
  tool: z.strictObject({ name: z.enum(["terraform", "opentofu"]), version: text }),
  providers: z.array(z.strictObject({ address: text, version: text, hashes: z.array(text) })),
  modules: z.array(
    z.strictObject({ key: text, source: text, version: text.nullable(), dir: text, files: digest, content: digest }),
  ),
  backend: z.strictObject({ type: text, workspace: text, identity: digest }),
  state: z.strictObject({ lineage: text.nullable(), serial: z.number() }),
  account: text.nullable(),
  inputs: digest,
  variables: z.record(text, text),
  meaning: digest,
  counts,
  parts: z.array(z.strictObject({ name: text, digest, bytes: count })),
  createdAt: instant,
  keyId: text,
});

const planShape = z
  .strictObject({
    digest,
    manifest,
    speculative: z.enum(["dirty-checkout", "trusted-path", "fork", "local"]).nullable(),
    shown: z.array(z.strictObject({ digest, at: instant, until: instant.nullable() })),
    carriedFrom: digest.nullable(),
  })
  .refine(
    (plan) => digestOf(manifestText(plan.manifest as unknown as PlanManifest)) === plan.digest,
    "is not what its digest says",
  );

const answerShape = z.strictObject({
  by: login,
  at: instant,
  via: z.enum(["review", "gate", "command"]),
  says: z.enum([
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
  pullRequest: count.nullable(),
  environment: text.nullable(),
  stack: stack.nullable(),
  plan: digest.nullable(),
  commit: commit.nullable(),
});

const lease = z.strictObject({ stack, run, fence: count, since: instant, holder });

/** A stack's fence, and its lease while somebody has it. */
export interface StackFence extends Fenced {
  readonly stack: StackLease["stack"];
}

const fenceShape = z
  .strictObject({ stack, fence: count, lease: lease.nullable() })
  .refine((one) => one.lease === null || (one.lease.stack === one.stack && one.lease.fence === one.fence), {
    message: "is a lease of another stack, or with another number",
  });

const holdShape = z.strictObject({ stack, branch: text, by: login, since: instant });

/** In which artifact of a workflow run the bundle of a plan was uploaded. */
export interface BundlePlace {
  readonly plan: Digest;
  readonly artifact: string;
}

const placeShape = z.strictObject({ plan: digest, artifact: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,199}$/) });

/** The parts of `state.json`, in its order. */
export interface Parts {
  readonly runs: readonly Run[];
  readonly plans: readonly StoredPlan[];
  readonly answers: readonly PersonalAnswer[];
  readonly leases: readonly StackFence[];
  readonly holds: readonly BranchHold[];
  readonly bundles: readonly BundlePlace[];
}

/** What one of each kind looks like; the types of the domain say more than can be checked. */
export const shapes = {
  runs: runShape as unknown as z.ZodType<Run>,
  plans: planShape as unknown as z.ZodType<StoredPlan>,
  answers: answerShape as unknown as z.ZodType<PersonalAnswer>,
  leases: fenceShape as unknown as z.ZodType<StackFence>,
  holds: holdShape as z.ZodType<unknown> as z.ZodType<BranchHold>,
  bundles: placeShape as z.ZodType<unknown> as z.ZodType<BundlePlace>,
} satisfies { readonly [Name in keyof Parts]: z.ZodType<Parts[Name][number]> };

const signedHead = z.strictObject({ text, signature: text, keyId: text });

/** What the ledger ends with, and which `state.json` stands beside it. */
export interface Head {
  readonly seq: number;
  readonly hash: Digest;
  readonly state: Digest;
}

export const headShape = z.strictObject({
  version: z.literal(1),
  seq: z.int().min(1),
  hash: digest,
  state: digest,
  signed: signedHead.nullable(),
  keyed: text.nullable(),
});

/** The text of a head that was signed. */
export const signedShape = z.strictObject({ seq: z.int().min(1), hash: digest, state: digest });
