import { shortDigest } from "../domain/digest.ts";
import type { PlanComparison } from "../domain/plan-difference.ts";
import { inertLine } from "./inert.ts";

/** The outcome of comparing two plans, for the terminal. */
export function renderComparison(comparison: PlanComparison, names: readonly [string, string]): string {
  const { same, meaning, differences, more, runtimeOwned } = comparison;
  const lines: string[] = [];
  if (same) {
    lines.push(`The plans mean the same (${shortDigest(meaning[0])}).`);
  } else {
    const [left, right] = names.map((name, index) => `${inertLine(name)} (${shortDigest(meaning[index as 0 | 1])})`);
    lines.push(`The plans differ: left is ${left}, right is ${right}.`, "");
    for (const { address, path, left: one, right: other, why } of differences) {
      lines.push(inertLine(`${address}${path === undefined ? "" : ` ${path}`}: ${why}`));
      lines.push(inertLine(`    left:  ${one}`), inertLine(`    right: ${other}`));
    }
    if (more > 0) lines.push("", `${more} more differences.`);
  }
  for (const { address, path } of runtimeOwned) {
    lines.push(inertLine(`Left out, since it is set at run time: ${address} ${path}`));
  }
  return lines.join("\n");
}
