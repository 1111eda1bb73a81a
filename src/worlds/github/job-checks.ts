import { InternalError } from "../../domain/errors.ts";
import { actionsBot } from "./bearer.ts";
import type { Hub } from "./hub.ts";
import type { KeptCheck, KeptJob, KeptRun } from "./kept.ts";
import { seat } from "./seats.ts";

/** What rules know of a check: one word. Skipped counts as passed. */
export function stateOf({ status, conclusion }: Pick<KeptCheck, "status" | "conclusion">) {
  if (status !== "completed") return "pending";
  return conclusion === "success" || conclusion === "neutral" || conclusion === "skipped" ? "success" : "failure";
}

/** Every job is a check run of the Actions app, of the same number, on the commit that its run is about. */
export async function noteJobCheck(hub: Hub, repository: string, { run, job }: { run: KeptRun; job: KeptJob }) {
  const { checks } = hub.kept(repository);
  const known = checks.find(({ id }) => id === job.id);
  const done = job.status === "completed";
  const now = {
    status: done ? "completed" : job.status === "waiting" ? "queued" : job.status,
    conclusion: done ? job.conclusion : null,
    completedAt: done ? job.completedAt : null,
  };
  if (known !== undefined) Object.assign(known, now);
  else
    checks.push({
      id: job.id,
      commit: run.head,
      name: job.name,
      app: actionsBot,
      startedAt: job.startedAt,
      externalId: null,
      detailsUrl: `${hub.url()}/${repository}/actions/runs/${run.id}/job/${job.id}`,
      output: { title: null, summary: null, text: null },
      annotations: [],
      ...now,
    });
  await seat(hub, repository, actionsBot);
  const about = { by: actionsBot, repository, commit: run.head, name: job.name, state: stateOf(now) } as const;
  const outcome = await hub.forge.act("status", about);
  if (!outcome.ok) throw new InternalError(outcome.blocked.message);
}
