import * as z from "zod";
import { command, count, duration, login, name, names, oneOrMore, path, people, words } from "./schema-words.ts";

/**
 * The flow file as people write it. Strict: a key that nothing honours is an error, never ignored. Defaults are filled
 * in by `normalise.ts`, what must hold between the parts is checked in `checks/`; the JSON Schema that editors use is
 * made from here.
 */

const reviews = z
  .strictObject({
    count: count.optional().describe("How many people approve a pull request before it may be merged. Default: 1."),
    by: people
      .optional()
      .describe("Whose approval counts: a team, or a list of logins. Default: anybody who may review."),
  })
  .describe("What a pull request into the branch needs before it may be merged.");

const branch = z
  .strictObject({
    match: oneOrMore(z.string().min(1))
      .optional()
      .describe("Names of the branches of this class: `*` stops at `/`, `**` does not. Default: the class's own name."),
    except: oneOrMore(z.string().min(1))
      .optional()
      .describe("Branches that `match` matches and that are not of this class."),
    cutFrom: name.optional().describe("The class of the branch that branches of this class start from."),
    accepts: names
      .optional()
      .describe("Classes whose branches may be merged into this one. Makes the branch protected."),
    merge: oneOrMore(z.enum(["squash", "rebase", "merge", "fast-forward"]))
      .optional()
      .describe("How pull requests into the branch are merged. Default: squash."),
    reviews: reviews.optional(),
    issue: z
      .enum(["required", "optional"])
      .optional()
      .describe("Whether a pull request from the branch has to link an open issue. Default: optional."),
  })
  .describe("A class of branches.");

const approvals = z
  .strictObject({
    count: count.optional().describe("How many different people approve each plan. Default: 1."),
    by: people.describe("Whose approval counts: a team, or a list of logins."),
    notBy: z
      .array(z.enum(["writers", "triggerer"]))
      .optional()
      .describe(
        "Whose approval does not count, though `by` names them. Default: writers, where a dispatch applies also triggerer. Naming fewer needs `because`.",
      ),
    because: z
      .string()
      .min(10, { error: "Say why in a few words." })
      .optional()
      .describe("Why fewer people are left out than by default."),
  })
  .describe("Who has to approve a plan before it is applied here. One approval counts for the plan that was shown.");

const environment = z
  .strictObject({
    kind: z
      .enum(["dev", "test", "stage", "prod"])
      .optional()
      .describe("What the environment is for. Stage and prod are gated. Default: the name, when it is one of these."),
    appliesFrom: names
      .min(1, { error: "An empty list lets nothing reach the environment; name a branch class or a release." })
      .describe("Branch classes and releases whose commits may be applied here."),
    approvals: approvals.optional(),
    after: names.optional().describe("Environments where the same change has to be applied and verified first."),
    destroyable: z.boolean().optional().describe("Whether everything in it may be destroyed. Default: false."),
    variables: z
      .array(
        z
          .string()
          .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, { error: (issue) => `"${issue.input}" is not a variable's name.` }),
      )
      .optional()
      .describe("Names of environment variables that Terraform gets to see here. Everything else is kept from it."),
  })
  .describe("A place where stacks are applied.");

const stack = z
  .strictObject({
    root: path.describe(
      "Folder of the root module: `stacks/{stack}` gives a stack per folder. {stack}, {environment}.",
    ),
    name: name.optional().describe("The stack's name, when the root has no {stack}. Default: the root's last folder."),
    in: names
      .min(1, { error: "Name the environments that the stack exists in." })
      .describe("Environments it exists in."),
    backend: words
      .optional()
      .describe("Given as -backend-config: a file, or key=value. {stack}, {environment}, {instance}."),
    vars: z.array(path).optional().describe("Files of variables, from the repository's top. {stack}, {environment}."),
    verify: z
      .array(command)
      .optional()
      .describe("Commands that prove that an apply works, run in the root module. {stack}, {environment}."),
  })
  .describe(
    "Root modules, and the environments that each exists in. One root in one environment is a stack: prod/network.",
  );

const release = z
  .strictObject({
    id: name.describe("What `appliesFrom` and `ref` call it."),
    of: z.enum(["project"]).optional().describe("What is released: the whole repository."),
    tag: z.string().min(1).describe("The Git tag: `v{version}`."),
    from: name.describe("The branch that releases are made from."),
  })
  .describe("Semantic versions as Git tags.");

const into = name.describe("Class of the branch that the pull request goes into.");
const within = name.describe("The environment.");

function steps<const T extends readonly [string, ...string[]]>(of: T) {
  return z.array(z.enum(of)).min(1, { error: "The row does nothing." }).describe("What is done, in this order.");
}

const row = z
  .discriminatedUnion("on", [
    z.strictObject({
      on: z.literal("pull_request").describe("A pull request is opened or changed."),
      into,
      in: within.optional(),
      do: steps(["check", "plan", "comment"]),
    }),
    z.strictObject({
      on: z.literal("merge").describe("A pull request was merged."),
      into,
      in: within,
      do: steps(["plan", "gate", "apply", "verify"]),
    }),
    z.strictObject({
      on: z.literal("dispatch").describe("Somebody starts it by hand."),
      job: z.string().min(1).max(100).describe("The name people start it by."),
      ref: name
        .optional()
        .describe("The branch class or release that it delivers. Default: any that `appliesFrom` names."),
      in: within.optional(),
      do: steps(["plan", "gate", "apply", "verify", "release"]),
      needs: z
        .array(z.string())
        .optional()
        .describe('What has to be there first: "test applied", "prod planned". For a release.'),
    }),
  ])
  .describe("One row of the trigger matrix: what happens, where, and what is done then.");

const apply = z
  .strictObject({
    plan: z.literal("stored").optional().describe("The stored plan that people approved is applied, and no other."),
    ifStateMoved: z
      .enum(["fail", "same-meaning", "ask-again"])
      .optional()
      .describe(
        "When the state moved since the plan was made: refuse; plan anew and go on if it means the same; or plan anew and ask again. Default: same-meaning.",
      ),
    maxAge: duration.optional().describe("How old a stored plan may be when it is applied. Default: 14d."),
  })
  .describe("What is applied, and when it no longer may be.");

const allow = z
  .strictObject({
    providers: words
      .optional()
      .describe(
        'Providers that may be started: "hashicorp/aws", with `*`. Those built into the tool always may. Default: hashicorp/*.',
      ),
    provisioners: z
      .array(z.enum(["local-exec", "remote-exec", "file"]))
      .optional()
      .describe("Provisioners that may run. Default: none."),
    externalData: z.boolean().optional().describe("Whether `external` data sources may run programs. Default: false."),
  })
  .describe("What may run code while planning and applying.");

const team = z
  .union(
    [
      z.string().regex(/^[A-Za-z0-9][A-Za-z0-9-]*\/[A-Za-z0-9][A-Za-z0-9._-]*$/, {
        error: (issue) => `"${issue.input}" is not a team; write organisation/team, or a list of logins.`,
      }),
      z.array(login).min(1, { error: "An empty list names nobody." }),
    ],
    { error: "A team is organisation/team on the forge, or a list of logins." },
  )
  .describe("A team on the forge, organisation/team, or a list of logins.");

export const flowSchema = z.strictObject({
  version: z.literal(1).describe("Version of this file's format."),
  host: z
    .enum(["actions", "server"])
    .optional()
    .describe("What runs the flow: GitHub Actions, or plangate's own server. Default: actions."),
  assurance: z
    .enum(["solo", "team", "regulated"])
    .optional()
    .describe(
      "How much people have to be kept apart: solo has one person, regulated takes no exceptions. Default: team.",
    ),
  tool: z
    .enum(["terraform", "opentofu"])
    .optional()
    .describe("The program that plans and applies. Default: terraform."),
  teams: z.record(name, team).optional().describe("Who people are, by names that the rest of the file uses."),
  branches: z.record(name, branch).describe("Who may go where: classes of branches, and what may be merged into them."),
  environments: z.record(name, environment).describe("What exists: places where stacks are applied."),
  stacks: z
    .array(stack)
    .min(1, { error: "Name at least one root module." })
    .describe("What exists: root modules, and where."),
  releases: z.array(release).optional().describe("Versions that are tagged and delivered."),
  when: z
    .array(row)
    .min(1, { error: "Without a row nothing ever happens." })
    .describe("What happens when: the trigger matrix."),
  apply: apply.optional(),
  allow: allow.optional(),
});

/** The file as written: every default still open. */
export type WrittenFlow = z.output<typeof flowSchema>;
export type WrittenRow = z.output<typeof row>;
