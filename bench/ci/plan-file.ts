import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readZip, writeZip } from "../../src/testing/plan-file.ts";

/** A plan that the tool made for one stack, and the same for others. */
export interface MadePlans {
  /** The plan JSON, which names no stack. */
  readonly json: string;
  of(stack: string): Uint8Array;
}

/**
 * Has the tool plan one stack, once. Plan files of others differ in nothing but where their state lies: their names have
 * the same length, so that nothing moves.
 */
export function rewrittenPlans(
  folder: string,
  about: { readonly main: string; readonly stack: string; readonly pathOf: (stack: string) => string },
): MadePlans {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "main.tf"), about.main);
  const env = { ...process.env, TF_IN_AUTOMATION: "1", CHECKPOINT_DISABLE: "1" };
  const tool = (...args: readonly string[]) =>
    execFileSync("terraform", args, { cwd: folder, env, encoding: "utf8", stdio: "pipe", maxBuffer: 2 ** 30 });
  tool("init", "-input=false", `-backend-config=path=${about.pathOf(about.stack)}`);
  tool("plan", "-input=false", "-out=tfplan");
  const entries = readZip(readFileSync(join(folder, "tfplan")));
  return {
    json: tool("show", "-json", "tfplan"),
    of: (stack) =>
      writeZip(entries.map((entry) => ({ ...entry, content: replaced(entry.content, about.stack, stack) }))),
  };
}

function replaced(content: Buffer, from: string, to: string): Buffer {
  const copy = Buffer.from(content);
  for (let at = copy.indexOf(from); at >= 0; at = copy.indexOf(from, at + 1)) copy.write(to, at);
  return copy;
}
