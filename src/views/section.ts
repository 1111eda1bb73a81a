import { shortDigest } from "../domain/digest.ts";
import { keptMark } from "../domain/own-comment.ts";
import type { BundlePart } from "../domain/plan.ts";
import { placeOf } from "../flow/instances.ts";
import { inlineCode } from "./inert.ts";
import { renderPlanMarkdown } from "./plan-markdown.ts";
import { askedLines } from "./section-asks.ts";
import type { SectionView } from "./section-view.ts";

/** A comment takes 65,536 characters. Whoever puts several sections into one shortens them together. */
const mostOfComment = 60_000;
/** A gate shows what a step of a job may write, which is 1 MiB: sections may take a part of that, whole plans the rest. */
const mostAtGate = 250_000;
const leastAtGate = 1_000;

/** How many characters a section may take of a plan, where so many are shown together; without a pull request, at a gate. */
export function sectionBudget(shown: { readonly pullRequest: number | null; readonly among: number }): number {
  if (shown.pullRequest !== null) return mostOfComment;
  return Math.min(mostOfComment, Math.max(leastAtGate, Math.floor(mostAtGate / shown.among)));
}

/**
 * One stack's section of the comment that people approve from: what the plan does, deletions first, what only the apply
 * decides, which plan it is, where all of it can be read, who may say yes, and what else the apply waits for.
 */
export function renderSection(view: SectionView): string {
  const { run, stored, made, whole = null, budget = mostOfComment } = view;
  const { manifest } = stored;
  const lines = [
    `### ${inlineCode(manifest.stack)}`,
    "",
    ...bannerLines(view),
    renderPlanMarkdown(made.reading, { budget, elsewhere: whole?.where ?? inlineCode(run.id) }),
    "",
    ...generatedLines(made.generated),
    keptMark,
    `Plan ${inlineCode(shortDigest(stored.digest))} of commit ${inlineCode(manifest.commit.slice(0, 12))}, made from state serial ${manifest.state.serial} with ${manifest.tool.name} ${manifest.tool.version}.`,
    ...(whole === null || whole.text === "" ? [] : [whole.text]),
    ...askedLines(view),
  ];
  return lines.join("\n");
}

/** What must not be overlooked, above everything else. */
function bannerLines({ run, stored, flow, made }: SectionView): readonly string[] {
  const stack = inlineCode(stored.manifest.stack);
  switch (stored.manifest.mode) {
    case "destroy": {
      const count = made.reading.summary.counts.destroy;
      const objects = count === 1 ? "the 1 object" : `all ${count.toLocaleString("en")} objects`;
      // It goes with every pull request: an alarm each time would teach people to overlook those that count.
      if (placeOf(flow, stored.manifest.stack)?.environment.perPullRequest === true)
        return [`This takes down ${stack}, which was this pull request's own: ${objects} that its state knows.`, ""];
      return [
        "> [!CAUTION]",
        `> **This destroys everything of ${stack}: ${objects} that its state knows.** Nothing of it is left afterwards, and nothing brings back the data.`,
        "",
      ];
    }
    case "refresh-only":
      return [`> This looks at what ${stack} has become. Nothing is ever applied of it.`, ""];
    case "normal":
      return run.source.kind === "schedule"
        ? [`> **Drift.** Nobody changed the code: this is what would make ${stack} again what was applied there.`, ""]
        : [];
  }
}

function generatedLines(generated: readonly BundlePart[]): readonly string[] {
  if (generated.length === 0) return [];
  const files = generated.map(
    (part) =>
      `${inlineCode(part.name.slice("files/".length))} (${part.bytes} bytes, ${inlineCode(shortDigest(part.digest))})`,
  );
  return [`Made while planning, and part of what is applied: ${files.join(", ")}.`, ""];
}
