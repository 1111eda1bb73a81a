import * as z from "zod";
import { environment, gate } from "./schema-environment.ts";
import { branch, release, stack } from "./schema-parts.ts";
import { row } from "./schema-rows.ts";
import { duration, emptyList, limits, list, login, named, words } from "./schema-words.ts";

/**
 * The flow file as people write it. Strict: a key that nothing honours is an error, never ignored. Defaults are filled
 * in by `normalise.ts`, what must hold between the parts is checked in `checks/`; the JSON Schema that editors use is
 * made from here.
 */

const apply = z
  .strictObject({
    plan: z
      .enum(["stored", "fresh"])
      .optional()
      .describe("stored: a merge applies the plan that people approved. fresh: it plans anew. Default: stored."),
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
    provisioners: list(z.enum(["local-exec", "remote-exec", "file"]))
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
      list(login).min(1, { error: emptyList }),
    ],
    { error: "A team is organisation/team on the forge, or a list of logins." },
  )
  .describe("A team on the forge, organisation/team, or a list of logins.");

const repository = z
  .strictObject({
    owner: z
      .string()
      .regex(/^[A-Za-z0-9][A-Za-z0-9-]*$/)
      .describe("Who owns it."),
    name: z
      .string()
      .regex(/^[A-Za-z0-9._-]+$/)
      .describe("What it is called."),
    ownerId: z.int().min(1).optional().describe("The owner's number on the forge, which no other ever gets."),
    id: z.int().min(1).optional().describe("The repository's number on the forge, which no other ever gets."),
    app: z
      .string()
      .regex(/^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/)
      .max(100)
      .optional()
      .describe(
        "The GitHub App that plangate acts as here, by the name in its address: it alone passes rules that nobody else may pass.",
      ),
  })
  .describe(
    "Who the repository is on the forge. With the numbers, whoever takes over a name that came free is a stranger.",
  );

const bundlePrefix = z
  .string()
  .max(200)
  .regex(/^(?:[A-Za-z0-9][A-Za-z0-9._=-]*\/)+$/, {
    error: (issue) => `"${issue.input}" is no beginning of names; write plans/, with a slash at the end.`,
  })
  .optional()
  .describe("What the names of all objects begin with, a slash at the end: plans/. Default: nothing.");

const bundles = z
  .strictObject({
    s3: z
      .strictObject({
        bucket: z
          .string()
          .regex(/^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/, {
            error: (issue) =>
              `"${issue.input}" is not the name of a bucket: 3 to 63 small letters, digits and hyphens, since its address has no certificate with a dot in it.`,
          })
          .describe("The bucket, which nothing else writes to below the prefix."),
        region: z
          .string()
          .regex(/^[a-z]{2,5}(?:-[a-z]+)+-\d{1,2}$/, {
            error: (issue) => `"${issue.input}" is not a region; write eu-central-1.`,
          })
          .describe("The region that it is in."),
        prefix: bundlePrefix,
        account: z
          .string()
          .regex(/^\d{12}$/, { error: (issue) => `"${issue.input}" is not the number of an account: 12 digits.` })
          .optional()
          .describe("Number of the account that the identity is made in which keeps bundles."),
      })
      .optional()
      .describe("A bucket of S3."),
    gcs: z
      .strictObject({
        bucket: z
          .string()
          .regex(/^[a-z0-9][a-z0-9._-]{1,61}[a-z0-9]$/, {
            error: (issue) => `"${issue.input}" is not the name of a bucket.`,
          })
          .describe("The bucket, which nothing else writes to below the prefix."),
        prefix: bundlePrefix,
        project: z
          .string()
          .regex(/^[a-z][a-z0-9-]{4,28}[a-z0-9]$/, { error: (issue) => `"${issue.input}" is not the id of a project.` })
          .optional()
          .describe("Id of the project that the identity is made in which keeps bundles."),
      })
      .optional()
      .describe("A bucket of Google Cloud Storage."),
  })
  .refine(({ s3, gcs }) => (s3 === undefined) !== (gcs === undefined), {
    error: "Bundles are kept in one place: write `s3` or `gcs`.",
  })
  .describe(
    "Where GitHub Actions keep stored plans, closed and signed: in a bucket, for as long as it keeps them. Default: in artifacts of workflow runs, which GitHub deletes.",
  );

const required = z
  .strictObject({
    pull_request: z
      .strictObject({
        sections: list(z.string().min(1).max(100))
          .optional()
          .describe("Headings that its text has, with words below them: why, rollback."),
        deletions: z
          .enum(["acknowledged", "free"])
          .optional()
          .describe("Whether somebody has to say in so many words that what a plan deletes is meant. Default: free."),
      })
      .optional()
      .describe("What a pull request needs."),
    checks: list(z.enum(["fmt", "validate", "tflint", "tfsec"]))
      .optional()
      .describe("Static checks that have to pass: fmt, validate, and on GitHub Actions tflint, tfsec. Default: none."),
  })
  .describe("What must hold.");

function notVersion(input: unknown): string {
  return `"${String(input)}" is not an exact version; write 1.11.4.`;
}

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
  toolVersion: z
    .string({ error: (issue) => notVersion(issue.input) })
    .regex(/^\d+\.\d+\.\d+(?:-[0-9a-z.]+)?$/, { error: (issue) => notVersion(issue.input) })
    .optional()
    .describe(
      "Its exact version, which the workflows of GitHub Actions install: 1.11.4. Default: one that plangate was tested with.",
    ),
  identity: z
    .enum(["token", "app"])
    .optional()
    .describe(
      "Whom plangate acts as on GitHub Actions: the token that each workflow is given, or a GitHub App of its own. Default: token.",
    ),
  sweep: z
    .enum(["15m", "30m", "1h", "3h", "6h"])
    .optional()
    .describe(
      "How often plangate on GitHub Actions looks, by itself, at what waits: a run of one short job each time. Default: 15m.",
    ),
  repository: repository.optional(),
  teams: named(limits.teams, team).optional().describe("Who people are, by names that the rest of the file uses."),
  branches: named(limits.branches, branch).describe(
    "Who may go where: classes of branches, and what may be merged into them.",
  ),
  gates: named(limits.gates, gate)
    .optional()
    .describe("Who may say yes: questions that rows of `when` ask, besides the `approvals` of an environment."),
  environments: named(limits.environments, environment).describe("What exists: places where stacks are applied."),
  stacks: z
    .array(stack)
    .min(1, { error: "Name at least one root module." })
    .max(limits.stacks, { error: `There may be ${limits.stacks} entries at most.` })
    .describe("What exists: root modules, and where."),
  releases: z
    .array(release)
    .max(limits.releases, { error: `There may be ${limits.releases} entries at most.` })
    .optional()
    .describe("Versions that are tagged and delivered."),
  when: z
    .array(row)
    .max(limits.when, { error: `There may be ${limits.when} rows at most.` })
    .min(1, { error: "Without a row nothing ever happens." })
    .describe("What happens when: the trigger matrix."),
  apply: apply.optional(),
  bundles: bundles.optional(),
  allow: allow.optional(),
  require: required.optional(),
});

/** The file as written: every default still open. */
export type WrittenFlow = z.output<typeof flowSchema>;
