import * as z from "zod";
import { eventFile } from "./simulate/event-schema.ts";

/**
 * What `--json` prints, command by command: the one source of `schema/cli.json` and of the types that the commands
 * build their documents with. A document that failed may lack fields of its command, and never has others.
 */
const digest = z.string().regex(/^sha256:[0-9a-f]{64}$/);
const instant = z.iso.datetime({ offset: false });
const stack = z.string().regex(/^[^/]+\/.+$/);
const commit = z.string().regex(/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/);
const count = z.int().min(0);
const listOf = <T extends z.ZodType>(item: T) => z.array(item).readonly();

const propertyId = z.string().regex(/^P\d+$/);
const propertyStatus = z.enum(["holds", "violated", "void", "not-covered"]);

const diagnostic = z
  .strictObject({
    severity: z.enum(["error", "warning"]),
    code: z.string().regex(/^[a-z0-9]+(?:-[a-z0-9]+)*$/),
    summary: z.string().min(1),
    detail: z.string().optional(),
    hint: z.string().optional(),
    file: z.string().optional(),
    line: z.int().min(1).optional(),
    column: z.int().min(1).optional(),
  })
  .meta({ id: "diagnostic" });

const verdict = z
  .strictObject({
    rule: z.string(),
    answer: z.enum(["yes", "no", "waiting"]),
    code: z.string().optional(),
    sentence: z.string(),
    until: z.number().optional(),
    after: z.string().optional(),
    get children() {
      return listOf(verdict).optional();
    },
  })
  .meta({ id: "verdict" });

const mode = z.enum(["normal", "destroy", "refresh-only"]);
const summary = z.strictObject({
  add: count,
  change: count,
  destroy: count,
  replace: count,
  import: count,
  move: count,
  forget: count,
});
/** A setting of GitHub as it is: any JSON. */
const setting = z.unknown();
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

const simulatedAction = z
  .strictObject({
    /** `gate`: people are waited for. `start`: the stack's lease is taken and all is judged again, which alone may apply. */
    kind: z.enum([
      "check",
      "plan",
      "comment",
      "wait",
      "gate",
      "refuse",
      "supersede",
      "discard",
      "start",
      "replan",
      "apply",
      "destroy",
      "verify",
      "drift",
      "open-pull-request",
      "fast-forward",
      "flag",
      "hand-over",
      "interrupt",
      "release",
    ]),
    /** Which of several events it follows from, counted from 0. */
    event: count.optional(),
    stack: stack.optional(),
    environment: z.string().optional(),
    run: z.string().regex(/^run-/).optional(),
    plan: digest.optional(),
    mode: mode.optional(),
    code: z.string().optional(),
    until: instant.optional(),
    after: z.string().optional(),
    branch: z.string().optional(),
    into: z.string().optional(),
    tag: z.string().optional(),
    problems: listOf(z.string()).optional(),
    why: z.string(),
  })
  .meta({ id: "simulatedAction" });

const told = z.record(
  z.string(),
  z.union([z.boolean(), listOf(z.string()), z.record(z.string(), z.string()).readonly()]),
);

export const commandFields = {
  init: {
    file: z.string(),
    preset: z.string(),
    notes: listOf(z.string()),
  },
  check: {
    stacks: listOf(
      z.strictObject({
        stack,
        root: z.string(),
        environment: z.string(),
        /** There is one for each pull request, made from this: `{instance}` in its backend stands for the number. */
        perPullRequest: z.boolean(),
        /** As -backend-config: files, or key=value. */
        backend: listOf(z.string()),
        varFiles: listOf(z.string()),
      }),
    ),
    /** How much each check looked at: one that saw nothing proves nothing. */
    checked: listOf(z.strictObject({ name: z.string(), count })),
  },
  compile: {
    /** Every file that the flow gives, and every one that it no longer gives. */
    files: listOf(z.strictObject({ path: z.string(), change: z.enum(["create", "update", "same", "delete"]) })),
  },
  audit: {
    repository: z.string(),
    findings: listOf(
      z.strictObject({
        code: z.string().regex(/^[a-z0-9]+(?:-[a-z0-9]+)*$/),
        /** Which setting, in GitHub's words. */
        where: z.string(),
        declared: setting,
        live: setting,
        /** A row of docs/security.md. */
        loophole: z
          .string()
          .regex(/^L\d+$/)
          .optional(),
        fix: z.string(),
        /** Whether `--fix` puts it right. */
        fixable: z.boolean(),
      }),
    ),
    capabilities: listOf(
      z.strictObject({
        feature: z.string(),
        /** Null: it depends on GitHub's plan, which the token may not know. */
        available: z.boolean().nullable(),
        why: z.string(),
        /** What holds instead. */
        fallback: z.string(),
        source: z.string().nullable(),
      }),
    ),
    /** With --fix: the changes that were made. */
    changed: listOf(z.string()),
  },
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
  explain: {
    matrix: listOf(
      z.strictObject({
        event: z.enum(["pull_request", "merge", "push", "dispatch", "schedule", "release"]),
        condition: z.string(),
        environment: z.string().nullable(),
        actions: listOf(z.string()),
      }),
    ),
    /** Where the picture was written; null when none was asked for. */
    svg: z.string().nullable(),
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
  simulate: {
    /** As understood: the first, when a body tells several; null when it tells none. */
    event: eventFile.nullable(),
    events: listOf(eventFile),
    actions: listOf(simulatedAction),
    reasons: listOf(verdict),
    /** Facts that the decision asked for and nobody gave. */
    unknown: listOf(z.string()),
    /** With --facts-template: a file of facts to be filled in. */
    template: z.record(z.string(), z.unknown()).readonly().optional(),
  },
  affected: {
    stacks: listOf(
      z.strictObject({
        stack,
        because: listOf(z.string()),
        /** How many more paths there are. */
        more: count.optional(),
        deleted: z.literal(true).optional(),
        added: z.literal(true).optional(),
        /** Why every file of the repository counts for it. */
        wholeTree: z.string().optional(),
      }),
    ),
    all: z.boolean(),
    why: z.string().nullable(),
    mergeBase: commit,
    head: commit,
  },
  logs: {
    run,
    /** What its programs said, redacted; null when there is nothing. */
    log: z.string().nullable(),
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
    checks: listOf(z.strictObject({ name: z.string(), passed: z.boolean(), output: z.string() })),
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
  test: {
    stories: listOf(
      z.strictObject({
        story: z.string(),
        file: z.string(),
        holds: z.boolean(),
        steps: count,
        failed: z
          .strictObject({
            line: z.int().min(1),
            expected: told.readonly(),
            happened: told.readonly(),
            reasons: listOf(verdict),
          })
          .optional(),
      }),
    ),
  },
  prove: {
    properties: listOf(
      z.strictObject({
        id: propertyId,
        sentence: z.string(),
        /** `void`: nothing breaks it, and it is not promised. `not-covered`: too little was looked at to say anything. */
        status: propertyStatus,
        /** Transitions, stories or rows that it was asked of. */
        explored: count,
        /** The shortest story that breaks it, a sentence for each step. */
        story: listOf(z.string()).optional(),
        explanation: z.string().optional(),
      }),
    ),
    slices: listOf(
      z.strictObject({
        name: z.string(),
        people: count,
        pullRequests: count,
        stacks: count,
        states: count,
        transitions: count,
        seconds: z.number(),
        /** Every story of so many steps after the slice's beginning was looked at; null: every one that there is. */
        depth: count.nullable(),
        /** Applies and destroys that were decided. */
        applies: count,
        /** Why too little was looked at; null when it was enough. */
        tooLittle: z.string().nullable(),
      }),
    ),
    /** Applies that were asked about in one step, whatever led there, and those that were let through; null where none was, as with `--slice`. */
    oneStep: z.strictObject({ cases: count, allowed: count }).nullable(),
    /** What the flow's assurance asks for, and what is guaranteed or void in each environment because of it. */
    assurance: listOf(z.string()),
    /** With `--against`: what the flow of that commit guarantees otherwise. */
    against: z
      .strictObject({
        ref: z.string(),
        /** Weaker first, then what people have to judge. */
        differences: listOf(
          z.strictObject({
            change: z.enum(["weaker", "stronger", "other"]),
            subject: z.string(),
            sentence: z.string(),
          }),
        ),
        /** Those whose status differs. */
        properties: listOf(z.strictObject({ id: propertyId, before: propertyStatus, after: propertyStatus })),
      })
      .optional(),
  },
  ledger: {
    /** `list` and `export` give them, `verify` says how many there are. */
    entries: z.union([listOf(ledgerEntry), count]),
    head: digest.nullable(),
    brokenAt: z.strictObject({ seq: z.int(), why: z.string() }).optional(),
    /** Files of a record on a branch that are not what its other files say. */
    differing: listOf(z.strictObject({ file: z.string(), why: z.string() })).optional(),
  },
  demo: {
    dir: z.string().nullable(),
    steps: listOf(z.strictObject({ title: z.string(), seconds: z.number(), outcome: z.string() })),
    ledger: z.strictObject({ entries: count, head: digest, verified: z.boolean() }),
  },
} as const satisfies Readonly<Record<string, Readonly<Record<string, z.ZodType>>>>;

export type CommandName = keyof typeof commandFields;

/** The fields of a command's document, on top of `command`, `ok` and `diagnostics`. */
export type Fields<Name extends CommandName> = z.input<z.ZodObject<(typeof commandFields)[Name]>>;

/** The schema of one command's document. */
function documentsOf(name: CommandName): readonly z.ZodType[] {
  const fields: Readonly<Record<string, z.ZodType>> = commandFields[name];
  const about = { command: z.literal(name), diagnostics: listOf(diagnostic) };
  return [
    z.strictObject({ ...about, ok: z.literal(true), ...fields }),
    z.strictObject({ ...about, ok: z.literal(false), ...z.object(fields).partial().shape }),
  ];
}

/** JSON Schema of every document that a command prints with `--json`, in draft 7. */
export function cliJsonSchema(): string {
  const names = Object.keys(commandFields) as readonly CommandName[];
  /** A command line that names no command, or one that does not exist. */
  const unknown = z.strictObject({ command: z.literal(""), ok: z.literal(false), diagnostics: listOf(diagnostic) });
  const documents = z.union([...names.flatMap(documentsOf), unknown]);
  const schema = z.toJSONSchema(documents, {
    target: "draft-7",
    io: "input",
    override: ({ jsonSchema }) => {
      delete jsonSchema.readOnly;
    },
  });
  const titled = { title: "plangate --json", description: "What each command prints on standard output with --json." };
  return `${JSON.stringify({ $schema: schema.$schema, ...titled, ...schema }, null, 2)}\n`;
}
