import * as z from "zod";
import type { PersonalAnswer } from "../../../domain/answer.ts";
import { DeliveryError } from "../../../domain/errors.ts";
import type { Instant } from "../../../domain/names.ts";
import { answerOf } from "../failure.ts";
import { ask, askAll } from "../settings/connection.ts";
import { nothingNamed } from "./answers.ts";
import type { Room } from "./room.ts";
import { commit, instant, name, restAccount } from "./schema.ts";

const run = z.object({
  head_sha: commit,
  head_branch: name.nullable(),
  head_repository: z.object({ full_name: name }).nullable(),
  event: name,
  created_at: instant,
});
const approval = z.object({
  environments: z.array(z.object({ name })).max(100),
  state: z.string(),
  user: restAccount,
});
const deployment = z.object({ sha: commit, created_at: instant, creator: restAccount });

const right = "Actions (read)";

/**
 * What reviewers said at a gate, in order of the runs that waited there: each about the plans that its run would go on
 * with, since nothing else was in front of them: of two runs of one stack that wait at one gate, a yes to the one says nothing
 * of the other. GitHub keeps who opened a gate and not when: an answer counts as given when
 * the gate began to wait, which was before it, so that it never counts for a plan that was shown later. Runs that are not of
 * the default branch are nobody's gate, and nor is one that was deleted, which everybody with write access can do: what was
 * said there is to be said again.
 */
export async function gateAnswers(room: Room, gate: string): Promise<readonly PersonalAnswer[]> {
  const answers: PersonalAnswer[] = [];
  for (const { run: run_id, asked } of await room.about.runsAtGate(gate)) {
    const approvals = await unlessDeleted(
      ask(room.to, z.array(approval).max(1000), {
        route: "GET /repos/{owner}/{repo}/actions/runs/{run_id}/approvals",
        with: { run_id },
        doing: { what: `reading who opened gates of run ${run_id}`, right },
      }),
    );
    const here = (approvals ?? []).filter(({ environments }) => environments.some((one) => one.name === gate));
    const at = here.length === 0 ? null : await waitedSince(room, gate, run_id);
    if (at === null) continue;
    for (const { state, user } of here) {
      if (!user.person || (state !== "approved" && state !== "rejected")) continue;
      const says = state === "approved" ? "approve" : "reject";
      for (const { stack, plan } of asked)
        answers.push({ ...nothingNamed, by: user.login, at, via: "gate", says, environment: gate, stack, plan });
    }
  }
  return answers.sort((left, right) => left.at - right.at);
}

/** Since when a run of the default branch waited at the gate; null for any other run. More that claim to wait make it earlier at most. */
async function waitedSince({ to, about }: Room, gate: string, run_id: number): Promise<Instant | null> {
  const told = await unlessDeleted(
    ask(to, run, {
      route: "GET /repos/{owner}/{repo}/actions/runs/{run_id}",
      with: { run_id },
      doing: { what: `reading run ${run_id}`, right },
    }),
  );
  if (told === null) return null;
  const own = told.head_repository?.full_name.toLowerCase() === `${about.owner}/${about.repo}`.toLowerCase();
  if (!own || told.event.startsWith("pull_request") || told.head_branch !== (await defaultBranch(to))) return null;
  const deployments = await askAll(to, deployment, {
    route: "GET /repos/{owner}/{repo}/deployments",
    // Those that GitHub makes for jobs: ours tell of applies.
    with: { environment: gate, sha: told.head_sha, task: "deploy" },
    doing: { what: `reading what waited at the gate ${gate}`, right: "Deployments (read)" },
  });
  const since = deployments.map(({ created_at }) => created_at).filter((at) => at >= told.created_at);
  return since.length === 0 ? null : Math.min(...since);
}

/** Null where the run is not there any more. A right that is missing is told otherwise, and fails. */
async function unlessDeleted<T>(asked: Promise<T>): Promise<T | null> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof DeliveryError && answerOf(error.cause)?.status === 404) return null;
    throw error;
  }
}

const repository = z.object({ default_branch: name });

export async function defaultBranch(to: Room["to"]): Promise<string> {
  const doing = { what: "reading the repository", right: "Metadata (read)" };
  return (await ask(to, repository, { route: "GET /repos/{owner}/{repo}", doing })).default_branch;
}
