import type { ApplyOrder, Matrix } from "../../src/apps/ci/matrix.ts";
import type { PlanOrder } from "../../src/delivery/plan-order.ts";
import { applying, deciding } from "../../test/github/compiled-rights.ts";
import type { Bench, Row } from "../bench.ts";
import type { Cost, Ended, Started } from "../ci/job.ts";
import { type CiStage, ciStage, filesBelow } from "../ci/stage.ts";

const resources = 10;

export const bench: Bench = {
  name: "ci",
  about:
    "The commands of GitHub's jobs, each a process of its own, from a push to the plan's comment and from a merge to the apply: seconds and requests of everything but the tool, for which a program stands in that answers at once. GitHub is the look-alike, without the network.",
  run: async ({ needsBuild, quick, note }) => {
    const main = needsBuild();
    const rows: Row[] = [];
    for (const stacks of quick ? [1, 20] : [1, 20, 200]) {
      for (const way of stacks === 20 ? [planned] : [planned, ordered]) {
        const stage = await ciStage(main, { stacks, resources });
        try {
          for (const { cost, ...about } of await way(stage, stacks)) {
            rows.push(row(cost, { ...about, stacks }));
            note(`${about.work}, ${stacks}: ${listed(cost)}`);
          }
        } finally {
          await stage.close();
        }
      }
    }
    return rows;
  },
};

interface Work {
  readonly work: string;
  readonly cost: Cost;
  /** In seconds, and in requests beside the artifacts that plan jobs left. */
  readonly aim: { readonly seconds: number; readonly requests: number };
}

/** The usual way: the run of the pull request has planned, and the comment is the deciding job's. Of one stack also its apply. */
async function planned(stage: CiStage, stacks: number): Promise<readonly Work[]> {
  const touched = await stage.run("touched", { ...stage.pushed, permissions: { contents: "read" } });
  const made = stacks === 1 ? [await planIn(stage, touched.outputs.plans, stage.pushed)] : [];
  await stage.handOver(touched.outputs.plans, stage.change);
  const handed = await stage.run("hand-over", { ...stage.pushed, permissions: { actions: "write" } });
  const decided = await stage.run("decide", { ...stage.taken, permissions: deciding });
  const works: Work[] = [
    { work: "`touched`", cost: touched, aim: { seconds: 1, requests: 0 } },
    {
      work: "`hand-over` and `decide`, from finished plans to their comment",
      cost: together([handed, decided]),
      aim: stacks === 1 ? { seconds: 2, requests: 12 } : { seconds: 6, requests: 25 },
    },
  ];
  if (made.length > 0) {
    const cost = together([touched, ...made, handed, decided]);
    works.push({ work: "`touched`, `plan`, `hand-over` and `decide`, one after the other", cost, aim: pushToComment });
  }
  stage.trusted.upload(`plangate-bundles-${stage.trusted.id}-1-decide`, filesBelow(decided.out));
  const pushed = await stage.merged();
  const started = await stage.run("decide", { ...pushed, permissions: deciding });
  works.push({
    work: "`decide` after the merge",
    cost: started,
    aim: stacks === 1 ? { seconds: 2, requests: 15 } : { seconds: 10, requests: 25 },
  });
  if (stacks <= 20) works.push(await applied(stage, { started, pushed }));
  return works;
}

/** What stands between a push and its comment besides the tool, GitHub's runners, and what they fetch. */
const pushToComment = { seconds: 3, requests: 12 };

/** Every run in one job: the order of the applies of a stack's followers, or of more runs than a workflow may have jobs. */
async function applied(stage: CiStage, about: { readonly started: Ended; readonly pushed: Started }): Promise<Work> {
  const applies = JSON.parse(about.started.outputs.applies ?? "{}") as Matrix<ApplyOrder>;
  const orders = (applies.test ?? []).flatMap((one) => one.orders);
  const env = {
    PLANGATE_ENVIRONMENT: "test",
    PLANGATE_ORDERS: JSON.stringify(orders),
    PLANGATE_KEPT: "kept",
    PLANGATE_SIGN_KEY: "",
    PLANGATE_SEAL_KEY: "",
  };
  const cost = await stage.run("apply", { ...about.pushed, permissions: applying, env });
  const several = orders.length > 1;
  return {
    work: several ? `\`apply\` of ${orders.length} runs in one job, verified` : "`apply`, verified",
    cost,
    aim: several ? { seconds: 20, requests: 60 } : { seconds: 3, requests: 16 },
  };
}

function planIn(stage: CiStage, plans: string | undefined, about: Started): Promise<Ended> {
  const orders = (JSON.parse(plans ?? "{}") as Matrix<PlanOrder>).test?.[0]?.orders;
  const env = { PLANGATE_ENVIRONMENT: "test", PLANGATE_ORDERS: JSON.stringify(orders) };
  return stage.run("plan", { ...about, permissions: {}, env });
}

/** Plans that were not there are ordered, made, and presented by a job of their own. */
async function ordered(stage: CiStage, stacks: number): Promise<readonly Work[]> {
  const about = { ...stage.taken, permissions: deciding };
  const decided = await stage.run("decide", about);
  const works: Work[] = [{ work: "`decide` that orders plans", cost: decided, aim: { seconds: 2, requests: 12 } }];
  if (stacks === 1) {
    const cost = await planIn(stage, decided.outputs.plans, stage.taken);
    works.push({ work: "`plan`", cost, aim: { seconds: 1, requests: 0 } });
  }
  await stage.handOver(decided.outputs.plans, stage.trusted);
  const presented = await stage.run("present", about);
  works.push({
    work: "`present`, from finished plans to their comment",
    cost: presented,
    aim: stacks === 1 ? { seconds: 2, requests: 12 } : { seconds: 6, requests: 25 },
  });
  return works;
}

/** One job after the other. */
function together(all: readonly Cost[]): Cost {
  const sum = (of: (one: Cost) => number) => all.reduce((total, one) => total + of(one), 0);
  const wallMs = sum(({ measured }) => measured.wallMs.median);
  return {
    measured: {
      runs: 1,
      wallMs: { median: wallMs, min: wallMs },
      cpuMs: sum(({ measured }) => measured.cpuMs ?? 0),
      rssMb: Math.max(...all.map(({ measured }) => measured.rssMb ?? 0)),
    },
    toolMs: sum(({ toolMs }) => toolMs),
    git: sum(({ git }) => git),
    requests: all.flatMap(({ requests }) => requests),
  };
}

/** Of what took the tool as well, without its time; its processor time cannot be told apart. */
function row({ measured, toolMs, requests, git }: Cost, { work, stacks, aim }: RowAbout): Row {
  const own = measured.wallMs.median - toolMs;
  const { cpuMs: _, ...wall } = { ...measured, wallMs: { median: own, min: own } };
  const artifacts = requests.filter((route) => route === artifact).length;
  const more = artifacts > 1 ? `, ${artifacts} of them artifacts of plan jobs` : "";
  return {
    work: `${work}, ${stacks} stack${stacks === 1 ? "" : "s"} (${requests.length} requests${more}; ${git} of Git's)`,
    measured: toolMs > 0 ? wall : measured,
    aim: `at most ${aim.seconds} s and ${aim.requests} requests${more === "" ? "" : " without artifacts"}`,
    holds: own <= aim.seconds * 1_000 && requests.length - (more === "" ? 0 : artifacts) <= aim.requests,
  };
}

type RowAbout = Omit<Work, "cost"> & { readonly stacks: number };

const artifact = "GET /repos/{owner}/{repo}/actions/artifacts/{artifact_id}/{archive_format}";

/** Which requests there were, and how many of each. */
function listed({ requests }: Cost): string {
  const counts = Map.groupBy(requests, (one) => one);
  return [...counts].map(([name, all]) => (all.length === 1 ? name : `${all.length} × ${name}`)).join("; ");
}
