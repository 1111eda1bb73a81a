import type { PlanCounts } from "../domain/plan.ts";
import type { PlanJson, ResourceChange, ValueChange } from "../domain/plan-json.ts";
import { failingChecks } from "../domain/plan-meaning.ts";
import type { OpenAtApply } from "../domain/plan-open.ts";
import { actionOf, type PlanSummary, type ResourceAction } from "../domain/plan-summary.ts";
import type { Redactor } from "../domain/redaction.ts";
import type { RuntimeOwnedPlace } from "../domain/runtime-owned.ts";
import { type ChangeLine, outputLines, resourceLines } from "./change-lines.ts";
import { fenced, inertCode, inertHtml, inlineCode } from "./inert.ts";
import { lookAt } from "./look-at.ts";
import { signOf } from "./resource-heading.ts";
import { longestText } from "./value-text.ts";

/** A plan with all that a rendering says about it. */
export interface PlanView {
  readonly plan: PlanJson;
  readonly summary: PlanSummary;
  readonly open: OpenAtApply;
  readonly runtimeOwned: readonly RuntimeOwnedPlace[];
  readonly redact: Redactor;
}

export interface MarkdownOptions {
  /** The most characters that may come out; GitHub takes 65,536 for a whole comment. At least 1,000 are sensible. */
  readonly budget: number;
  /** Where the whole plan can be read, as Markdown made by us: `[the run](https://…)`. */
  readonly elsewhere: string;
}

/** In this order everything is shown, and from the end of it things are cut. */
const weight: Readonly<Record<ResourceAction, number>> = {
  delete: 0,
  replace: 1,
  forget: 2,
  update: 3,
  create: 4,
  import: 5,
  move: 6,
  read: 7,
};

/** Changes of a plan that are shown, the weightiest first: deletions, replacements, forgotten ones, then the rest. */
export function changesByWeight(plan: PlanJson): readonly ResourceChange[] {
  const weighed: { readonly change: ResourceChange; readonly weight: number }[] = [];
  for (const change of plan.resourceChanges) {
    const action = actionOf(change);
    if (action !== undefined) weighed.push({ change, weight: weight[action] });
  }
  return weighed.sort((left, right) => left.weight - right.weight).map(({ change }) => change);
}

/** How much of names, values and changes is written out. */
interface Measure {
  readonly names: number;
  readonly longestName: number;
  readonly lines: number;
  readonly longest: number;
}

const inBrief: Measure = { names: 8, longestName: 120, lines: 300, longest: longestText };
const whole: Measure = {
  names: Number.POSITIVE_INFINITY,
  longestName: Number.POSITIVE_INFINITY,
  lines: Number.POSITIVE_INFINITY,
  longest: Number.POSITIVE_INFINITY,
};

/**
 * A plan as a section of a pull request comment.
 *
 * Keeps to its budget by leaving out from the end: first the details of what weighs least, then its lines in the
 * list, and says how many of which kind. Deletions and replacements come first in both, so they are the last to go. Walks
 * only what it prints, so a large plan costs no more than a small one.
 */
export function renderPlanMarkdown(view: PlanView, options: MarkdownOptions): string {
  return planMarkdown(view, options, inBrief);
}

/** The same with nothing left out and nothing shortened, however long that is. */
export function renderWholePlan(view: PlanView): string {
  return planMarkdown(view, { budget: Number.POSITIVE_INFINITY, elsewhere: "" }, whole);
}

function planMarkdown(view: PlanView, { budget, elsewhere }: MarkdownOptions, measure: Measure): string {
  const { plan, summary, open } = view;
  const head: string[] = [countsLine(summary.counts, summary)];
  const flags = flagLines(plan, measure);
  if (flags.length > 0) head.push(flags.join("\n"));
  const changes = changesByWeight(plan);
  head.push(...lookAtLines(changes, budget));
  const taken = (parts: readonly string[]): number => parts.reduce((sum, part) => sum + part.length + 2, 0);
  // What is always said at the end, whatever is cut, has its room kept.
  const tail = [...openLines(open, measure), ...ownedLines(view.runtimeOwned, measure)];
  const room = budget - taken(head) - taken(tail) - 300;

  const list: string[] = [];
  // Which objects there are is worth more than what becomes of each.
  const listRoom = room * 0.7;
  let used = 0;
  for (const change of changes) {
    const line = `- ${inlineCode(signOf(change).trim() || "·")} ${inlineCode(nameOf(change))} ${shortFate[actionOf(change) ?? "move"]}`;
    if (used + line.length + 1 > listRoom) break;
    list.push(line);
    used += line.length + 1;
  }
  const details: string[] = [];
  let left = room - used;
  for (const change of changes) {
    const block = detailsBlock(change, view.redact, measure);
    if (block.length + 2 > left) break;
    details.push(block);
    left -= block.length + 2;
  }
  const outputs = outputBlock(view, { room: left, measure });
  const body = [...head];
  if (list.length > 0) body.push(list.join("\n"));
  const unlisted = changes.slice(list.length);
  if (unlisted.length > 0)
    body.push(
      `**${count(unlisted.length, "more resource")} not listed here** (${kindsText(unlisted)}), see ${elsewhere}.`,
    );
  body.push(...details);
  if (outputs !== undefined) body.push(outputs);
  if (details.length < changes.length) {
    body.push(`Details of ${count(changes.length - details.length, "more resource")}: see ${elsewhere}.`);
  }
  if (outputs === undefined && summary.outputs.length > 0) {
    body.push(`${count(summary.outputs.length, "changed output")}: see ${elsewhere}.`);
  }
  return [...body, ...tail].join("\n\n");
}

/** `3 destroy, 1,784 create`, the weightiest first, as the changes come. */
function kindsText(changes: readonly ResourceChange[]): string {
  const kinds = Map.groupBy(changes, (change) => shortFate[actionOf(change) ?? "move"]);
  return [...kinds].map(([fate, some]) => `${some.length.toLocaleString("en")} ${fate}`).join(", ");
}

const shortFate: Readonly<Record<ResourceAction, string>> = {
  delete: "**destroy**",
  replace: "**replace**",
  forget: "**forget**",
  update: "update",
  create: "create",
  import: "import",
  move: "move",
  read: "read during apply",
};

function nameOf({ address, deposed }: ResourceChange): string {
  return deposed === undefined ? address : `${address} (deposed ${deposed})`;
}

/** `**2 to destroy, 1 to replace, 3 to add, 4 to change**`: what is zero is left out. */
export function countsLine(counts: PlanCounts, summary: Pick<PlanSummary, "isEmpty" | "outputs">): string {
  if (summary.isEmpty) return "**No changes.**";
  const words = countWords(counts);
  const outputs = summary.outputs.length;
  if (words.length === 0 && outputs > 0)
    return `**Only ${count(outputs, "output")} ${outputs === 1 ? "changes" : "change"}.**`;
  return words.length === 0 ? "**No resource is changed.**" : `**${words.join(", ")}**`;
}

/** The counts that are not zero, the weightiest first. */
export function countWords(counts: PlanCounts): readonly string[] {
  const { destroy, replace, forget, add, change, import: imports, move } = counts;
  const words: readonly (readonly [number, string])[] = [
    [destroy, "to destroy"],
    [replace, "to replace"],
    [forget, "to forget"],
    [add, "to add"],
    [change, "to change"],
    [imports, "to import"],
    [move, "to move"],
  ];
  return words.filter(([number]) => number > 0).map(([number, text]) => `${number} ${text}`);
}

function count(number: number, noun: string): string {
  return `${number.toLocaleString("en")} ${noun}${number === 1 ? "" : "s"}`;
}

function flagLines(plan: PlanJson, measure: Measure): readonly string[] {
  const lines: string[] = [];
  if (plan.errored === true) lines.push("> **The plan has errors and cannot be applied.**");
  if (plan.complete === false) {
    lines.push("> **The plan is not complete**: it was limited to targets, or part of it is put off or failed.");
  }
  const failing = failingChecks(plan);
  if (failing.length > 0)
    lines.push(
      `> **${count(failing.length, "check")} failed**: ${nameList(
        failing.map(({ name }) => name),
        measure,
      )}`,
    );
  return lines;
}

const mostToLookAt = 3;

/** Above everything that is listed, so in few words: without names where these would take the room of the list. */
function lookAtLines(changes: readonly ResourceChange[], budget: number): readonly string[] {
  const found = lookAt(changes);
  if (found.length === 0) return [];
  const text = (told: (some: readonly ResourceChange[]) => string): string =>
    `**Look at**\n${found.map(({ name, changes: some }) => `- ${name}: ${told(some)}`).join("\n")}`;
  const named = text((some) => nameList(some.map(nameOf), { ...inBrief, names: mostToLookAt }));
  return [named.length <= budget / 4 ? named : text((some) => count(some.length, "change"))];
}

/** What is decided only at apply, counted and named. */
function openLines(open: OpenAtApply, measure: Measure): readonly string[] {
  const lines: string[] = [];
  const named = (names: readonly string[]): string => nameList(names, measure);
  const { unknown, reads, provisioners, ephemeral, deferred, actions } = open;
  if (unknown.values > 0) {
    lines.push(`- ${count(unknown.values, "value")} known only after apply, in ${named(unknown.addresses)}`);
  }
  if (reads.length > 0) lines.push(`- ${count(reads.length, "data source")} read during apply: ${named(reads)}`);
  if (provisioners.length > 0) {
    const names = provisioners.map(({ address, types }) => `${address} (${types.join(", ")})`);
    lines.push(`- **${count(provisioners.length, "resource")} with provisioners that run**: ${named(names)}`);
  }
  if (ephemeral.length > 0) lines.push(`- ${count(ephemeral.length, "ephemeral input")}: ${named(ephemeral)}`);
  if (deferred.length > 0) {
    lines.push(
      `- ${count(deferred.length, "change")} put off to a later plan: ${named(deferred.map(({ address }) => address))}`,
    );
  }
  if (actions.length > 0) lines.push(`- ${count(actions.length, "action")} invoked: ${named(actions)}`);
  return lines.length === 0 ? [] : [`**Decided only at apply**\n${lines.join("\n")}`];
}

function ownedLines(places: readonly RuntimeOwnedPlace[], measure: Measure): readonly string[] {
  if (places.length === 0) return [];
  const names = places.map(({ address, path }) => `${address}: ${path}`);
  return [`**Set at run time, left out of comparisons**: ${nameList(names, measure)}`];
}

function nameList(names: readonly string[], { names: most, longestName }: Measure): string {
  const shown = names
    .slice(0, most)
    .map((name) => inlineCode(name.length > longestName ? `${name.slice(0, longestName)}…` : name));
  const more = names.length - shown.length;
  return `${shown.join(", ")}${more > 0 ? ` and ${count(more, "more").replace(/s$/, "")}` : ""}`;
}

function detailsBlock(change: ResourceChange, redact: Redactor, { lines: most, longest }: Measure): string {
  const lines = resourceLines(change, { redact, most, longest });
  const fate = shortFate[actionOf(change) ?? "move"].replaceAll("*", "");
  const summary = `<summary><code>${inertHtml(`${signOf(change)} ${nameOf(change)}`.trim())}</code> ${fate}</summary>`;
  return `<details>${summary}\n\n${diffBlock(lines)}\n\n</details>`;
}

function outputBlock(
  { plan, summary, redact }: PlanView,
  { room, measure: { lines: most, longest } }: { readonly room: number; readonly measure: Measure },
): string | undefined {
  if (summary.outputs.length === 0) return undefined;
  const lines = summary.outputs.flatMap(({ name }) =>
    outputLines(name, plan.outputChanges[name] as ValueChange, { redact, most, longest }),
  );
  const block = `<details><summary>${count(summary.outputs.length, "changed output")}</summary>\n\n${diffBlock(lines)}\n\n</details>`;
  return block.length + 2 > room ? undefined : block;
}

/** The sign stands at the line's beginning, where the colours of a diff block come from. */
function diffBlock(lines: readonly ChangeLine[]): string {
  const text = lines.map(
    ({ sign, depth, text: content }) => `${sign.padEnd(3)} ${"  ".repeat(depth)}${content.replaceAll("\n", "\\n")}`,
  );
  return fenced("diff", inertCode(text.join("\n")));
}
