import { planInJob } from "../../hosts/actions/index.ts";
import { mustHave } from "./job.ts";
import { placeJobKeys } from "./job-keys.ts";
import { readVariables } from "./job-variables.ts";
import { planOrdersIn } from "./matrix.ts";
import { type Ci, type CiResult, withJob } from "./open-job.ts";

/**
 * Plans what was ordered and closes it. This runs the change's code, so nothing that opens, signs or writes is anywhere
 * near, and what comes of it is a claim, failures too.
 */
export function planCommand(ci: Ci): Promise<CiResult> {
  return withJob(ci, async ({ flow, dir, home, env }) => {
    const orders = planOrdersIn(mustHave(ci.env, "PLANGATE_ORDERS"), flow, mustHave(ci.env, "PLANGATE_ENVIRONMENT"));
    const keys = placeJobKeys("plan", ci.env, home);
    const { outside, job, progress, signal } = ci;
    const { clock } = outside;
    await outside.bring(
      dir,
      orders.flatMap(({ commit, base }) => (base === null ? [commit] : [commit, base])),
    );
    await planInJob(
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
    const stacks = orders.map(({ stack }) => stack);
    return { exitCode: 0, text: stacks.map((stack) => `${stack}: handed over`).join("\n"), fields: { stacks } };
  });
}
