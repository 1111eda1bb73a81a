import { shortDigest } from "../domain/digest.ts";
import type { BundlePart, StoredPlan } from "../domain/plan.ts";
import type { ReadPlan } from "../domain/read-plan.ts";
import type { Run } from "../domain/run.ts";
import type { Flow, Gate } from "../flow/flow.ts";
import { inlineCode } from "./inert.ts";
import { renderPlanMarkdown } from "./plan-markdown.ts";

/** What one stack's section of the comment is made from. */
export interface SectionView {
  readonly run: Run;
  readonly stored: StoredPlan;
  readonly flow: Flow;
  readonly made: { readonly reading: ReadPlan; readonly generated: readonly BundlePart[] };
}

/** Leaves room for other stacks' sections in one comment of at most 65,536 characters. */
const budget = 20_000;

/**
 * One stack's section of the comment that people approve from: what the plan does, deletions first, what only the apply
 * decides, which plan it is, and who may say yes.
 */
export function renderSection({ run, stored, flow, made }: SectionView): string {
  const { manifest } = stored;
  const lines = [
    `### ${inlineCode(manifest.stack)}`,
    "",
    renderPlanMarkdown(made.reading, { budget, elsewhere: inlineCode(run.id) }),
    "",
    ...generatedLines(made.generated),
    `Plan ${inlineCode(shortDigest(stored.digest))} of commit ${inlineCode(manifest.commit.slice(0, 12))}, made from state serial ${manifest.state.serial} with ${manifest.tool.name} ${manifest.tool.version}.`,
    approvalLine(stored, flow),
  ];
  return lines.join("\n");
}

function generatedLines(generated: readonly BundlePart[]): readonly string[] {
  if (generated.length === 0) return [];
  const files = generated.map(
    (part) =>
      `${inlineCode(part.name.slice("files/".length))} (${part.bytes} bytes, ${inlineCode(shortDigest(part.digest))})`,
  );
  return [`Made while planning, and part of what is applied: ${files.join(", ")}.`, ""];
}

function approvalLine(stored: StoredPlan, flow: Flow): string {
  if (stored.speculative !== null) return "**This plan is for looking at: it can never be applied.**";
  const gate =
    flow.environments.find((environment) => environment.name === stored.manifest.environment)?.approvals ?? null;
  return gate === null
    ? "No approval is asked for."
    : `**To apply: ${askedText(gate)}.** An approval counts for this plan, given after it was shown here.`;
}

/** `1 approval by owners, none of whom wrote any of it` */
function askedText(gate: Gate): string {
  const who = [...gate.by.teams, ...gate.by.logins].join(", ");
  const except = gate.notBy.includes("writers") ? ", from somebody who wrote none of it" : "";
  return `${gate.count} approval${gate.count === 1 ? "" : "s"} by ${who}${except}`;
}
