/**
 * The third world: a repository that a new user set up on the look-alike GitHub, its compiled workflows run by a runner,
 * and people who do over GitHub's own interface what people do.
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Octokit } from "octokit";
import { at, infra } from "../github/small-github.ts";
import { linterPrograms } from "../linters/stand-ins.ts";
import { putLinters } from "./go-program.ts";
import { openRunner, type RanJob, type RanRun, type Runner, type RunnerAbout } from "./index.ts";
import { type Clone, openStage, type StageAbout, type UserStage } from "./stage.ts";
import { stateOf } from "./stage-files.ts";

export interface ThirdWorld {
  readonly stage: UserStage;
  readonly runner: Runner;
  /** Waits until nothing runs; gives the jobs that ran since this was last asked, as `jobsOf` tells them. */
  settled(): Promise<readonly string[]>;
  as(person: string): Person;
  /** What plangate has to say on a pull request or issue. */
  said(number: number): Promise<string>;
  /** The `value` that stands there; null when nothing does. */
  stands(environment: string, stack: string): string | null;
  /** How the newest deployment of each environment came out, by GitHub's own list. */
  deployments(): Promise<Readonly<Record<string, string>>>;
  /** What `plangate ledger verify` says of the record as it is on GitHub. */
  verified(): Promise<string>;
  close(): Promise<void>;
}

/** What people do over REST, as themselves. What GitHub refuses is given as its message. */
export interface Person {
  clone(): Promise<Clone>;
  issue(title: string): Promise<number>;
  opens(change: {
    readonly head: string;
    readonly base: string;
    readonly title?: string;
    readonly body?: string;
  }): Promise<number>;
  approves(number: number): Promise<void>;
  comments(number: number, body: string): Promise<void>;
  merges(number: number, method: "merge" | "squash" | "rebase"): Promise<"merged" | string>;
  dispatches(file: string, inputs: Readonly<Record<string, string>>): Promise<void>;
  /** Answers wherever a run waits at the gate; how many did. */
  answers(gate: string, says: "approved" | "rejected"): Promise<number | string>;
}

export async function openThirdWorld(about: StageAbout & Pick<RunnerAbout, "hooks">): Promise<ThirdWorld> {
  const { hooks = {} } = about;
  let runner: Runner | undefined;
  const stage = await openStage({
    ...about,
    async opened(opened) {
      const { github, dir, programs, secrets } = opened;
      putLinters(programs, linterPrograms(join(dir, "linters")));
      runner = openRunner({ github, repository: infra, dir: join(dir, "jobs"), programs, secrets, hooks });
      await about.opened?.(opened);
    },
  });
  if (runner === undefined) throw new Error("the stage never opened");
  return worldOn(stage, runner);
}

function worldOn(stage: UserStage, runner: Runner): ThirdWorld {
  const told = new Set<RanJob>();
  const root = async () => (await stage.as("root")).rest;
  return {
    stage,
    runner,
    async settled() {
      await runner.settled();
      return runner.runs.flatMap((run) =>
        run.jobs.flatMap((job) => {
          if (job.state !== "done" || job.conclusion === "skipped" || told.has(job)) return [];
          told.add(job);
          return [jobText(run, job)];
        }),
      );
    },
    as: (person) => personOn(stage, runner, person),
    async said(number) {
      const { data } = await (await root()).issues.listComments({ ...at, issue_number: number, per_page: 100 });
      return data
        .filter(({ user }) => user?.login === "github-actions[bot]")
        .map(({ body = "" }) => body)
        .join("\n");
    },
    stands(environment, stack) {
      const file = stateOf(stage.states, environment, stack);
      if (!existsSync(file)) return null;
      const state = JSON.parse(readFileSync(file, "utf8")) as State;
      return state.resources[0]?.instances[0]?.attributes.input.value.value ?? null;
    },
    async deployments() {
      const { repos } = await root();
      const { data } = await repos.listDeployments({ ...at, per_page: 100 });
      const newest = [...new Map(data.toReversed().map((one) => [one.environment, one])).values()];
      const states = newest.map(async ({ id, environment }) => {
        const { data: statuses } = await repos.listDeploymentStatuses({ ...at, deployment_id: id });
        return [environment, statuses[0]?.state ?? "none"] as const;
      });
      return Object.fromEntries((await Promise.all(states)).sort());
    },
    async verified() {
      const clone = await stage.cloneOf("root");
      await clone.git("fetch", "--quiet", "origin", "plangate/record:refs/remotes/origin/plangate/record");
      const { code, stdout, stderr } = await stage.plangate(["ledger", "verify", "--branch", "origin"]);
      return code === 0 ? stdout : `${code}: ${stdout}${stderr}`;
    },
    async close() {
      try {
        await runner.close();
      } finally {
        await stage.close();
      }
    },
  };
}

/** What is read of Terraform's state. */
interface State {
  readonly resources: readonly {
    readonly instances: readonly [{ readonly attributes: { readonly input: { readonly value: { value: string } } } }];
  }[];
}

/** A job as one line: `plangate.yml push: Apply to test / apply success`, with the end of its log where it failed. */
function jobText({ file, event }: RanRun, { name, conclusion, log }: RanJob): string {
  const shown = `${file.split("/").at(-1)} ${event}: ${name} ${conclusion}`;
  return conclusion === "success" ? shown : `${shown}\n${log.split("\n").slice(-12).join("\n")}`;
}

function personOn(stage: UserStage, runner: Runner, person: string): Person {
  const rest = async (): Promise<Octokit["rest"]> => (await stage.as(person)).rest;
  return {
    clone: () => stage.cloneOf(person),
    async issue(title) {
      return (await (await rest()).issues.create({ ...at, title })).data.number;
    },
    async opens({ head, base, title = `Merge ${head}`, body = "" }) {
      return (await (await rest()).pulls.create({ ...at, head, base, title, body })).data.number;
    },
    async approves(number) {
      await (await rest()).pulls.createReview({ ...at, pull_number: number, event: "APPROVE" });
    },
    async comments(number, body) {
      await (await rest()).issues.createComment({ ...at, issue_number: number, body });
    },
    async merges(number, method) {
      try {
        await (await rest()).pulls.merge({ ...at, pull_number: number, merge_method: method });
        return "merged";
      } catch (error) {
        return (error as Error).message;
      }
    },
    async dispatches(file, inputs) {
      await (await rest()).actions.createWorkflowDispatch({ ...at, workflow_id: file, ref: "main", inputs });
    },
    async answers(gate, says) {
      const { actions } = await rest();
      let answered = 0;
      for (const { id } of runner.runs.filter(({ conclusion }) => conclusion === null)) {
        const { data } = await actions.getPendingDeploymentsForRun({ ...at, run_id: id });
        const asked = data.flatMap(({ environment }) => (environment.name === gate ? [environment.id ?? 0] : []));
        if (asked.length === 0) continue;
        const answer = { environment_ids: asked, state: says, comment: "Looked at" };
        try {
          await actions.reviewPendingDeploymentsForRun({ ...at, run_id: id, ...answer });
        } catch (error) {
          return (error as Error).message;
        }
        answered += asked.length;
      }
      return answered;
    },
  };
}
