import { orderFor } from "../../../delivery/observe/stack-facts.ts";
import { entry, mustWrite } from "../../../delivery/record.ts";
import type { Context, Given, Result } from "../context.ts";
import { stackCalled } from "../local-stack.ts";
import { refuseMixedUpFolder } from "../mixed-up-folder.ts";
import { openLocal } from "../open-local.ts";
import { runFields } from "../run-fields.ts";
import type { Fields } from "../schema.ts";

/** Looks, changes nothing: what is there against what the commit checked out here says. */
export async function verifyCommand(context: Context, { operands }: Given): Promise<Result> {
  const local = await openLocal(context, { protectedFlow: false });
  try {
    const { delivery, store } = local.embedded;
    await local.embedded.recover();
    const { name, stack } = await stackCalled(local, operands[0]);
    await refuseMixedUpFolder(context, local, name);
    const content = {
      commit: local.commit,
      base: null,
      tree: local.dirtyTree ?? (await delivery.repository.treeOf(local.commit)),
    };
    const [run] = await store.runs({
      stack: name,
      modes: ["normal"],
      states: ["applied", "verified", "verify-failed"],
      limit: 1,
    });
    context.progress(`${name}: planning to see whether anything differs`);
    const found = await delivery.roles.verify(orderFor(delivery, run ?? null, stack, content));
    await mustWrite(delivery, {
      ledger: [
        entry(delivery, "verified", {
          stack: name,
          commit: local.commit,
          by: local.by,
          verified: found.verified,
          proof: found.proof,
        }),
      ],
    });
    const lines = found.checks.map(
      (check) =>
        `${check.passed ? "✓" : "✗"} ${check.name}${check.passed || check.output === "" ? "" : `\n${check.output}`}`,
    );
    return {
      exitCode: found.verified ? 0 : 3,
      ...(found.verified
        ? {}
        : {
            diagnostics: [
              {
                severity: "error",
                code: "verify-failed",
                summary: `${name}: ${found.why}.`,
                hint: `\`plangate plan ${name}\` shows what differs.`,
              },
            ] as const,
          }),
      fields: {
        run: run === undefined ? null : runFields(run),
        checks: found.checks,
        proof: found.proof,
      } satisfies Fields<"verify">,
      text: lines.join("\n"),
    };
  } finally {
    await local.embedded.close();
  }
}
