import { orderFor, stackAt } from "../../../delivery/observe/stack-facts.ts";
import { entry, mustWrite } from "../../../delivery/record.ts";
import { InternalError } from "../../../domain/errors.ts";
import type { Context, Given, Result } from "../context.ts";
import { openLocal, stackNamed } from "../open-local.ts";
import { runFields } from "../run-fields.ts";
import type { Fields } from "../schema.ts";

/** Looks, changes nothing: what is there against what the commit checked out here says. */
export async function verifyCommand(context: Context, { operands }: Given): Promise<Result> {
  const local = await openLocal(context, { protectedFlow: false });
  try {
    const { delivery, store } = local.embedded;
    await local.embedded.recover();
    const name = await stackNamed(local, operands[0]);
    const content = {
      commit: local.commit,
      base: null,
      tree: local.dirtyTree ?? (await delivery.repository.treeOf(local.commit)),
    };
    const stack = await stackAt(delivery, name, content);
    if (stack === undefined) throw new InternalError(`${name} is gone`);
    const [run] = await store.runs({ stack: name, states: ["applied", "verified", "verify-failed"], limit: 1 });
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
