import * as z from "zod";
import { commit, count, type DocumentFields, digest, instant, listOf, mode, stack, verdict } from "./words.ts";

const summary = z.strictObject({
  add: count,
  change: count,
  destroy: count,
  replace: count,
  import: count,
  move: count,
  forget: count,
});
const resources = listOf(z.strictObject({ address: z.string(), action: z.string() }));

const runFields = {
  id: z.string().regex(/^run-/),
  stack,
  state: z.string(),
  /** Why it is where it is: a code of docs/reference/reasons.md, and the sentence. */
  code: z.string().nullable(),
  why: z.string().nullable(),
  commit,
  pullRequest: z.int().nullable(),
  source: z.enum(["pull-request", "merge", "push", "dispatch", "schedule", "local"]),
  mode,
  plan: digest.nullable(),
  due: z
    .strictObject({
      kind: z.enum(["merge", "push", "pull-request", "dispatch", "release", "schedule", "local"]),
      by: z.string(),
      ref: z.string(),
      at: instant,
      /** For a dispatch: the row's name. */
      job: z.string().nullable(),
      breakGlass: z.string().optional(),
    })
    .nullable(),
  createdAt: instant,
  updatedAt: instant,
};
const run = z.strictObject(runFields).meta({ id: "run" });

const ledgerEntry = z
  .strictObject({
    seq: z.int().min(1),
    at: instant,
    kind: z.string(),
    body: z.record(z.string(), z.unknown()).readonly(),
    prev: digest,
    hash: digest,
  })
  .meta({ id: "ledgerEntry" });

/** What the commands tell that plan and apply, and that look at what was planned and applied. */
export const documentsOfRuns = {
  /** Each step has its own. */
  ci: {
    /** `touched`, `plan`: what was ordered, or handed over. */
    stacks: listOf(stack).optional(),
    /** `check-files`: how much it looked at, and what is wrong. */
    looked: count.optional(),
    wrong: listOf(z.string()).optional(),
    /** `hand-over`: what the default branch is told to look at, and in which run. */
    event: z.string().nullable().optional(),
    run: z.int().min(1).optional(),
    decisions: listOf(
      z.strictObject({ event: z.string(), actions: listOf(z.string()), reasons: listOf(z.string()) }),
    ).optional(),
    /** `apply`: how each run stands. */
    runs: listOf(
      z.strictObject({
        run: z.string().regex(/^run-/),
        stack,
        state: z.string(),
        code: z.string().nullable(),
        why: z.string().nullable(),
      }),
    ).optional(),
    /** `go-on`: kinds of events that are left. */
    left: listOf(z.string()).optional(),
    jobs: listOf(z.strictObject({ job: z.string(), result: z.string(), problem: z.string().nullable() })).optional(),
    keys: listOf(z.strictObject({ name: z.string(), file: z.string(), belongs: z.string() })).optional(),
  },
  plan: {
    stack,
    run,
    bundle: z.strictObject({ digest, meaning: digest, file: z.string().nullable() }),
    /** Why it may never be applied; null when it may. */
    speculative: z.enum(["dirty-checkout", "trusted-path", "fork", "local"]).nullable(),
    summary,
    resources,
    findings: listOf(z.never()),
    state: z.strictObject({ lineage: z.string().nullable(), serial: count }),
  },
  apply: { run, reasons: listOf(verdict).optional() },
  destroy: {
    stack,
    run,
    bundle: z.strictObject({ digest, meaning: digest }).optional(),
    summary: summary.optional(),
    /** What goes. */
    resources: resources.optional(),
    reasons: listOf(verdict).optional(),
  },
  drift: {
    stack,
    run,
    /** `runtime-owned`: set by something other than Terraform, as the flow says; it is no drift. */
    drift: listOf(
      z.strictObject({
        address: z.string(),
        paths: listOf(z.string()),
        class: z.enum(["drift", "runtime-owned"]),
      }),
    ),
  },
  logs: {
    run,
    /** What its programs said, redacted; null when there is nothing. */
    log: z.string().nullable(),
  },
  open: {
    /** Of the closed file. */
    digest,
    /** Whether it is the one that `--digest` says; null where nothing said which. */
    expected: z.boolean().nullable(),
    kind: z.enum(["state", "text"]),
    /** Where it was written; null when it was not. */
    out: z.string().nullable(),
    /** What it says, where it is no state and was not written. */
    text: z.string().nullable(),
  },
  unlock: {
    stack,
    /** Our own lease, and whether the process that holds it is there or cannot be seen from here. */
    lease: z
      .strictObject({
        run: z.string().regex(/^run-/),
        fence: count,
        host: z.string(),
        pid: z.int(),
        since: instant,
        there: z.boolean(),
      })
      .nullable(),
    /** The run that holds the lease, or held it until now. */
    run: run.nullable(),
    /** Terraform's own lock, as far as the backend tells. */
    stateLock: z
      .strictObject({
        id: z.string().nullable(),
        who: z.string().nullable(),
        operation: z.string().nullable(),
        since: z.string().nullable(),
      })
      .nullable(),
    stateLockUnknown: z.string().nullable(),
    /** The branch that the stack belongs to, where the environment is held by branch. */
    hold: z.strictObject({ branch: z.string(), by: z.string(), since: instant }).nullable(),
  },
  verify: {
    run: run.nullable(),
    checks: listOf(
      z.strictObject({
        name: z.string(),
        passed: z.boolean(),
        /** Of a command; null for the plan, and where a signal ended it. */
        exitCode: z.int().nullable(),
        startedAt: instant,
        durationMs: z.number(),
        output: z.string(),
      }),
    ),
    proof: digest,
  },
  compare: {
    same: z.boolean(),
    meaning: z.tuple([digest, digest]).readonly(),
    differences: listOf(
      z.strictObject({
        address: z.string(),
        path: z.string().optional(),
        left: z.string(),
        right: z.string(),
        why: z.string(),
      }),
    ),
    /** How many more differences there are. */
    more: count,
  },
  runs: {
    /** `lost`: its state says that somebody works on it, and they are gone. `next`: what a person does about it. */
    runs: listOf(
      z.strictObject({
        ...runFields,
        /** Who said yes to its plan while it was shown, and did not take that back. */
        approvals: listOf(z.strictObject({ by: z.string(), at: instant, via: z.enum(["review", "gate", "command"]) })),
        lost: z.boolean(),
        next: z.string().nullable(),
      }),
    ),
  },
  ledger: {
    /** `list` and `export` give them, `verify` says how many there are. */
    entries: z.union([listOf(ledgerEntry), count]),
    head: digest.nullable(),
    brokenAt: z.strictObject({ seq: z.int(), why: z.string() }).optional(),
    /** Files of a record on a branch that are not what its other files say. */
    differing: listOf(z.strictObject({ file: z.string(), why: z.string() })).optional(),
  },
} as const satisfies DocumentFields;
