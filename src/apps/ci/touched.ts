import { readQuickly } from "../../adapters/hcl/quick.ts";
import { findAffected } from "../../delivery/affected/affected.ts";
import type { PlanOrder } from "../../delivery/plan-order.ts";
import type { ReadReferences } from "../../delivery/ports.ts";
import { environmentOf, type StackName } from "../../domain/names.ts";
import type { Flow } from "../../flow/flow.ts";
import { instanceName, placeOf } from "../../flow/instances.ts";
import { inertLine } from "../../views/inert.ts";
import { mayHave } from "./job.ts";
import { group, mostJobsIn } from "./matrix.ts";
import { type Ci, type CiResult, type OpenJob, withJob } from "./open-job.ts";
import { changeOf, type TouchingChange } from "./touching-change.ts";

/**
 * Orders the plans of what a change touches, from Git alone. It is a guess of what will be asked for: whoever decides, on
 * the default branch, orders what is missing, and looks at nothing that it does not want.
 */
export function touchedCommand(ci: Ci): Promise<CiResult> {
  return withJob(ci, async (opened) => {
    const change = await changeOf(ci, opened);
    const orders = change === undefined ? [] : await ordersOf(ci, opened, change);
    const { matrix, over } = group(orders, {
      placeFor: ({ stack }) => placeOf(opened.flow, stack)?.environment.name ?? "",
      most: mostJobsIn(opened.flow),
    });
    for (const { stack } of over)
      ci.progress(`${stack}: more is touched than one run can plan, so it is planned after it`);
    ci.outputs.output("plans", JSON.stringify(matrix));
    const stacks = orders.map(({ stack }) => stack);
    const text =
      stacks.length === 0 ? "No stack that is planned for this change is touched." : stacks.map(inertLine).join("\n");
    return { exitCode: 0, text, fields: { stacks } };
  });
}

/** The parser is loaded for the first file that is not plain. */
const readReferences: ReadReferences = async (text, path) =>
  (await import("../../adapters/hcl/index.ts")).readModuleReferences(text, path);

const keepNothing = { read: async () => undefined, trees: async () => [], write: async () => undefined };

async function ordersOf(ci: Ci, opened: OpenJob, change: TouchingChange): Promise<readonly PlanOrder[]> {
  const { flow, reader } = opened;
  const workflow = mayHave(ci.env, "PLANGATE_WORKFLOW");
  const environments = new Set(
    change.rows
      .filter((row) => row.workflow === workflow && row.do.includes("plan"))
      .flatMap(({ environment }) => environment ?? []),
  );
  if (environments.size === 0) return [];
  // Both sides by the flow in force: a change of the flow changes nothing before it is there.
  const text = { blob: "in-force", parse: async () => flow };
  const { before, after, commit, base } = change;
  const found = await findAffected(
    { reader, keeper: keepNothing, readReferences, readQuickly },
    { before: { tree: before, flow: text }, after: { tree: after, flow: text }, flowFile: ci.flowFile },
  );
  return found.stacks
    .filter(({ deleted }) => deleted !== true)
    .flatMap(({ stack }) => namesFor(flow, stack, change.pullRequest))
    .filter((stack) => environments.has(placeOf(flow, stack)?.environment.name ?? ""))
    .map((stack) => ({ stack, commit, base, tree: after, mode: "normal" }));
}

/** Of an environment per pull request, the instance of this one. */
function namesFor(flow: Flow, stack: StackName, pullRequest: number | null): readonly StackName[] {
  const environment = flow.environments.find(({ name }) => name === environmentOf(stack));
  if (environment?.perPullRequest !== true) return [stack];
  return pullRequest === null ? [] : [instanceName(stack, pullRequest)];
}
