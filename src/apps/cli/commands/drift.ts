import { driftIn } from "../../../delivery/perform/drift.ts";
import type { Drifted } from "../../../domain/drift.ts";
import type { StackName } from "../../../domain/names.ts";
import type { StoredPlan } from "../../../domain/plan.ts";
import { reasons } from "../../../domain/reason.ts";
import { inertLine } from "../../../views/inert.ts";
import type { Context, Given, Result } from "../context.ts";
import { stackCalled } from "../local-stack.ts";
import { refuseMixedUpFolder } from "../mixed-up-folder.ts";
import { openLocal } from "../open-local.ts";
import { planLocally } from "../planned-run.ts";
import { runFields } from "../run-fields.ts";
import type { Fields } from "../schema.ts";

/** Looks whether real objects still are as they were applied. Changes nothing: neither objects nor the state. */
export async function driftCommand(context: Context, { operands }: Given): Promise<Result> {
  const local = await openLocal(context, { protectedFlow: false });
  try {
    local.embedded.getReady();
    await local.embedded.recover();
    const { name } = await stackCalled(local, operands[0]);
    await refuseMixedUpFolder(context, local, name);
    const looked = await planLocally(context, local, { stack: name, mode: "refresh-only", tree: null });
    if ("result" in looked) return looked.result;
    const { run, stored } = looked;
    const drift = await driftIn(local.embedded.delivery, run, looked);
    const real = drift.filter((one) => one.class === "drift");
    const fields = { stack: name, run: runFields(run), drift } satisfies Fields<"drift">;
    const text = [
      real.length === 0 ? noDriftText(name, stored) : null,
      ...real.map(driftText),
      ...drift.filter((one) => one.class !== "drift").map(driftText),
    ];
    return {
      exitCode: real.length === 0 ? 0 : 3,
      ...(real.length === 0
        ? {}
        : {
            diagnostics: [
              {
                severity: "error",
                code: "drift-found",
                summary: `${name}: ${run.why ?? "objects are not as they were applied"}.`,
                hint: `${reasons["drift-found"].next} \`plangate plan ${name}\` shows what would put them back.`,
              },
            ] as const,
          }),
      fields,
      text: text.filter((line) => line !== null).join("\n"),
    };
  } finally {
    await local.embedded.close();
  }
}

/** Where no state was ever written, nothing can differ from it. */
function noDriftText(name: StackName, { manifest }: StoredPlan): string {
  return manifest.state.lineage === null
    ? `${name}: nothing was applied yet, so nothing can differ. \`plangate plan ${name}\` shows what would be made.`
    : `${name}: real objects are as they were applied.`;
}

function driftText({ address, paths, class: how }: Drifted): string {
  if (how === "runtime-owned")
    return inertLine(`  ${address}: ${paths.join(", ")} (set while the system runs, as the flow says; no drift)`);
  return inertLine(paths.length === 0 ? `~ ${address} is gone` : `~ ${address}: ${paths.join(", ")}`);
}
