import { handOverJob, lookAgain, recordBranch, sweepCrons } from "../names.ts";
import { applyCall } from "./apply-jobs.ts";
import { changeJobs, handOver } from "./change-jobs.ts";
import { checksOfPush } from "./check-jobs.ts";
import { all, fromHere } from "./expressions.ts";
import type { Making } from "./making.ts";
import { planJob } from "./plan-job.ts";
import type { Chain, ChangeShape, NamedShape } from "./shape.ts";
import { decide, goOn, guard, type Leaving, orderedBy, present, presentWhen, startedAs } from "./trusted-jobs.ts";
import { said, type YamlRecord } from "./yaml.ts";

/** The workflow of the changes' own refs. */
export function changeWorkflow(making: Making, change: ChangeShape): YamlRecord {
  return {
    name: "plangate change",
    on: changeTriggers(making, change),
    ...common,
    jobs: changeJobs(making, { change, workflow: null, dispatched: false }),
  };
}

/**
 * What is said about a pull request and alters nothing of it is only handed over, and from a workflow of its own: a newer
 * run of the check would take the place of one that failed for the same commit.
 */
export function saidWorkflow(making: Making): YamlRecord {
  return {
    name: "plangate said",
    on: {
      pull_request: { types: ["edited", "labeled", "unlabeled", "converted_to_draft", "closed"] },
      pull_request_review: { types: ["submitted", "edited", "dismissed"] },
      ...(making.flow.when.some(({ on }) => on === "release") ? { release: { types: ["published"] } } : {}),
    },
    ...common,
    jobs: { [handOverJob]: handOver(making, { if: fromHere }) },
  };
}

/** Only a dispatch can come from another ref, so nothing else waits for the guard. */
const guarded = "(needs.guard.result == 'success' || github.event_name != 'workflow_dispatch')";

/** Most comments are no commands; a program's never is, such as those in which plangate, as an app, tells people what to say. */
const commanded =
  "(github.event_name != 'issue_comment' || (contains(github.event.comment.body, '/plangate') && github.event.comment.user.type != 'Bot'))";

/** The workflow of the default branch: everything that is decided, presented and applied. */
export function trustedWorkflow(making: Making): YamlRecord {
  const { flow, shape, defaultBranch } = making;
  const plans = shape.planned.map((name) => [`plan-${making.idOf(name)}`, name] as const);
  const applies = shape.places.map((place) => [`apply-${making.idOf(place.key)}`, place] as const);
  return {
    name: "plangate",
    on: {
      push: { branches: [defaultBranch] },
      issue_comment: said(
        { types: ["created"] },
        "zizmor: ignore[dangerous-triggers] nothing of a pull request is run with a key; comments are asked anew",
      ),
      ...(flow.environments.some(({ heldByBranch }) => heldByBranch) ? { delete: null } : {}),
      schedule: [...new Set([...shape.crons, sweepCrons[flow.sweep]])].map((cron) => ({ cron })),
      workflow_dispatch: { inputs: trustedInputs(making) },
    },
    ...common,
    jobs: {
      guard: guard(making),
      ...(flow.require.checks.length === 0 ? {} : { checks: checksOfPush(making, guarded) }),
      decide: decide(making, {
        about: { needs: "guard", if: all("!cancelled()", making.trusted, guarded, commanded) },
        suffix: "",
        dispatched: null,
      }),
      ...Object.fromEntries(
        plans.map(([id, environment]) => [
          id,
          planJob(making, {
            environment,
            from: "decide",
            when: orderedBy(making, "decide", environment),
            artifact: environment,
            trusted: true,
          }),
        ]),
      ),
      present: present(making, {
        about: { needs: ["decide", ...plans.map(([id]) => id)], if: presentWhen(making, "decide") },
        suffix: "",
        dispatched: null,
      }),
      ...Object.fromEntries(
        applies.map(([id, place]) => [
          id,
          applyCall(making, { id, name: `Apply to ${place.holds}`, place, decided: "decide", presented: "present" }),
        ]),
      ),
      ...goOn(making, { saying: ["decide", "present"], applying: applies.map(([id]) => id) }),
    },
  };
}

/** A workflow that rows name: the jobs of changes, and a chain of jobs for each one that people start. */
export function namedWorkflow(making: Making, { name, change, chains }: NamedShape): YamlRecord {
  const dispatched = chains.length > 0;
  return {
    name,
    on: {
      ...(change === null ? {} : changeTriggers(making, change)),
      ...(dispatched ? { workflow_dispatch: { inputs: namedInputs(chains) } } : {}),
    },
    ...common,
    jobs: {
      ...(change === null ? {} : changeJobs(making, { change, workflow: name, dispatched })),
      ...(dispatched ? { guard: guard(making) } : {}),
      ...Object.assign({}, ...chains.map((chain) => chainJobs(making, chain))),
      ...goOn(making, leavingOf(chains)),
    },
  };
}

const common = { permissions: {}, defaults: { run: { shell: "bash" } } } satisfies YamlRecord;

function changeTriggers({ defaultBranch }: Making, { onPullRequest, pushed }: ChangeShape): YamlRecord {
  return {
    ...(onPullRequest
      ? {
          pull_request: { types: ["opened", "reopened", "synchronize", "ready_for_review"] },
          // Where there is a merge queue it waits for the same check, and for ever where that never comes.
          merge_group: { types: ["checks_requested"] },
        }
      : {}),
    // What reaches the default branch is taken up by plangate.yml, which runs there.
    ...(pushed.length === 0 ? {} : { push: { branches: [...pushed, `!${defaultBranch}`, `!${recordBranch}`] } }),
  };
}

function trustedInputs({ shape, flow }: Making): YamlRecord {
  const jobs = shape.dispatches.flatMap(({ job }) => job ?? []);
  return {
    job: choice("What is done", [lookAgain, ...jobs]),
    ...deliveredInputs,
    ...(flow.releases.length === 0 ? {} : { version: text("For a release: major, minor, patch, or the version") }),
    event: text("Set by plangate: what is handed over"),
    run: text("Set by plangate: the run that hands it over"),
  };
}

function namedInputs(chains: readonly Chain[]): YamlRecord {
  return {
    job: choice(
      "What is done",
      chains.map(({ name }) => name),
    ),
    ...deliveredInputs,
  };
}

function choice(description: string, options: readonly string[]): YamlRecord {
  return { description, type: "choice", required: true, default: options[0] ?? "", options };
}

function text(description: string): YamlRecord {
  return { description, type: "string", required: false };
}

const deliveredInputs = {
  ref: text("The branch or tag that is delivered; the default branch when empty"),
  stacks: text("Stacks, with commas between them; all when empty"),
};

const idsOf = ({ id, place }: Chain) => ({
  decide: `decide-${id}`,
  plan: `plan-${id}`,
  present: `present-${id}`,
  last: place === null ? `decide-${id}` : `apply-${id}`,
});

function leavingOf(chains: readonly Chain[]): Leaving {
  const all = chains.map((chain) => ({ ids: idsOf(chain), applies: applies(chain) }));
  return {
    saying: all.flatMap(({ ids, applies: more }) => (more ? [ids.decide, ids.present] : [ids.decide])),
    applying: all.flatMap(({ ids, applies: more }) => (more ? [ids.last] : [])),
  };
}

function applies({ place, row }: Chain): boolean {
  return place !== null && row.environment !== null;
}

/** Decide, plan, present and apply for one job that people start, or are offered when another has ended. */
function chainJobs(making: Making, chain: Chain): YamlRecord {
  const { row, id, name, place } = chain;
  const ids = idsOf(chain);
  const following = { suffix: `-${id}`, dispatched: name };
  const decided = decide(making, { about: chainStart(making, chain), ...following });
  if (place === null || row.environment === null) return { [ids.decide]: { ...decided, name } };
  return {
    [ids.decide]: decided,
    [ids.plan]: planJob(making, {
      environment: row.environment,
      from: ids.decide,
      when: orderedBy(making, ids.decide, row.environment),
      artifact: `${row.environment}-${id}`,
      trusted: true,
    }),
    [ids.present]: present(making, {
      about: { needs: [ids.decide, ids.plan], if: presentWhen(making, ids.decide) },
      ...following,
    }),
    [ids.last]: applyCall(making, { id: ids.last, name, place, decided: ids.decide, presented: ids.present }),
  };
}

/** Somebody started it, or what offers it has ended, well or not: then it waits at its own gate for whoever wants it. */
function chainStart(making: Making, { name, offeredBy }: Chain): YamlRecord {
  const before = offeredBy.map((id) => `apply-${id}`);
  if (before.length === 0) return { needs: "guard", if: all(making.trusted, startedAs(name)) };
  const ended = before.map((id) => `needs.${id}.result == 'success' || needs.${id}.result == 'failure'`);
  return {
    needs: ["guard", ...before],
    if: all(
      "!cancelled()",
      making.trusted,
      "needs.guard.result == 'success'",
      `(${[startedAs(name), ...ended].join(" || ")})`,
    ),
  };
}
