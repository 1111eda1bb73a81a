import { plansFolder, presentEnvironment } from "../names.ts";
import { keepBundles, reachesBundles } from "./bundles-identity.ts";
import { all, expression, hasAny, literal } from "./expressions.ts";
import type { Making } from "./making.ts";
import { checkout, job, plangate, plangateBesideTool, setUpNode, setUpTool, upload } from "./steps.ts";
import { said, type YamlRecord } from "./yaml.ts";

/** The first job of what people start. It ends the run with a sentence where that is not on the default branch. */
export function guard({ defaultBranch }: Making): YamlRecord {
  return job("Guard", {
    about: { if: "github.event_name == 'workflow_dispatch'", permissions: {} },
    minutes: 5,
    steps: [
      {
        name: "End what does not run on the default branch",
        env: { PLANGATE_REF: `refs/heads/${defaultBranch}` },
        run: `if [ "$GITHUB_REF" != "$PLANGATE_REF" ]; then
  echo "::error::Start this workflow from the default branch. What it delivers is the input ref."
  exit 1
fi
`,
      },
    ],
  });
}

/** The rights of whoever decides and presents. An app has its own, and leaves the workflow's token what reading needs. */
function presentRights({ flow }: Making): YamlRecord {
  const keeps = flow.bundles === null ? {} : { "id-token": said("write", "takes on the identity that keeps bundles") };
  if (flow.identity === "app")
    return {
      ...keeps,
      actions: said("read", "takes plans from artifacts"),
      contents: said("read", "looks at Git"),
    };
  return {
    ...keeps,
    actions: said("read", "takes plans from artifacts"),
    checks: said("write", "reports on commits"),
    contents: said("write", "writes the record, tags releases"),
    deployments: said("write", "tells what is applied"),
    issues: said("write", "opens and closes what is flagged"),
    "pull-requests": said("write", "shows plans, opens back-merges"),
  };
}

/** Whom plangate acts as. */
export function actsAs({ flow }: Making): YamlRecord {
  return {
    GITHUB_TOKEN: expression("github.token"),
    ...(flow.identity === "app"
      ? {
          PLANGATE_APP_ID: expression("vars.PLANGATE_APP_ID"),
          PLANGATE_APP_KEY: expression("secrets.PLANGATE_APP_KEY"),
        }
      : {}),
  };
}

/** The key that opens the plans of all environments and the one that signs, which the environment `plangate` alone has, and what goes with them. */
function keys(): YamlRecord {
  return {
    PLANGATE_OPEN_KEY: expression("secrets.PLANGATE_OPEN_KEY"),
    PLANGATE_SIGN_KEY: expression("secrets.PLANGATE_SIGN_KEY"),
    PLANGATE_DIGEST_KEY: expression("secrets.PLANGATE_DIGEST_KEY"),
    PLANGATE_SEAL_KEY: expression("vars.PLANGATE_SEAL_KEY"),
    PLANGATE_VERIFY_KEY: expression("vars.PLANGATE_VERIFY_KEY"),
  };
}

/** Jobs that follow one another: what decides, what plans, what presents, and what they are called. */
export interface Following {
  /** Behind each id, and in the names of artifacts; empty for the jobs of `plangate.yml`. */
  readonly suffix: string;
  /** The job that people started, in a workflow of that job's own. */
  readonly dispatched: string | null;
}

export interface PresentOf extends Following {
  readonly about: YamlRecord;
}

/** Takes up what happened, and delivers it: nothing of the change runs here. */
export function decide(making: Making, { about, suffix, dispatched }: PresentOf): YamlRecord {
  return job("Decide", {
    about: {
      ...about,
      environment: presentEnvironment,
      permissions: presentRights(making),
      outputs: {
        plans: expression("steps.plangate.outputs.plans"),
        applies: expression("steps.plangate.outputs.applies"),
        left: expression("steps.plangate.outputs.left"),
      },
    },
    minutes: 60,
    steps: presentSteps(making, { command: "decide", name: "Take up what happened", suffix, dispatched }),
  });
}

/** Takes up the plans that were ordered: opens, compares with Git, shows and signs them, and delivers what follows. */
export function present(making: Making, { about, suffix, dispatched }: PresentOf): YamlRecord {
  return job("Present", {
    about: {
      ...about,
      environment: presentEnvironment,
      permissions: presentRights(making),
      outputs: {
        applies: expression("steps.plangate.outputs.applies"),
        left: expression("steps.plangate.outputs.left"),
      },
    },
    minutes: 60,
    steps: presentSteps(making, { command: "present", name: "Present what was planned", suffix, dispatched }),
  });
}

interface PresentSteps extends Following {
  readonly command: "decide" | "present";
  readonly name: string;
}

function presentSteps(making: Making, { command, name, suffix, dispatched }: PresentSteps): readonly YamlRecord[] {
  const run = `${expression("github.run_id")}-${expression("github.run_attempt")}`;
  const plans = `plangate-plans-${run}-${command}${suffix}`;
  return [
    checkout(),
    setUpNode(),
    setUpTool(making),
    ...keepBundles(making.flow),
    plangateBesideTool(making, command, {
      name,
      id: "plangate",
      env: {
        ...actsAs(making),
        ...keys(),
        ...reachesBundles(making.flow),
        ...(dispatched === null ? {} : { PLANGATE_JOB: dispatched }),
        PLANGATE_PLANS: plans,
      },
    }),
    ...(making.flow.bundles === null
      ? [upload(making, { name: `plangate-bundles-${run}-${command}${suffix}`, missing: "ignore" })]
      : []),
    // People are led to them by what is shown, and that stands even where the job failed behind it.
    upload(making, {
      name: plans,
      missing: "ignore",
      step: "Keep plans for people to read",
      folder: plansFolder,
      if: "!cancelled()",
    }),
  ];
}

/** Present runs whenever something was ordered, also where a plan failed: people are told so. */
export function presentWhen({ trusted }: Making, decided: string): string {
  const result = `needs.${decided}.result == 'success'`;
  return all("!cancelled()", trusted, result, `needs.${decided}.outputs.plans != '{}'`);
}

/** The jobs of a workflow that may leave something to another run of `plangate.yml`. */
export interface Leaving {
  /** Those that decide and present, which say whether they did. */
  readonly saying: readonly string[];
  /** Those of which it is not known: an output of a matrix is that of one of its jobs. */
  readonly applying: readonly string[];
}

/** Starts `plangate.yml` again where something is left: where a job says so, or one ended that might have. */
export function goOn(making: Making, { saying, applying }: Leaving): YamlRecord {
  if (saying.length + applying.length === 0) return {};
  const left = [
    ...saying.map((id) => `needs.${id}.outputs.left == 'true'`),
    ...applying.map((id) => `needs.${id}.result == 'success' || needs.${id}.result == 'failure'`),
  ];
  return {
    "go-on": job("Go on", {
      about: {
        needs: [...saying, ...applying],
        if: all("!cancelled()", making.trusted, `(${left.join(" || ")})`),
        permissions: {
          actions: said("write", "starts plangate.yml again"),
          contents: said("read", "reads the record"),
        },
      },
      minutes: 10,
      steps: [
        setUpNode(),
        plangate(making, "go-on", { name: "See what is left", env: { GITHUB_TOKEN: expression("github.token") } }),
      ],
    }),
  };
}

/**
 * What is ordered for an environment, decided on the default branch. It says a word about the status, as every job behind
 * one that may be skipped has to: without, GitHub asks that nothing before it was skipped, however far back.
 */
export function orderedBy({ trusted }: Making, job: string, environment: string): string {
  return all(
    "!cancelled()",
    trusted,
    `needs.${job}.result == 'success'`,
    hasAny({ job, output: "plans" }, environment),
  );
}

/** That a dispatch names the job. */
export function startedAs(name: string): string {
  return `inputs.job == ${literal(name)}`;
}
