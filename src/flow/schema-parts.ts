import * as z from "zod";
import { command, count, list, name, names, oneOrMore, path, people, words } from "./schema-words.ts";

/** What exists and who may go where: the entries under `branches`, `environments`, `stacks` and `releases`. */

const reviews = z
  .strictObject({
    count: count.optional().describe("How many people approve a pull request before it may be merged. Default: 1."),
    by: people
      .optional()
      .describe("Whose approval counts: a team, or a list of logins. Default: anybody who may review."),
  })
  .describe("What a pull request into the branch needs before it may be merged.");

export const branch = z
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
    notBy: list(z.enum(["writers", "triggerer"]))
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

export const environment = z
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

export const stack = z
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
    vars: list(path).optional().describe("Files of variables, from the repository's top. {stack}, {environment}."),
    verify: list(command)
      .optional()
      .describe("Commands that prove that an apply works, run in the root module. {stack}, {environment}."),
  })
  .describe(
    "Root modules, and the environments that each exists in. One root in one environment is a stack: prod/network.",
  );

export const release = z
  .strictObject({
    id: name.describe("What `appliesFrom` and `ref` call it."),
    of: z.enum(["project"]).optional().describe("What is released: the whole repository."),
    tag: z.string().min(1).describe("The Git tag: `v{version}`."),
    from: name.describe("The branch that releases are made from."),
  })
  .describe("Semantic versions as Git tags.");
