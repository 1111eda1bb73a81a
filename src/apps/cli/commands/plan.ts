import type { StoredPlan } from "../../../domain/plan.ts";
import type { Run } from "../../../domain/run.ts";
import { whyNotFromHere } from "../../../engine/index.ts";
import { placeOf } from "../../../flow/index.ts";
import { inertLine } from "../../../views/inert.ts";
import { renderPlanText } from "../../../views/plan-text.ts";
import { wayThrough } from "../../../views/verdict.ts";
import type { Context, Given, Result } from "../context.ts";
import { stackCalled } from "../local-stack.ts";
import { refuseMixedUpFolder } from "../mixed-up-folder.ts";
import { type Local, openLocal } from "../open-local.ts";
import { planLocally } from "../planned-run.ts";
import { runFields } from "../run-fields.ts";
import type { Fields } from "../schema.ts";

export async function planCommand(context: Context, { operands }: Given): Promise<Result> {
  const local = await openLocal(context, { protectedFlow: false });
  try {
    local.embedded.getReady();
    await local.embedded.recover();
    const { name } = await stackCalled(local, operands[0]);
    await refuseMixedUpFolder(context, local, name);
    const planned = await planLocally(context, local, { stack: name, mode: "normal", tree: local.dirtyTree });
    if ("result" in planned) return planned.result;
    const { run, stored, reading } = planned;
    const { manifest } = stored;
    return {
      exitCode: 0,
      fields: {
        stack: run.stack,
        run: runFields(run),
        bundle: {
          digest: stored.digest,
          meaning: manifest.meaning,
          file: stored.speculative === null ? `.plangate/bundles/${stored.digest.slice("sha256:".length)}` : null,
        },
        speculative: stored.speculative,
        summary: reading.summary.counts,
        resources: reading.summary.resources.map(({ address, action }) => ({ address, action })),
        findings: [],
        state: manifest.state,
      } satisfies Fields<"plan">,
      text: `${renderPlanText(reading, { color: context.options.color })}\n${closing(local, run, stored)}`,
    };
  } finally {
    await local.embedded.close();
  }
}

/** What stands in the way of a plan that counts; a file that the tool itself wrote there is the usual surprise. */
function differsText({ status: { changed } }: Local): string {
  const more = changed.length > 5 ? ` and ${changed.length - 5} more` : "";
  const paths = inertLine(changed.slice(0, 5).join(", "));
  return `What differs: ${paths}${more}. What is written there by a run, such as a state on disk, belongs into .gitignore.`;
}

/** What the plan is good for, and what a person can do with it. */
function closing(local: Local, run: Run, stored: StoredPlan): string {
  if (run.state === "no-changes") return `${run.stack}: no changes. There is nothing to apply.`;
  if (stored.speculative !== null)
    return `This plan was made from a checkout with uncommitted changes, so it is for looking at: commit, and plan again.\n${differsText(local)}`;
  const environment = placeOf(local.flow, run.stack)?.environment;
  const why = environment === undefined ? null : whyNotFromHere(local.flow, environment, "normal");
  const next =
    why === null
      ? `Apply it with: plangate apply ${run.stack} --plan ${stored.digest}`
      : `${environment?.name} is ${why}: it is applied through the flow, not from here. ${wayThrough(local.flow, run.stack)}`;
  return `Stored as ${stored.digest} (${run.id}).\n${next}`;
}
