import { jobMinutes } from "../names.ts";
import { reachesBundles, readingBundles } from "./bundles-identity.ts";
import { all, expression, labelsOf, literal, ownOrders } from "./expressions.ts";
import type { Making } from "./making.ts";
import { files } from "./naming.ts";
import type { Place } from "./shape.ts";
import {
  checkout,
  job,
  namedIdentity,
  plangate,
  plangateBesideTool,
  setUpNode,
  setUpTool,
  takeOnIdentity,
  upload,
} from "./steps.ts";
import { actsAs } from "./trusted-jobs.ts";
import { handedOn, variablesFor } from "./variables.ts";
import { said, type YamlRecord } from "./yaml.ts";

/**
 * The record is a branch: who acts with the workflow's own token needs its right to write to the repository. What was said
 * about a pull request is asked once more before anything is applied; a private repository tells it to nobody without the right.
 */
function applyRights({ flow }: Making): YamlRecord {
  const own = {
    actions: said("read", "asks who opened gates, takes bundles from artifacts"),
    contents: flow.identity === "app" ? said("read", "looks at Git") : said("write", "writes the record"),
  };
  const asked =
    flow.identity === "app"
      ? {}
      : {
          deployments: said("read", "asks since when a gate waits"),
          issues: said("read", "asks what was said"),
          "pull-requests": said("read", "asks who approved"),
        };
  return { ...own, ...asked, "id-token": said("write", "takes on the apply identity") };
}

/** The file that identities trust: one job, in the environment that its caller names. */
export function applyWorkflow(making: Making): YamlRecord {
  const { flow, trusted } = making;
  const secrets = secretsOf(making, handedOn(flow.environments));
  return {
    name: "plangate apply",
    on: {
      workflow_call: {
        inputs: {
          environment: { description: "The environment on GitHub", type: "string", required: true },
          orders: { description: "What is applied, as JSON", type: "string", required: true },
          kept: { description: "What the artifact is called that the job keeps", type: "string", required: true },
        },
        secrets: Object.fromEntries(
          secrets.map((name) => [name, { description: "Of the environment", required: false }]),
        ),
      },
    },
    permissions: {},
    defaults: { run: { shell: "bash" } },
    jobs: {
      apply: job("apply", {
        about: {
          // With a word about the status, since a job before the one that calls may have been skipped.
          if: all("!cancelled()", trusted),
          environment: expression("inputs.environment"),
          permissions: applyRights(making),
        },
        minutes: jobMinutes.apply,
        steps: [
          setUpNode(),
          plangate(making, "environment", {
            name: "End unless the environment has its rules",
            env: {
              GITHUB_TOKEN: expression("github.token"),
              PLANGATE_ENVIRONMENT: expression("inputs.environment"),
              ...namedIdentity(flow.environments),
            },
          }),
          checkout(),
          setUpTool(making),
          ...takeOnIdentity(jobMinutes.apply, readingBundles(flow)),
          plangateBesideTool(making, "apply", {
            name: "Apply what was approved",
            env: {
              ...variablesFor(flow.environments),
              ...actsAs(making),
              ...reachesBundles(flow),
              PLANGATE_ENVIRONMENT: expression("inputs.environment"),
              PLANGATE_ORDERS: expression("inputs.orders"),
              PLANGATE_KEPT: expression("inputs.kept"),
              PLANGATE_OPEN_KEY: expression("secrets.PLANGATE_OPEN_KEY"),
              PLANGATE_DIGEST_KEY: expression("secrets.PLANGATE_DIGEST_KEY"),
              PLANGATE_VERIFY_KEY: expression("vars.PLANGATE_VERIFY_KEY"),
            },
          }),
          // However the job ends: a state that its backend did not take is nowhere else.
          upload(making, { name: expression("inputs.kept"), missing: "ignore", if: "always()" }),
        ],
      }),
    },
  };
}

/** What an environment keeps that the job needs. A job that calls a workflow has to name each, and none of them is its own. */
function secretsOf({ flow }: Making, variables: readonly string[]): readonly string[] {
  const app = flow.identity === "app" ? ["PLANGATE_APP_KEY"] : [];
  return ["PLANGATE_OPEN_KEY", "PLANGATE_DIGEST_KEY", ...app, ...variables];
}

/** No two jobs of a workflow run keep something under the same name, in no attempt: one would take the place of the other. */
function keptBy(id: string): string {
  const parts = ["github.run_id", "github.run_attempt"].map(expression);
  return ["plangate-kept", ...parts, id, expression("strategy.job-index")].join("-");
}

export interface ApplyOf {
  /** The job's own id, which its artifacts are told apart by. */
  readonly id: string;
  readonly name: string;
  readonly place: Place;
  /** The jobs whose output `applies` counts: what presented, else what decided. */
  readonly decided: string;
  readonly presented: string;
}

/**
 * Calls the apply workflow for a place. Where presenting failed nothing is applied, be it ready or not; where there was
 * nothing to present, what was decided is.
 */
export function applyCall(making: Making, { id, name, place, decided, presented }: ApplyOf): YamlRecord {
  const applies = `fromJSON(needs.${presented}.outputs.applies || needs.${decided}.outputs.applies)`;
  const list = `${applies}[${literal(place.key)}]`;
  const variables = handedOn(making.flow.environments.filter(({ name: one }) => one === place.environment));
  return {
    name,
    needs: [decided, presented],
    if: all(
      "!cancelled()",
      making.trusted,
      `needs.${decided}.result == 'success'`,
      `(needs.${presented}.result == 'success' || needs.${presented}.result == 'skipped')`,
      `${list}[0] != null`,
    ),
    permissions: applyRights(making),
    strategy: { "fail-fast": false, matrix: { bundle: expression(labelsOf(list)) } },
    // GitHub Enterprise Server knows no other way to name a workflow of the same commit.
    uses: said(`./${files.apply}`, "zizmor: ignore[self-repository] GitHub Enterprise Server reads no $/"),
    with: { environment: place.holds, orders: expression(ownOrders(list)), kept: keptBy(id) },
    secrets: Object.fromEntries(
      secretsOf(making, variables).map((secret) => [secret, expression(`secrets.${secret}`)]),
    ),
  };
}
