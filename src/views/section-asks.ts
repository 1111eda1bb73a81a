import { shortDigest } from "../domain/digest.ts";
import { durationText } from "../domain/names.ts";
import { pullRequestOf } from "../domain/run.ts";
import type { Environment, Gate } from "../flow/flow.ts";
import { placeOf } from "../flow/instances.ts";
import { whoMay } from "./given.ts";
import { inertMarkdown, inlineCode } from "./inert.ts";
import { momentText, zonesOf } from "./moment.ts";
import type { SectionView } from "./section-view.ts";

/** Who may say yes to a plan, and what else its apply waits for: a sentence each, those that people can do something about first. */
export function askedLines(view: SectionView): readonly string[] {
  const { stored, flow } = view;
  if (stored.manifest.mode === "refresh-only") return [];
  if (stored.speculative !== null) return ["**This plan is for looking at: it can never be applied.**"];
  if (view.run.state === "no-changes") return [nothingAsked(view)];
  const place = placeOf(flow, stored.manifest.stack);
  const asked = [
    approvalLine(view, place?.environment),
    ...deletionLines(view, place?.environment.perPullRequest === true),
    ...(place === undefined ? [] : waitLines(view, place.environment)),
  ];
  return asked.flatMap((line, index) => (index === 0 ? [line] : ["", line]));
}

/** Nobody is asked about an empty plan. Each later delivery looks again whether it still is one. */
function nothingAsked({ stored: { manifest } }: SectionView): string {
  return manifest.mode === "destroy"
    ? "**There is nothing to destroy, and nobody is asked.**"
    : "**There is nothing to apply, and nobody is asked.** That is expected where the change was applied there before, such as from the branch that it was tried from; its checks pass all the same. Should something be to do once it is delivered, a new plan shows that, and asks.";
}

/** The environment's own gate, and the one of the row that asked for the apply. */
function gatesOf({ run, flow }: SectionView, environment: Environment | undefined): readonly Gate[] {
  const own = environment?.approvals ?? null;
  const rows = flow.when.filter(
    ({ environment: where, job, do: steps }) =>
      where === environment?.name &&
      steps.includes(run.mode === "destroy" ? "destroy" : "apply") &&
      (run.due === null || run.due.job === job),
  );
  // While nothing asked for it, a gate is only named when whatever asks would pass it.
  const named = rows.map(({ gate }) => flow.gates.find(({ name }) => name === gate));
  const shared = run.due !== null || rows.length === 1 ? named : [];
  return [...(own === null ? [] : [own]), ...new Set(shared.filter((gate) => gate !== undefined))];
}

function approvalLine(view: SectionView, environment: Environment | undefined): string {
  const { run, stored } = view;
  if (run.source.kind === "schedule" && run.due === null)
    return "**This is a proposal: nothing applies it by itself.**";
  const gates = gatesOf(view, environment);
  const verb = stored.manifest.mode === "destroy" ? "destroy" : "apply";
  return gates.length === 0
    ? "No approval is asked for."
    : `**To ${verb}: ${gates.map(askedText).join("; and ")}.** An approval counts for this plan, given after it was shown here.`;
}

/** `1 approval by owners, from somebody who wrote none of it` */
function askedText(gate: Gate): string {
  return `${gate.count} approval${gate.count === 1 ? "" : "s"} by ${whoMay(gate)}`;
}

/** Asked on the pull request that brings the deletions, and not where all of the stack goes, or is only tried. */
function deletionLines({ run, stored, flow, made }: SectionView, own: boolean): readonly string[] {
  const { destroy, replace } = made.reading.summary.counts;
  const count = destroy + replace;
  const isAsked = flow.require.deletions === "acknowledged" && pullRequestOf(run.source) !== null && !own;
  if (!isAsked || count === 0 || stored.manifest.mode === "destroy") return [];
  const what = `${count.toLocaleString("en")} ${count === 1 ? "object" : "objects"}`;
  return [
    `**It deletes or replaces ${what}.** Somebody who may merge has to say that this is meant: \`/plangate acknowledge ${stored.digest}\` (plan ${inlineCode(shortDigest(stored.digest))}).`,
  ];
}

function waitLines({ stored, flow }: SectionView, environment: Environment): readonly string[] {
  const { name, after, windows, emergency, heldByBranch, perPullRequest, ttl } = environment;
  const freezes = environment.freezes.filter(({ to }) => to > stored.manifest.createdAt);
  const zones = zonesOf(environment);
  const lines: string[] = [];
  const destroys = stored.manifest.mode === "destroy";
  if (after.length > 0 && !destroys)
    lines.push(`First applied and verified in ${after.map(inlineCode).join(" and ")}.`);
  if (windows !== null)
    lines.push(`It begins within ${windows.map(({ text }) => inertMarkdown(text)).join(" or ")} only.`);
  for (const { from, to, because } of freezes) {
    const why = because === null ? "" : `: ${inertMarkdown(because)}`;
    lines.push(`Frozen from ${momentText(from, zones)} until ${momentText(to, zones)}${why}.`);
  }
  if (emergency !== null && (windows !== null || freezes.length > 0))
    lines.push(
      `In an emergency the label ${inlineCode(emergency.label)}, set by an approver, goes past windows and freezes; somebody reviews it within ${durationText(emergency.review)}.`,
    );
  if (heldByBranch && !destroys)
    lines.push(
      `Once it is applied, the branch holds this stack of ${inlineCode(name)} until it is merged or deleted, or somebody frees it (\`/plangate release STACK\`, \`/plangate take STACK\`).`,
    );
  if (perPullRequest && !destroys)
    lines.push(
      `It is this pull request's own, and is destroyed with it${ttl === null ? "" : `, at the latest after ${durationText(ttl)}`}.`,
    );
  const codeOwners = flow.branches.filter(
    ({ name: branch, reviews }) => environment.appliesFrom.includes(branch) && reviews?.codeOwners === true,
  );
  if (codeOwners.length > 0 && !destroys)
    lines.push(
      `What reaches it through ${codeOwners.map(({ name: branch }) => inlineCode(branch)).join(" or ")} has to be approved by a code owner of each path that it changes.`,
    );
  return lines;
}
