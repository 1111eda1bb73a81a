import * as z from "zod";
import { because, count, duration, instant, list, named, names, people } from "./schema-words.ts";

/** Who may say yes, and what exists: the entries under `gates` and `environments`. */

export const gate = z
  .strictObject({
    count: count.optional().describe("How many different people approve each plan. Default: 1."),
    by: people.describe("Whose approval counts: a team, or a list of logins."),
    notBy: list(z.enum(["writers", "triggerer"]))
      .optional()
      .describe(
        "Whose approval does not count, though `by` names them. Default: writers, where a dispatch or a release applies also triggerer. Naming fewer needs `because`.",
      ),
    because: because.optional().describe("Why fewer people are left out than by default."),
  })
  .describe("Who has to approve a plan before it is carried out. One approval counts for the plan that was shown.");

const freeze = z
  .strictObject({
    from: instant.describe("When it begins."),
    to: instant.describe("When it ends."),
    because: z.string().min(1).optional().describe("Why, for the people whose apply waits."),
  })
  .describe("A time in which no apply begins, whatever `windows` says.");

const emergency = z
  .strictObject({
    label: z
      .string()
      .min(1)
      .max(50)
      .describe("Label on the pull request. It counts only when somebody set it whom `approvals` names."),
    waives: list(z.enum(["windows"]))
      .min(1, { error: "An empty list waives nothing." })
      .describe("What it waives: windows and freezes. Never a person."),
    review: duration.optional().describe("By when somebody reviews what was done. Default: 48h."),
  })
  .describe("How an apply begins outside of the windows when it cannot wait.");

const runtimeOwned = z
  .strictObject({
    address: z.string().min(1).describe("Glob over resource addresses: `aws_route.private[*]`."),
    path: z.string().min(1).describe("Glob over the path inside the resource: `network_interface_id`."),
  })
  .describe("A value that something other than Terraform sets while the system runs.");

const aws = z
  .strictObject({
    profile: z.string().min(1).optional().describe("Name of a profile in the AWS configuration."),
    role: z
      .string()
      .regex(/^arn:[a-z-]+:iam::\d{12}:role\/.+$/, { error: (issue) => `"${issue.input}" is not the ARN of a role.` })
      .optional()
      .describe("ARN of the role that is taken on."),
    account: z
      .string({ error: "An account is twelve digits in quotes." })
      .regex(/^\d{12}$/, { error: (issue) => `"${issue.input}" is not an account: write its twelve digits in quotes.` })
      .optional()
      .describe("Account that the identities of workflows are made in. Default: that of `role`."),
  })
  .describe("A profile, or a role; and the account of workflows.");

const gcp = z
  .strictObject({
    serviceAccount: z
      .string()
      .regex(/^[^@\s]+@[^@\s]+$/, { error: (issue) => `"${issue.input}" is not the address of a service account.` })
      .optional()
      .describe("Address of the service account that is impersonated."),
    project: z
      .string()
      .regex(/^[a-z][a-z0-9-]{4,28}[a-z0-9]$/, { error: (issue) => `"${issue.input}" is not the id of a project.` })
      .optional()
      .describe("Id of the project that the identities of workflows are made in. Default: that of `serviceAccount`."),
  })
  .describe("A service account; and the project of workflows.");

const identity = z
  .strictObject({ aws: aws.optional(), gcp: gcp.optional() })
  .describe("Whom a local command acts as in the cloud, and where workflows have identities of their own.");

const value = z.union([z.string(), z.number(), z.boolean()], {
  error: "A value that is expected is a text, a number, true or false.",
});

const windows = z.union(
  [
    z.literal("always"),
    list(z.string().min(1)).min(1, { error: "An empty list would never let an apply begin; write `always`." }),
  ],
  { error: "Windows are `always`, or a list of times such as Mon-Thu 08:00-16:00 Europe/Berlin." },
);

export const environment = z
  .strictObject({
    kind: z
      .enum(["ephemeral", "dev", "test", "stage", "prod"])
      .optional()
      .describe(
        "What the environment is for. Stage and prod are gated; there is one ephemeral environment for each pull request. Default: the name, when it is one of these.",
      ),
    appliesFrom: names
      .min(1, { error: "An empty list lets nothing reach the environment; name a branch class or a release." })
      .describe("Branch classes and releases whose commits may be applied here."),
    per: z
      .literal("pull_request")
      .optional()
      .describe("There is one for each open pull request, with a state of its own: ephemeral-12."),
    ttl: duration.optional().describe("How long one for a pull request stands before it is destroyed. Default: 4h."),
    heldBy: z
      .literal("branch")
      .optional()
      .describe("A stack belongs to the first branch that applied it, until that is merged, deleted or freed."),
    approvals: gate.optional(),
    after: names.optional().describe("Environments where the same change has to be applied and verified first."),
    destroyable: z.boolean().optional().describe("Whether everything in it may be destroyed. Default: false."),
    windows: windows.optional().describe("When applies may begin. Default: always."),
    freezes: list(freeze).optional().describe("When they may not, whatever the windows say."),
    emergency: emergency.optional(),
    expect: named(50, value)
      .optional()
      .describe("Values that variables of the root modules have here: `az_count: 3`. A plan with another is refused."),
    runtimeOwned: list(runtimeOwned)
      .optional()
      .describe("Values that something else sets while the system runs: drift and comparisons leave them out."),
    identity: identity.optional(),
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
