import * as z from "zod";
import { nearestName } from "../../domain/diagnostic.ts";
import { parseDuration, parseInstant, parseLogin, parseStackName } from "../../domain/names.ts";
import { parseReasonCode, reasons } from "../../domain/reason.ts";

/** What may stand in each step of a story, as people write it. Defaults are filled in; names are checked elsewhere. */

/** A text that one of the domain's own parsers takes. */
function parsed<T>(parse: (text: string) => T | undefined, complaint: (text: string) => string) {
  return z.string().transform((text, context): T => {
    const value = parse(text);
    if (value !== undefined) return value;
    context.issues.push({ code: "custom", message: complaint(text), input: text });
    return z.NEVER;
  });
}

export const login = parsed(parseLogin, (text) => `"${text}" is not a login.`);
const stack = parsed(
  parseStackName,
  (text) => `"${text}" is not a stack; write environment/name, such as prod/network.`,
);
const duration = parsed(parseDuration, (text) => `"${text}" is not a duration; write 30s, 15m, 4h or 14d.`);
export const instant = parsed(
  parseInstant,
  (text) => `"${text}" is not a time; write it with its time zone, such as 2026-01-06T10:00:00Z.`,
);
const reason = parsed(parseReasonCode, (text) => {
  const meant = nearestName(text, Object.keys(reasons));
  return `"${text}" is not a reason code.${meant === undefined ? "" : ` Did you mean "${meant}"?`}`;
});

/** What Git takes as a branch's name, and nothing that could be taken for another thing. */
const branch = z.string().regex(/^(?![-/.])(?!.*(?:\.\.|\/\/|\/\.|@\{|\.lock(?:\/|$)))[^\s~^:?*[\\\0]+(?<![/.])$/, {
  error: (issue) => `"${issue.input}" is not the name of a branch.`,
});
const path = z.string().regex(/^(?!.*(?:^|\/)\.{0,2}(?:\/|$))[^\\\0\n]+$/, {
  error: (issue) => `"${issue.input}" is not a path below the repository's top, such as stacks/app/main.tf.`,
});
const text = z.string();
const texts = z.array(text).default([]);
const number = z.int().min(1, { error: "It counts from 1." });
const optional = <T extends z.ZodType>(type: T) => type.nullable().default(null as never);
const flag = z.boolean().default(false);
const pr = optional(text);
const bySomebody = z.strictObject({ by: login, pr });

const changes = z.union(
  [
    z.array(path).transform((paths) => paths.map((one) => ({ path: one, text: null }))),
    z
      .record(path, text)
      .transform((texts) => Object.entries(texts).map(([one, content]) => ({ path: one, text: content }))),
  ],
  { error: "Changes are a list of paths, or paths with their texts." },
);

const because = z.array(
  z.union(
    [
      z.strictObject({ stack: optional(stack), because: reason }),
      reason.transform((code) => ({ stack: null, because: code })),
    ],
    { error: "Write { stack: prod/network, because: reason-code }." },
  ),
);

const flagged = z.array(
  z.union(
    [
      z.strictObject({ stack: optional(stack), branch: optional(branch), because: reason }),
      reason.transform((code) => ({ stack: null, branch: null, because: code })),
    ],
    { error: "Write { branch: develop, because: reason-code }, or { stack: prod/network, because: reason-code }." },
  ),
);

const push = z.strictObject({
  by: login,
  branch,
  fork: optional(login),
  from: optional(branch),
  changes: changes.default([]),
  remove: z.array(path).default([]),
  message: optional(text),
  coAuthors: z.array(login).default([]),
  rewrite: flag,
  force: flag,
});

const open = z.strictObject({
  by: login,
  head: branch,
  fork: optional(login),
  base: branch.default("main"),
  title: text.default(""),
  body: text.default(""),
  labels: texts,
  draft: flag,
  issue: optional(number),
  as: optional(text),
});

const expectation = z.strictObject({
  applied: z.array(stack).default([]),
  destroyed: z.array(stack).default([]),
  planned: z.array(stack).optional(),
  verified: z.array(stack).optional(),
  superseded: z.array(stack).optional(),
  commented: z.array(stack).optional(),
  released: z.array(text).optional(),
  refused: because.optional(),
  waiting: because.optional(),
  interrupted: because.optional(),
  drifted: z.array(stack).optional(),
  flagged: flagged.optional(),
  opened: z.array(text).optional(),
  issues: z.strictObject({ opened: z.array(reason).default([]), closed: z.array(reason).default([]) }).optional(),
  checks: z.record(text, z.enum(["pass", "fail"])).optional(),
  blocked: z.boolean().optional(),
});

/** Rules of a branch, or of a gate: one step is about one of them. */
const settings = z
  .strictObject({
    branch: optional(branch),
    environment: optional(text),
    set: z.strictObject({
      reviews: z.enum(["on", "off"]).optional(),
      checks: z.enum(["on", "off"]).optional(),
      pushes: z.enum(["open", "closed"]).optional(),
      methods: z.enum(["any", "listed"]).optional(),
      reviewers: z.enum(["anybody", "listed"]).optional(),
    }),
  })
  .superRefine(({ branch: ofBranch, environment, set: { reviewers, ...rest } }, context) => {
    const complain = (message: string, path: readonly string[]) =>
      context.addIssue({ code: "custom", message, path: [...path] });
    if ((ofBranch === null) === (environment === null))
      complain("Settings are those of a branch or of an environment.", []);
    const [foreign] = environment === null ? (reviewers === undefined ? [] : ["reviewers"]) : Object.keys(rest);
    if (foreign !== undefined)
      complain(`"${foreign}" is no setting of ${environment === null ? "a branch" : "an environment"}.`, [
        "set",
        foreign,
      ]);
    if (Object.keys(rest).length === 0 && reviewers === undefined) complain("It sets nothing.", ["set"]);
  });

/** The kinds of step, each with its fields. */
export const stepSchemas = {
  push,
  open,
  review: z.strictObject({
    by: login,
    pr,
    state: z.enum(["approve", "request-changes", "comment", "dismiss"]),
    of: optional(login),
  }),
  comment: z.strictObject({ by: login, pr, branch: optional(branch), body: text }),
  label: z.strictObject({ by: login, pr, add: texts, remove: texts }),
  edit: z.strictObject({ by: login, pr, title: optional(text), body: optional(text), base: optional(branch) }),
  ready: bySomebody,
  close: bySomebody,
  reopen: bySomebody,
  "update-branch": bySomebody,
  "delete-branch": z.strictObject({ by: login, branch }),
  merge: z.strictObject({
    by: login,
    pr,
    method: optional(z.enum(["squash", "rebase", "merge", "fast-forward"])),
    force: flag,
  }),
  dispatch: z.strictObject({
    by: login,
    name: text,
    ref: text.default("main"),
    inputs: z.record(text, text).default({}),
  }),
  gate: z.strictObject({ by: login, environment: text, state: z.enum(["approve", "reject"]) }),
  schedule: z.union([text.transform((cron) => ({ cron })), z.strictObject({ cron: text })], {
    error: 'Write which: "0 1 * * *".',
  }),
  release: z.strictObject({ by: login, tag: text, ref: text.default("main"), force: flag }),
  rerun: z.strictObject({ by: login, stack: optional(stack) }),
  wait: z.union([duration.transform((length) => ({ duration: length })), z.strictObject({ duration })], {
    error: "Write how long: 30s, 15m, 4h or 14d.",
  }),
  outside: z
    .strictObject({ stack, change: z.enum(["drift", "state", "lineage"]), during: z.enum(["apply"]).optional() })
    .refine(({ change, during }) => during === undefined || change === "drift", {
      error: "What happens during an apply is drift.",
      path: ["during"],
    }),
  replan: z.strictObject({ stack, gives: z.enum(["same-meaning", "different", "empty", "error"]) }),
  crash: z.strictObject({ stack, during: z.enum(["plan", "apply", "verify"]) }),
  settings,
  expect: expectation,
} as const;

export type StepKind = keyof typeof stepSchemas;

export const stepKinds = Object.keys(stepSchemas) as readonly StepKind[];

const people = z.record(login, z.array(text, { error: "A person's teams are a list: [owners], or [] for none." }), {
  error: "People are logins with their teams: { ann: [owners], eve: [] }.",
});

/** The folders of modules, each with who uses it: stacks by the name they have everywhere, and modules by their folder. */
const modules = z.record(path, z.array(text, { error: "A module's users are a list: [app, modules/net]." }), {
  error: "Modules are folders with who uses them: { modules/vpc: [app, modules/net] }.",
});

const owners = z.record(
  z.string().regex(/^[^\s#!]+$/, { error: (issue) => `"${issue.input}" is not a pattern of CODEOWNERS.` }),
  z.array(login),
  { error: 'Owners are patterns with logins: { "stacks/net/**": [carl] }.' },
);

/** A story without its steps, which are read one by one. */
export const storySchema = z.strictObject({
  story: text.min(1, { error: "The title says in a sentence what happens." }),
  preset: text.optional(),
  flow: text.optional(),
  people: people.default({}),
  at: instant.default(Date.UTC(2026, 0, 6, 10)),
  start: z.enum(["applied", "empty"]).default("applied"),
  modules: modules.default({}),
  owners: owners.default({}),
  steps: z.array(z.unknown()).min(1, { error: "A story without steps tells nothing." }),
});
