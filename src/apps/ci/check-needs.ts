import * as z from "zod";
import { handOverJob } from "../../compile/names.ts";
import { DeliveryError } from "../../domain/errors.ts";
import { tableCode } from "../../views/inert.ts";
import { mayHave, mustHave } from "./job.ts";
import type { Ci, CiResult } from "./open-job.ts";
import { readPayload } from "./payload.ts";

const schema = z.record(
  z.string().max(300),
  z.object({
    result: z.enum(["success", "failure", "cancelled", "skipped"]),
    /** For a job that plans: whether something was ordered of it. */
    ordered: z.boolean().optional(),
  }),
);

type Need = z.output<typeof schema>[string];

/**
 * Green only where each job that this one needs did its work, or had none: a job that is skipped proves nothing. For a fork
 * nobody plans and nobody hands over, so that is no work of theirs; what has no identity is checked all the same. Nothing is
 * applied for a green check: what a fork brings is planned, shown and approved once it is merged.
 */
export function checkCommand({ env, outputs }: Pick<Ci, "env" | "outputs">): CiResult {
  const needs = Object.entries(parse(mustHave(env, "PLANGATE_NEEDS")));
  if (needs.length === 0) throw unreadable("it names no job, so nothing was looked at");
  const fork = isOfFork(env);
  const verdicts = needs.map(([name, need]) => ({ name, ...need, ...verdictOn({ name, need, fork }) }));
  const bad = verdicts.filter(({ problem }) => problem !== null);
  const unplanned = verdicts.filter(({ note }) => note !== null);
  outputs.summary(
    ["| job | result | |", "|---|---|---|"]
      .concat(
        verdicts.map(
          ({ name, result, problem, note }) => `| ${tableCode(name)} | ${result} | ${problem ?? note ?? ""} |`,
        ),
      )
      .join("\n"),
  );
  return {
    exitCode: bad.length === 0 ? 0 : 1,
    text:
      bad.length === 0
        ? [
            `${verdicts.length} jobs did their work, or had none.`,
            ...unplanned.map(({ name, note }) => `${name}: ${note}`),
          ].join("\n")
        : bad.map(({ name, problem }) => `${name}: ${problem}`).join("\n"),
    fields: { jobs: verdicts.map(({ name, result, problem }) => ({ job: name, result, problem })) },
  };
}

interface Verdict {
  readonly problem: string | null;
  readonly note: string | null;
}

function verdictOn({
  name,
  need,
  fork,
}: {
  readonly name: string;
  readonly need: Need;
  readonly fork: boolean;
}): Verdict {
  const isNotOfForks = need.ordered !== undefined || name === handOverJob;
  if (!fork || !isNotOfForks || need.result !== "skipped") return { problem: problemOf(need), note: null };
  const isAsked = need.ordered !== false;
  return {
    problem: null,
    note: isAsked ? "not done for a fork; somebody who may merge reads the code and comments /plangate plan" : null,
  };
}

function problemOf({ result, ordered }: Need): string | null {
  if (result === "failure") return "it failed; its log says why";
  if (result === "cancelled") return "it was cancelled; run it again";
  if (result === "success")
    return ordered === false ? "it ran though nothing was ordered of it; look at the workflow" : null;
  return ordered === false ? null : "it was skipped and so looked at nothing; see what it needs, and run it again";
}

const ofChange = z.object({
  pull_request: z.object({ head: z.object({ repo: z.object({ id: z.int() }).nullable() }) }),
  repository: z.object({ id: z.int() }),
});

/** Whether the check is of a fork's pull request, by GitHub's own event. */
function isOfFork(env: Ci["env"]): boolean {
  const file = mayHave(env, "GITHUB_EVENT_PATH");
  if (file === null) return false;
  try {
    const of = ofChange.safeParse(readPayload({ event: { name: "pull_request", file } }).body).data;
    return of !== undefined && of.pull_request.head.repo?.id !== of.repository.id;
  } catch (error) {
    if (error instanceof DeliveryError && error.code === "event-malformed") return false;
    throw error;
  }
}

function parse(text: string): z.output<typeof schema> {
  let written: unknown;
  try {
    written = JSON.parse(text);
  } catch {
    throw unreadable("it is no JSON");
  }
  const parsed = schema.safeParse(written);
  if (!parsed.success) throw unreadable("it does not give each job with its result");
  return parsed.data;
}

function unreadable(why: string): DeliveryError {
  return new DeliveryError({
    code: "setting-wrong",
    message: `reading PLANGATE_NEEDS: ${why}`,
    reaction: "stop",
    hint: 'It is JSON such as {"touched": {"result": "success"}, "plan-dev": {"result": "skipped", "ordered": false}}.',
  });
}
