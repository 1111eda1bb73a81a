import * as z from "zod";
import { branch, environment, release, stack } from "./schema-parts.ts";
import { duration, limits, list, login, name, named, words } from "./schema-words.ts";

/**
 * The flow file as people write it. Strict: a key that nothing honours is an error, never ignored. Defaults are filled
 * in by `normalise.ts`, what must hold between the parts is checked in `checks/`; the JSON Schema that editors use is
 * made from here.
 */

const into = name.describe("Class of the branch that the pull request goes into.");
const within = name.describe("The environment.");

function steps<const T extends readonly [string, ...string[]]>(of: T) {
  return list(z.enum(of)).min(1, { error: "The row does nothing." }).describe("What is done, in this order.");
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
      needs: list(z.string())
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
      list(login).min(1, { error: "An empty list names nobody." }),
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
  teams: named(limits.teams, team).optional().describe("Who people are, by names that the rest of the file uses."),
  branches: named(limits.branches, branch).describe(
    "Who may go where: classes of branches, and what may be merged into them.",
  ),
  environments: named(limits.environments, environment).describe("What exists: places where stacks are applied."),
  stacks: z
    .array(stack)
    .min(1, { error: "Name at least one root module." })
    .max(limits.stacks, { error: `There may be ${limits.stacks} entries at most.` })
    .describe("What exists: root modules, and where."),
  releases: z
    .array(release)
    .max(limits.releases, { error: "One release for now: the whole repository has one version." })
    .optional()
    .describe("Versions that are tagged and delivered."),
  when: z
    .array(row)
    .max(limits.when, { error: `There may be ${limits.when} rows at most.` })
    .min(1, { error: "Without a row nothing ever happens." })
    .describe("What happens when: the trigger matrix."),
  apply: apply.optional(),
  allow: allow.optional(),
});

/** The file as written: every default still open. */
export type WrittenFlow = z.output<typeof flowSchema>;
export type WrittenRow = z.output<typeof row>;
