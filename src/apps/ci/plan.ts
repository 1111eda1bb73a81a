import { planEnvironment } from "../../compile/names.ts";
import { planInJob } from "../../hosts/actions/index.ts";
import { inertLine, inlineCode } from "../../views/inert.ts";
import { seenMarkdown, seenText } from "../../views/kept.ts";
import { mustBeAtHome } from "./identity-at-home.ts";
import { mustHave } from "./job.ts";
import { placeJobKeys } from "./job-keys.ts";
import { readVariables } from "./job-variables.ts";
import { planOrdersIn } from "./matrix.ts";
import { type Ci, type CiResult, withJob } from "./open-job.ts";

/**
 * Plans what was ordered and closes it. This runs the change's code, so nothing that opens, signs or writes is anywhere
 * near, and what comes of it is a claim, failures too. Where it is a change's own job, a plan that fails fails the check.
 */
export function planCommand(ci: Ci): Promise<CiResult> {
  return withJob(ci, async ({ flow, dir, home, env, defaultBranch }) => {
    const environment = mustHave(ci.env, "PLANGATE_ENVIRONMENT");
    for (const one of flow.environments)
      if (one.name === environment) mustBeAtHome(ci.env, one, planEnvironment(environment));
    const orders = planOrdersIn(mustHave(ci.env, "PLANGATE_ORDERS"), flow, environment);
    const keys = placeJobKeys("plan", ci.env, home);
    const { outside, job, progress, signal } = ci;
    const { clock } = outside;
    await outside.bring(
      dir,
      orders.flatMap(({ commit, base }) => (base === null ? [commit] : [commit, base])),
    );
    const handed = await planInJob(
      {
        repository: dir,
        home,
        flow,
        keys: keys.dir,
        out: job.out,
        clock,
        env,
        given: readVariables(ci.env),
        progress,
        signal,
      },
      orders,
    );
    for (const { stack, failed, errors } of handed) {
      const seen = { stack, errors, checks: [] };
      const [text, markdown] = [seenText(seen), seenMarkdown(seen)];
      if (text !== null) progress(text);
      if (failed !== null) ci.outputs.summary(markdown ?? `- ${inlineCode(`${stack}: no plan, ${failed}`)}`);
    }
    const lines = handed.map(({ stack, failed }) =>
      failed === null ? `${stack}: handed over` : `${stack}: no plan, ${inertLine(failed)}`,
    );
    // On the default branch the job that presents tells it; a change's own check is all that its people look at.
    const ofChange = job.ref !== `refs/heads/${defaultBranch}`;
    const isBad = ofChange && handed.some(({ failed }) => failed !== null);
    return { exitCode: isBad ? 1 : 0, text: lines.join("\n"), fields: { stacks: handed.map(({ stack }) => stack) } };
  });
}
