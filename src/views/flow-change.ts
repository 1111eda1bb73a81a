import type { Change, GuaranteeDifference, ProvedProperty } from "../domain/flow-change.ts";
import type { CommitSha } from "../domain/names.ts";
import type { Flow } from "../flow/flow.ts";
import { asItIs, inMarkdown } from "./explain/words/names.ts";
import { compareGuarantees } from "./guarantees/compare-flows.ts";
import { inertLine, inertMarkdown, inlineCode } from "./inert.ts";

/** A pull request's change of the flow. */
export interface FlowChangeView {
  /** Where the flow lies, from the repository's top. */
  readonly file: string;
  readonly commit: CommitSha;
  /** The flow in force, and the one after the merge. */
  readonly before: Flow;
  readonly after: Flow;
  /** Null when nobody searched. */
  readonly proof: readonly ProvedProperty[] | null;
  /** The properties that the flow in force breaks as well. */
  readonly brokenBefore: ReadonlySet<string>;
}

/** How long the list of differences, and of what else is told, may get in a comment that stacks have sections in too. */
const mostCharacters = 12_000;
const mostOfSentence = 1_000;

/** The section of plangate's comment about it: what gets weaker first, then what else differs, then the proof. */
export function renderFlowChange(view: FlowChangeView): string {
  return [
    ...headLines(view),
    ...differenceLines(view),
    "",
    ...proofLines(view),
    "",
    "It counts once it is merged; until then the flow before it judges, this change too.",
  ].join("\n");
}

/** The same place when the flow file cannot be used. */
export function renderFlowProblems(
  { file, commit }: Pick<FlowChangeView, "file" | "commit">,
  problems: readonly string[],
): string {
  return [
    ...headLines({ file, commit }),
    "**It cannot be used after the merge.** Nothing was compared or proved:",
    "",
    ...cut(problems.map((problem) => `- ${inertMarkdown(short(problem))}`)),
  ].join("\n");
}

function headLines({ file, commit }: Pick<FlowChangeView, "file" | "commit">): readonly string[] {
  return [
    `### The flow changes: ${inlineCode(file)}`,
    "",
    `With commit ${inlineCode(commit.slice(0, 12))}, after its merge, against the flow in force:`,
    "",
  ];
}

const headings: Readonly<Record<Change, string>> = {
  weaker: "**Weaker**",
  other: "**Other**, which people have to judge",
  stronger: "**Stronger**",
};

function differenceLines({ before, after }: FlowChangeView): readonly string[] {
  const plain = compareGuarantees({ before, after, spelling: asItIs });
  const spelled = compareGuarantees({ before, after, spelling: inMarkdown });
  const lines = (["weaker", "other", "stronger"] as const).flatMap((change) => {
    const own = plain.flatMap((one, index) =>
      one.change === change ? [`- ${sentenceLine(one.sentence, spelled[index]?.sentence ?? "")}`] : [],
    );
    return own.length === 0 ? [] : ["", `${headings[change]} (${own.length}):`, "", ...own];
  });
  const hint = plain.some(({ change }) => change === "weaker") ? " Approve this only if that is meant." : "";
  return [`**${differenceSummary(plain)}.**${hint}`, ...cut(lines)];
}

/** Names stand out unless somebody made them so long that they would have to be cut. */
function sentenceLine(plain: string, spelled: string): string {
  return spelled.length <= 2 * mostOfSentence ? spelled : inertMarkdown(short(plain));
}

function short(text: string): string {
  return text.length <= mostOfSentence ? text : `${text.slice(0, mostOfSentence)}…`;
}

/** The first of the lines; weaker ones are before all others, so they are the last to be left out. */
function cut(lines: readonly string[]): readonly string[] {
  let left = mostCharacters;
  const end = lines.findIndex((line) => {
    left -= line.length + 1;
    return left < 0;
  });
  if (end < 0) return lines;
  return [
    ...lines.slice(0, end),
    "",
    `There is more that does not fit here: \`plangate prove --against\` tells all of it.`,
  ];
}

function proofLines({ proof, brokenBefore }: FlowChangeView): readonly string[] {
  if (proof === null) return ["**The flow was not proved**: nobody searches here. `plangate prove` does."];
  const of = (status: ProvedProperty["status"]) => proof.filter((property) => property.status === status);
  const ids = (some: readonly ProvedProperty[]) => some.map(({ id }) => id).join(", ");
  const [violated, holds, open] = [of("violated"), of("holds"), of("not-covered")];
  const looked = open.length === 0 ? "" : " in what it looked at, which was too little for a part";
  return cut([
    violated.length === 0
      ? `**The proof of the new flow** found no hole${looked}.`
      : `**The new flow breaks ${ids(violated)}.**`,
    "",
    ...violated.flatMap((property) => [...violatedLines(property, brokenBefore.has(property.id)), ""]),
    ...(holds.length === 0 ? [] : [`- Holds: ${ids(holds)}`]),
    ...unprovedLines("Void", of("void")),
    ...unprovedLines("Not covered", open),
  ]);
}

/** A line for each reason, which several properties may have. */
function unprovedLines(word: string, some: readonly ProvedProperty[]): readonly string[] {
  const byReason = new Map<string | null, readonly string[]>();
  for (const { id, explanation } of some) byReason.set(explanation, [...(byReason.get(explanation) ?? []), id]);
  return [...byReason].map(
    ([why, ids]) => `- ${word}: ${ids.join(", ")}${why === null ? "" : `. ${inertMarkdown(short(why))}`}`,
  );
}

function violatedLines({ id, sentence, explanation, story }: ProvedProperty, wasBroken: boolean): readonly string[] {
  const since = wasBroken ? " The flow in force breaks it too." : "";
  const why = explanation === null ? "" : ` ${inertMarkdown(short(explanation))}`;
  return [
    `${id} is broken: ${inertMarkdown(sentence)}${why}${since}`,
    ...(story.length === 0 ? [] : ["", ...story.map((step, index) => `${index + 1}. ${inertMarkdown(short(step))}`)]),
  ];
}

/** How many differences there are, of what kind: those that nobody can call weaker without people are not hidden behind none. */
export function differenceSummary(found: readonly GuaranteeDifference[]): string {
  const count = (change: Change) => found.filter((one) => one.change === change).length;
  const [weaker, other] = [count("weaker"), count("other")];
  const judged = `${other} ${other === 1 ? "differs" : "differ"}, which people have to judge`;
  if (found.length === 0) return "No guarantee differs";
  if (weaker === 0)
    return other === 0 ? "No guarantee gets weaker" : `No guarantee gets weaker by itself, and ${judged}`;
  return `${weaker} ${weaker === 1 ? "guarantee gets" : "guarantees get"} weaker${other === 0 ? "" : `, and ${judged}`}`;
}

/** In a check's line there is room for the first few. */
const mostInLine = 5;

/** What a check's summary says of the change: what gets weaker, what people have to judge, and whether it was proved. */
export function flowChangeLines({ before, after, proof }: FlowChangeView): readonly string[] {
  const found = compareGuarantees({ before, after, spelling: asItIs });
  const first = found.filter(({ change }) => change !== "stronger");
  const more = first.length > mostInLine ? `; and ${first.length - mostInLine} more` : "";
  const told = first.length === 0 ? "" : `: ${first.slice(0, mostInLine).map(lineOf).join("; ")}${more}`;
  return [`${differenceSummary(found)}${told}`, proof === null ? "the new flow was not proved" : provedLine(proof)];
}

function lineOf({ sentence }: GuaranteeDifference): string {
  return inertLine(short(sentence));
}

function provedLine(proof: readonly ProvedProperty[]): string {
  const open = proof.filter(({ status }) => status === "not-covered").map(({ id }) => id);
  const broken = proof.some(({ status }) => status === "violated");
  const found = broken ? "the proof of the new flow found a hole" : "the proof of the new flow found no hole";
  return open.length === 0 ? found : `${found}, and looked at too little for ${open.join(", ")}`;
}

/** What makes a check fail: each property that the change breaks, with its story in words. What was broken before is told and not held against it. */
export function brokenProperties({ proof, brokenBefore }: FlowChangeView): readonly string[] {
  return (proof ?? [])
    .filter(({ id, status }) => status === "violated" && !brokenBefore.has(id))
    .map(({ id, sentence, explanation, story }) => {
      const why = explanation === null ? sentence : explanation;
      const told = story.map((step, index) => `${index + 1}. ${step}`).join(" ");
      return inertLine(short(`the new flow breaks ${id}: ${why}${told === "" ? "" : ` (${told})`}`));
    });
}
