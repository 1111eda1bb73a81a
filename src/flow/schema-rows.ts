import * as z from "zod";
import { list, name } from "./schema-words.ts";

/** What happens when: the rows of the trigger matrix, one shape for each trigger. */

const into = name.optional().describe("Class of the branch that the pull request goes into. Default: any.");
const to = name.optional().describe("Class of the branch that is pushed to. Default: any.");
const within = name.optional().describe("The environment.");
const workflow = z
  .string()
  .min(1)
  .max(100)
  .optional()
  .describe("What the workflow is called that carries the row out.");
const gate = name.optional().describe("A gate of the row's own, besides the environment's approvals.");
const ref = name
  .optional()
  .describe("The branch class or release that it delivers. Default: any that `appliesFrom` names.");
const job = z.string().min(1).max(100);

function steps<const T extends readonly [string, ...string[]]>(of: T) {
  return list(z.enum(of)).min(1, { error: "The row does nothing." }).describe("What is done, in this order.");
}

const one = z.discriminatedUnion("on", [
  z.strictObject({
    on: z.literal("pull_request").describe("A pull request is opened or changed."),
    workflow,
    into,
    in: within,
    do: steps(["check", "plan", "comment", "artifact", "gate", "apply", "verify", "destroy"]),
    gate,
  }),
  z.strictObject({
    on: z.literal("merge").describe("A pull request was merged."),
    workflow,
    into,
    in: within,
    do: steps(["plan", "gate", "apply", "verify"]),
    gate,
  }),
  z.strictObject({
    on: z.literal("push").describe("Commits were pushed to a branch."),
    workflow,
    to,
    in: within,
    do: steps(["check", "plan", "comment", "artifact", "gate", "apply", "verify"]),
    gate,
  }),
  z.strictObject({
    on: z.literal("dispatch").describe("Somebody starts it by hand."),
    workflow,
    job: job.describe("The name people start it by."),
    ref,
    in: within,
    do: steps(["plan", "plan-destroy", "gate", "apply", "verify", "destroy", "release"]),
    gate,
    thenOffer: job.optional().describe("The job that people are offered when this one has ended."),
    needs: list(z.string())
      .optional()
      .describe('What has to be there first: "test applied", "prod planned". For a release.'),
  }),
  z.strictObject({
    on: z.literal("schedule").describe("The clock says so."),
    workflow,
    cron: z.string().min(1).max(100).describe("Minute, hour, day of the month, month, day of the week; UTC."),
    in: within,
    do: steps(["drift"]),
    drift: z
      .enum(["detect", "propose", "apply"])
      .optional()
      .describe(
        "What is done about drift: report it, plan what would put it right, or apply that, past every gate that stands there. Default: detect.",
      ),
  }),
  z.strictObject({
    on: z.literal("release").describe("A release was made."),
    workflow,
    ref: name.optional().describe("Which release. Default: any that `appliesFrom` names."),
    in: within,
    do: steps(["plan", "gate", "apply", "verify"]),
    gate,
  }),
]);

const several = z.strictObject({
  on: list(z.enum(["pull_request", "push"]))
    .min(1, { error: "An empty list never happens." })
    .describe("A pull request is opened or changed, or commits were pushed."),
  workflow,
  into,
  to,
  in: within,
  do: steps(["check", "plan", "comment", "artifact"]),
});

export const row = z
  .union([one, several])
  .describe("One row of the trigger matrix: what happens, where, and what is done then.");

export type WrittenRow = z.output<typeof row>;
