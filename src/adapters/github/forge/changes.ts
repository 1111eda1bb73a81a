import * as z from "zod";
import type { Forge } from "../../../delivery/ports.ts";
import { DeliveryError } from "../../../domain/errors.ts";
import type { CommitSha } from "../../../domain/names.ts";
import { answerOf } from "../failure.ts";
import { tell } from "../settings/connection.ts";
import { question } from "./graphql.ts";
import * as queries from "./queries.ts";
import { make } from "./rest.ts";
import type { Room } from "./room.ts";
import { name, nodes } from "./schema.ts";
import { shortened } from "./shorten.ts";

/** What GitHub takes as the summary of a check, in bytes. */
const longestSummary = 65_535;

/** As long as GitHub takes it, whatever its characters are. */
function summaryOf(text: string): string {
  const bytes = Buffer.byteLength(text);
  if (bytes <= longestSummary) return text;
  return shortened(text, Math.floor(longestSummary / 4));
}

/** Called `plangate`, and not as the check that merging waits for: that one is a job of the change's own workflow. */
export function reportCheck(
  { to }: Room,
  commit: CommitSha,
  check: Parameters<Forge["reportCheck"]>[1],
): Promise<void> {
  const { passed, summary } = check;
  const output = {
    title: passed ? "The change can be planned" : "Something is wrong",
    summary: summaryOf(summary),
  };
  return tell(to, {
    route: "POST /repos/{owner}/{repo}/check-runs",
    with: {
      name: "plangate",
      head_sha: commit,
      status: "completed",
      conclusion: passed ? "success" : "failure",
      output,
    },
    doing: { what: `reporting on ${commit.slice(0, 12)}`, right: "Checks (write)" },
  });
}

const between = z.object({
  repository: z.object({ pullRequests: nodes(z.object({ number: z.int(), isCrossRepository: z.boolean() })) }),
});

/** The open pull request between two branches of the repository; one from a fork's branch of that name is another. */
export async function openBetween(room: Room, head: string, base: string): Promise<number | null> {
  const doing = { what: `looking for a pull request from ${head} to ${base}`, right: "Pull requests (read)" };
  const { repository } = await question(room, between, { text: queries.openBetween, of: { head, base }, doing });
  return repository.pullRequests.find(({ isCrossRepository }) => !isCrossRepository)?.number ?? null;
}

const ofForks = z.object({
  repository: z.object({
    pullRequests: nodes(z.object({ number: z.int(), isCrossRepository: z.boolean(), baseRefName: name })),
  }),
});

/** Among the open pull requests that were made last, those from forks. */
export async function openForks(room: Room): Promise<readonly { readonly number: number; readonly base: string }[]> {
  const doing = { what: "looking for pull requests from forks", right: "Pull requests (read)" };
  const { repository } = await question(room, ofForks, { text: queries.openForks, doing });
  return repository.pullRequests
    .filter(({ isCrossRepository }) => isCrossRepository)
    .map(({ number, baseRefName }) => ({ number, base: baseRefName }));
}

const opened = z.object({ number: z.int() });

export async function openPullRequest(
  room: Room,
  { head, base, title, body }: Parameters<Forge["openPullRequest"]>[0],
): Promise<{ readonly number: number; readonly opened: boolean }> {
  const open = await openBetween(room, head, base);
  if (open !== null) return { number: open, opened: false };
  const what = `opening a pull request from ${head} to ${base}`;
  try {
    const { number } = await make(room.to, opened, {
      route: "POST /repos/{owner}/{repo}/pulls",
      with: { head, base, title, body },
      doing: { what, right: "Pull requests (write)" },
    });
    return { number, opened: true };
  } catch (error) {
    throw forbiddenToActions(error, what) ?? error;
  }
}

/** A workflow's token opens none unless the repository lets it, and GitHub tells no permission that would. */
function forbiddenToActions(error: unknown, what: string): DeliveryError | undefined {
  const cause = error instanceof DeliveryError ? error.cause : undefined;
  if (!/not permitted to create/i.test(answerOf(cause)?.message ?? "")) return undefined;
  return new DeliveryError({
    code: "right-missing",
    message: `${what}: GitHub lets no workflow open pull requests here`,
    reaction: "stop",
    hint: "Use `identity: app`, or let workflows create pull requests in the repository's settings under Actions; what a workflow's token opens starts no workflows.",
    cause,
  });
}
