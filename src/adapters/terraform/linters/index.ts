import type { Linter } from "./lint.ts";
import { openTflint } from "./tflint.ts";
import { tfsec } from "./tfsec.ts";

export type { LintFinding } from "./lint.ts";

export type LinterName = "tflint" | "tfsec";

/** A linter for the folders of one checkout. */
export function openLinter(name: LinterName): Linter {
  return name === "tflint" ? openTflint() : tfsec;
}
