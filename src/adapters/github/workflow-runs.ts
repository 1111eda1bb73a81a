import * as z from "zod";
import { DeliveryError } from "../../domain/errors.ts";
import { type CommitSha, emailLogin, type Login, parseCommitSha, parseLogin } from "../../domain/names.ts";
import { type ClientAbout, openClient } from "./client.ts";
import { answerOf } from "./failure.ts";
import { ask, askAll, type Connection, tell } from "./settings/connection.ts";

/** A run of a workflow, as GitHub tells it. */
export interface WorkflowRun {
  /** From the repository's top: `.github/workflows/plangate-change.yml`. */
  readonly workflow: string;
  readonly attempt: number;
  /** Whether any job of it may still do something. */
  readonly going: boolean;
  /** The commit whose workflow file ran; of a pull request, its head. */
  readonly head: CommitSha;
  /** What started it, such as `push`, and the branch or tag that it ran for; null where GitHub names none. */
  readonly event: string;
  readonly ref: string | null;
  /** Whether it ran for a branch of this repository, and not of a fork. */
  readonly fromHere: boolean;
  readonly by: Login;
}

/** Runs of workflows, as a job's own token sees them. */
export interface WorkflowRuns {
  /** `undefined` when the repository has no such run. */
  run(id: number): Promise<WorkflowRun | undefined>;
  /** Whether nothing is left of a run's newest attempt but jobs that wait for people: none of those has begun. */
  onlyWaits(id: number): Promise<boolean>;
  /** Starts a workflow of the default branch, with these inputs. */
  start(workflow: string, branch: string, inputs: Readonly<Record<string, string>>): Promise<void>;
}

const name = z.string().max(1024);
const run = z.object({
  path: name,
  event: name,
  head_branch: name.nullable(),
  run_attempt: z.int().min(1),
  status: name.nullable(),
  head_sha: z.string().transform((text, context): CommitSha => {
    const sha = parseCommitSha(text);
    if (sha !== undefined) return sha;
    context.issues.push({ code: "custom", message: "it is no commit id", input: text });
    return z.NEVER;
  }),
  head_repository: z.object({ full_name: name }).nullish(),
  triggering_actor: z.object({ login: name }).nullish(),
});

const job = z.object({ status: name });

const right = "Actions (read)";

export function openWorkflowRuns(about: ClientAbout & { readonly owner: string; readonly repo: string }): WorkflowRuns {
  const { owner, repo } = about;
  const to: Connection = { octokit: openClient(about), owner, repo };
  return {
    run: async (id) => {
      const doing = { what: `reading run ${id} of ${owner}/${repo}`, right };
      try {
        const found = await ask(to, run, {
          route: "GET /repos/{owner}/{repo}/actions/runs/{run_id}",
          with: { run_id: id },
          doing,
        });
        return seenRun(found, `${owner}/${repo}`);
      } catch (error) {
        if (error instanceof DeliveryError && answerOf(error.cause)?.status === 404) return undefined;
        throw error;
      }
    },
    onlyWaits: async (id) => {
      const doing = { what: `reading the jobs of run ${id} of ${owner}/${repo}`, right };
      const route = "GET /repos/{owner}/{repo}/actions/runs/{run_id}/jobs";
      const jobs = await askAll(to, job, { route, with: { run_id: id }, doing });
      const left = jobs.filter(({ status }) => status !== "completed");
      // Between two jobs there is none for a moment.
      return left.length > 0 && left.every(({ status }) => status === "waiting");
    },
    start: (workflow, branch, inputs) =>
      tell(to, {
        route: "POST /repos/{owner}/{repo}/actions/workflows/{workflow_id}/dispatches",
        with: { workflow_id: workflow, ref: branch, inputs },
        doing: { what: `starting ${workflow} of ${owner}/${repo}`, right: "Actions (write)" },
      }),
  };
}

function seenRun(found: z.output<typeof run>, repository: string): WorkflowRun {
  const from = found.head_repository?.full_name.toLowerCase();
  return {
    // Where the ref is told too, it stands behind the path.
    workflow: found.path.replace(/@.*$/s, ""),
    attempt: found.run_attempt,
    going: found.status !== "completed",
    head: found.head_sha,
    event: found.event,
    ref: found.head_branch,
    fromHere: from === repository.toLowerCase(),
    by: parseLogin(found.triggering_actor?.login ?? "") ?? emailLogin("nobody"),
  };
}
