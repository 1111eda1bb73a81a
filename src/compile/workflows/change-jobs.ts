import { handOverJob } from "../names.ts";
import { checkOfChange } from "./check-jobs.ts";
import { all, expression, fromHere, hasAny, listIn } from "./expressions.ts";
import type { Making } from "./making.ts";
import { planJob } from "./plan-job.ts";
import type { ChangeShape } from "./shape.ts";
import { checkout, job, plangate, plangateIn, setUpNode } from "./steps.ts";
import { said, type YamlRecord } from "./yaml.ts";

/** Where the rows of a workflow are, and what else it is started by. */
export interface ChangeOf {
  readonly change: ChangeShape;
  /** The workflow's name, where rows gave it one. */
  readonly workflow: string | null;
  /** People start it too, and then none of these jobs runs. */
  readonly dispatched: boolean;
}

/**
 * The jobs on the ref of a change: they look, check and plan, hand over what they have to the default branch, and report.
 * None of them has a key that opens or signs, or a right to write to the repository.
 */
export function changeJobs(making: Making, of: ChangeOf): YamlRecord {
  const { environments, checks } = of.change;
  const plans = environments.map((environment) => [`plan-${making.idOf(environment)}`, environment] as const);
  const needed = ["touched", "compiled", ...checks.map(checkId), ...plans.map(([id]) => id), handOverJob];
  return {
    touched: touched(making, of),
    compiled: compiled(making),
    ...Object.fromEntries(checks.map((check) => [checkId(check), checkOfChange(making, check)])),
    ...Object.fromEntries(
      plans.map(([id, environment]) => [
        id,
        planJob(making, {
          environment,
          from: "touched",
          when: all(hasAny({ job: "touched", output: "plans" }, environment), fromHere),
          artifact: environment,
        }),
      ]),
    ),
    [handOverJob]: handOver(making, {
      needs: ["touched", ...plans.map(([id]) => id)],
      if: all("!cancelled()", "needs.touched.result == 'success'", fromHere),
    }),
    report: report(making, { of, needed, plans }),
  };
}

const checkId = (check: string) => `check-${check}`;

const notByPeople = "github.event_name != 'workflow_dispatch'";
/** To GitHub a branch that is deleted is pushed to, and its workflow is the default branch's. It brings nothing. */
const brings = "!github.event.deleted";

function touched(making: Making, { change, workflow, dispatched }: ChangeOf): YamlRecord {
  const when = [...(dispatched ? [notByPeople] : []), ...(change.pushed.length > 0 ? [brings] : [])];
  return job("Touched", {
    about: {
      ...(when.length > 0 ? { if: all(...when) } : {}),
      permissions: { contents: said("read", "looks at Git") },
      outputs: { plans: expression("steps.plangate.outputs.plans") },
    },
    minutes: 15,
    steps: [
      checkout(),
      setUpNode(),
      plangate(making, "touched", {
        name: "See which stacks the change touches",
        id: "plangate",
        env: { PLANGATE_WORKFLOW: workflow ?? "" },
      }),
    ],
  });
}

/** What is compiled follows from the flow of the same commit: neither changes without the other. Nothing of the change runs. */
function compiled(making: Making): YamlRecord {
  return job("Compiled", {
    about: { needs: "touched", permissions: { contents: said("read", "looks at Git") } },
    minutes: 10,
    steps: [checkout(), setUpNode(), plangateIn(making, "compile --check", "Hold what is compiled to the flow")],
  });
}

/** Starts the trusted workflow on the default branch. No file of the change is there, and none is needed. */
export function handOver(making: Making, about: YamlRecord): YamlRecord {
  return job("Hand over", {
    about: { ...about, permissions: { actions: said("write", "starts plangate.yml on the default branch") } },
    minutes: 10,
    steps: [
      setUpNode(),
      plangate(making, "hand-over", {
        name: "Hand over to the default branch",
        env: { GITHUB_TOKEN: expression("github.token") },
      }),
    ],
  });
}

interface ReportOf {
  readonly of: ChangeOf;
  readonly needed: readonly string[];
  readonly plans: readonly (readonly [string, string])[];
}

/**
 * The one check to wait for. It always reports, since a job that was skipped counts as passed: each job it needs is told
 * with its result, and each plan with whether it was ordered. A run for no pull request reports under another name, so
 * that it says nothing about one that has the same commit.
 */
function report(making: Making, { of: { change, dispatched }, needed, plans }: ReportOf): YamlRecord {
  const ordered = new Map(plans);
  const results = needed.map((id) => {
    const environment = ordered.get(id);
    const list = environment === undefined ? "" : `, "ordered": ${expression(`toJSON(${orderedFor(environment)})`)}`;
    return `"${id}": {"result": ${expression(`toJSON(needs.${id}.result)`)}${list}}`;
  });
  const elsewhere = expression(
    "github.event_name != 'pull_request' && github.event_name != 'merge_group' && ' (no pull request)' || ''",
  );
  const also = change.onPullRequest && (change.pushed.length > 0 || dispatched);
  // The job itself always comes: one that is skipped would count as passed under whatever name.
  const asked = change.pushed.length > 0 ? { if: brings } : {};
  return job(`${change.report}${also ? elsewhere : ""}`, {
    about: {
      needs: needed,
      if: all("always()", ...(dispatched ? [notByPeople] : [])),
      permissions: {},
    },
    minutes: 10,
    steps: [
      { ...setUpNode(), ...asked },
      plangate(making, "check", {
        name: "Report what became of each job",
        ...asked,
        env: { PLANGATE_NEEDS: `{\n${results.join(",\n")}\n}\n` },
      }),
    ],
  });
}

/** Says no where the job left nothing, rather than fail without a word. */
function orderedFor(environment: string): string {
  const list = listIn({ job: "touched", output: "plans" }, environment);
  return `${list.replace("outputs.plans)", "outputs.plans || '{}')")}[0] != null`;
}
