import { type Digest, digestOfJson } from "../../domain/digest.ts";
import type { Json } from "../../domain/ledger.ts";
import type { Repository, RunCommand, RunLogs, Terraform, Workdir, WorkFolders } from "../ports.ts";
import type { Order } from "./work.ts";

export interface VerifyRights {
  readonly repository: Pick<Repository, "checkout">;
  readonly terraform: Terraform;
  readonly runCommand: RunCommand;
  readonly folders: WorkFolders;
  readonly logs: RunLogs;
}

/** What was looked at after an apply, and what was found: the proof. */
export interface Verification {
  readonly verified: boolean;
  readonly why: string;
  readonly checks: readonly { readonly name: string; readonly passed: boolean; readonly output: string }[];
  readonly proof: Digest;
}

/**
 * Proves that an apply did what it should: a new plan is empty, and every command that the flow names succeeds. The
 * commands get the stack's outputs as a file. A verification that looked at nothing is none: the empty plan is always asked for.
 */
export async function verifyStack(rights: VerifyRights, order: Order): Promise<Verification> {
  const folder = await rights.folders.create(`${order.run}-verify`);
  try {
    const checkout = `${folder.path}/checkout`;
    await rights.repository.checkout(order.tree, checkout);
    const log = rights.logs.open(order.run);
    const workdir: Workdir = {
      checkout,
      root: order.stack.root,
      env: order.variables,
      log,
      ...(order.signal === undefined ? {} : { signal: order.signal }),
    };
    await rights.terraform.init(workdir, { backend: order.stack.backend, reuse: order.initKey });
    const outcome = await rights.terraform.plan(workdir, {
      varFiles: order.stack.varFiles,
      out: `${folder.path}/tfplan`,
      mode: "normal",
    });
    const settled = {
      name: "a new plan is empty",
      passed: outcome.kind === "no-changes",
      output: outcome.kind === "failed" ? outcome.summary : "",
    };
    const checks = [settled];
    if (order.stack.verify.length > 0) {
      const outputs = await rights.terraform.outputs(workdir);
      const shown = Object.fromEntries(
        Object.entries(outputs)
          .filter(([, output]) => !output.sensitive)
          .map(([name, output]) => [name, output.value]),
      );
      await folder.write("outputs.json", new TextEncoder().encode(JSON.stringify(shown)));
      for (const argv of order.stack.verify) {
        const result = await rights.runCommand(
          { ...workdir, env: { ...workdir.env, PLANGATE_OUTPUTS: `${folder.path}/outputs.json` } },
          argv,
        );
        checks.push({ name: argv.join(" "), passed: result.exitCode === 0, output: result.output });
      }
    }
    const failed = checks.find((check) => !check.passed);
    const why =
      failed === undefined
        ? `${checks.length} ${checks.length === 1 ? "check" : "checks"} passed`
        : `"${failed.name}" failed`;
    return { verified: failed === undefined, why, checks, proof: digestOfJson(checks as unknown as Json) };
  } finally {
    await folder.remove();
  }
}
