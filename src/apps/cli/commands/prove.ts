import { mkdir, writeFile } from "node:fs/promises";
import { join, relative, resolve, sep } from "node:path";
import { findWorktree } from "../../../adapters/git/index.ts";
import type { Diagnostic } from "../../../domain/diagnostic.ts";
import { DeliveryError, InputError } from "../../../domain/errors.ts";
import { type Flow, parseFlow } from "../../../flow/index.ts";
import {
  beyondTeam,
  type Proof,
  type ProofOptions,
  type PropertyId,
  type PropertyResult,
  propertyIds,
  prove,
  reachOf,
  reachOfAll,
  type SliceResult,
  sliceNames,
  storyText,
  usualBudget,
} from "../../../proof/index.ts";
import { assuranceSentences } from "../../../views/explain/words/assurance.ts";
import { asItIs } from "../../../views/explain/words/names.ts";
import { inertLine, inertText } from "../../../views/inert.ts";
import { writeStory } from "../../../worlds/stories/index.ts";
import { type Context, directoryOf, type Given, type Result } from "../context.ts";
import { flowMissing, readFlowText } from "../flow-file.ts";
import { againstText, compareWith, readFlowAt } from "../prove-against.ts";
import { startPool } from "../prove-pool.ts";
import { storyToSave } from "../saved-story.ts";
import type { Fields } from "../schema.ts";
import { shownPath } from "../shown-path.ts";

/** Looks for a hole in the flow on disk. What was not looked at is told as such, and never as holding. */
export async function proveCommand(context: Context, { options }: Given): Promise<Result> {
  const file = context.options.flow;
  const top = (await findWorktree(directoryOf(context.options), context.env)).top;
  const text = await readFlowText(context, { top });
  if (text === undefined) throw new InputError([flowMissing(file)]);
  const { value: flow, diagnostics } = parseFlow(text, { file });
  if (flow === undefined) throw new InputError(diagnostics);
  const slice = typeof options.slice === "string" ? options.slice : undefined;
  const names = slice === undefined ? [] : sliceNames(flow);
  if (slice !== undefined && !names.some((name) => name.includes(slice))) throw new InputError([noSlice(slice, names)]);
  const ref = options.against;
  const old = typeof ref === "string" ? { ref, flow: await readFlowAt(context, top, ref) } : null;
  const about = {
    ...(options.property === undefined ? {} : { properties: [propertyOf(String(options.property))] }),
    ...(slice === undefined ? {} : { slice }),
    budget: options.budget === undefined ? usualBudget : budgetOf(String(options.budget)),
  };
  const proof = await proved(context, flow, about);
  const stopped = context.signal.aborted;
  const saved = typeof options.save === "string" ? await save(context, proof, options.save, join(top, file)) : [];
  const against =
    old === null
      ? null
      : await compareWith(old, { flow, proof, signal: context.signal }, (other) => proved(context, other, about));
  const assurance = [...assuranceSentences(flow, asItIs), ...propertyIds.flatMap((id) => beyondTeam(flow, id) ?? [])];
  const violated = proof.properties.some(({ status }) => status === "violated");
  return {
    exitCode: violated ? 3 : stopped ? 1 : 0,
    diagnostics: [...diagnostics, ...(stopped ? [stoppedEarly(proof)] : []), ...uncovered(proof, { slice, stopped })],
    fields: { ...fieldsOf(proof), assurance, ...(against === null ? {} : { against }) } satisfies Fields<"prove">,
    text: [
      ...(against === null ? [] : againstText(against)),
      ...proofText(proof, slice !== undefined),
      "",
      ...assurance.map((sentence) => inertLine(sentence)),
      ...saved.map((path) => `wrote ${path}`),
    ].join("\n"),
  };
}

/** Below it one thread is done before others have started. */
const worthThreads = 50_000;

async function proved(
  context: Context,
  flow: Flow,
  about: Pick<ProofOptions, "properties" | "slice" | "budget">,
): Promise<Proof> {
  const options: ProofOptions = {
    ...about,
    stop: () => new Promise((resolved) => setImmediate(() => resolved(context.signal.aborted))),
    now: () => performance.now(),
    progress: context.progress,
  };
  if (about.budget < worthThreads) return prove(flow, options);
  const { searchers, close } = await startPool(flow, context.signal);
  try {
    return await prove(flow, searchers.length === 0 ? options : { ...options, searchers });
  } finally {
    await close();
  }
}

function stoppedEarly({ slices }: Proof): Diagnostic {
  const summary = `Stopped on request: what is told was found in ${reachOfAll(slices)}.`;
  return {
    severity: "error",
    code: "cancelled",
    summary,
    hint: "Run it again, with a smaller --budget if it takes too long.",
  };
}

/** Not an error, and never to be taken for a proof. */
function uncovered(
  proof: Proof,
  { slice, stopped }: { readonly slice: string | undefined; readonly stopped: boolean },
): readonly Diagnostic[] {
  const ids = proof.properties.filter(({ status }) => status === "not-covered").map(({ id }) => id);
  if (ids.length === 0) return [];
  if (slice !== undefined && !stopped && isCovered(proof)) {
    const summary = `Only slices with "${slice}" in their name were searched, so ${ids.join(", ")} is told of these and not of the flow.`;
    return [{ severity: "warning", code: "not-covered", summary, hint: "Leave --slice out to search them all." }];
  }
  const summary = `Too little was looked at to say anything of ${ids.join(", ")}.`;
  return [{ severity: "warning", code: "not-covered", summary, hint: "Let it run on, with a larger --budget." }];
}

/** Whether all slices that were to be searched were looked at far enough to say something. */
function isCovered({ slices }: Proof): boolean {
  return slices.length > 0 && slices.every(({ tooLittle }) => tooLittle === null);
}

function propertyOf(text: string): PropertyId {
  const found = propertyIds.find((id) => id === text.toUpperCase());
  if (found !== undefined) return found;
  const summary = `"${text}" is no property.`;
  throw new InputError([
    { severity: "error", code: "unknown-property", summary, hint: `There is ${propertyIds.join(", ")}.` },
  ]);
}

function budgetOf(text: string): number {
  if (/^[1-9]\d{0,9}$/.test(text)) return Number(text);
  const summary = `"${text}" is no number of transitions.`;
  throw new InputError([{ severity: "error", code: "bad-budget", summary, hint: "Write one such as 1000000." }]);
}

function noSlice(text: string, names: readonly string[]): Diagnostic {
  const summary = `No slice of this flow has "${text}" in its name.`;
  const hint = `Write a part of one: ${names.map((name) => inertLine(`"${name}"`)).join("; ")}.`;
  return { severity: "error", code: "unknown-slice", summary, hint };
}

const marks = { holds: "✓", violated: "✗", void: "○", "not-covered": "?" } as const;

const words = { holds: "holds", violated: "violated", void: "void", "not-covered": "not covered" } as const;

/** Slices are listed one by one where somebody asked for them; else those that say nothing. */
function proofText(proof: Proof, isChosen: boolean): readonly string[] {
  const { properties, slices, oneStep } = proof;
  const transitions = slices.reduce((sum, slice) => sum + slice.transitions, 0);
  const states = slices.reduce((sum, slice) => sum + slice.states, 0);
  const open = slices.filter(({ tooLittle }) => tooLittle !== null);
  const listed = isChosen ? [...open, ...slices.filter((slice) => !open.includes(slice))] : open;
  return [
    ...properties.flatMap((property) =>
      propertyText(property, {
        isPart: isChosen && isCovered(proof),
        asFor: properties.find(({ explanation }) => explanation === property.explanation) ?? property,
      }),
    ),
    "",
    ...(oneStep === null
      ? []
      : [`Asked about ${oneStep.cases} applies in one step, whatever led there: ${oneStep.allowed} were let through.`]),
    `Searched ${reachOfAll(slices)}; ${states} states, ${transitions} transitions. docs/proof.md tells what that is worth.`,
    ...listed.map((slice) => inertText(sliceText(slice))),
    ...(listed.length === slices.length ? [] : ["`plangate prove --json` tells what each slice saw."]),
  ];
}

function sliceText(slice: SliceResult): string {
  const { name, states, tooLittle } = slice;
  const reach = `${name}: ${reachOf(slice)}, ${states} states`;
  return tooLittle === null ? `  ${reach}` : `? ${reach}: ${tooLittle}; a larger --budget looks further`;
}

/**
 * `isPart`: the slices that were asked for were searched, and the others left out on purpose. `asFor`: the first property
 * of which the same is said.
 */
function propertyText(
  { id, sentence, status, explanation, story }: PropertyResult,
  { isPart, asFor }: { readonly isPart: boolean; readonly asFor: PropertyResult },
): readonly string[] {
  const word = isPart && status === "not-covered" ? "not broken in what was asked for" : words[status];
  const head = `${marks[status]} ${id.padEnd(3)} ${word}: ${sentence}`;
  const said = status === "not-covered" && asFor.id !== id ? `as for ${asFor.id}` : explanation;
  const why = said === undefined ? [] : [`      ${said}`];
  const told = story === undefined ? [] : storyText(story.steps).map((line, index) => `      ${index + 1}. ${line}`);
  return [inertText(head), ...[...why, ...told].map((line) => inertText(line))];
}

function fieldsOf({ properties, slices, oneStep }: Proof): Pick<Fields<"prove">, "properties" | "slices" | "oneStep"> {
  return {
    oneStep,
    properties: properties.map(({ story, explanation, ...property }) => ({
      ...property,
      ...(story === undefined ? {} : { story: storyText(story.steps) }),
      ...(explanation === undefined ? {} : { explanation }),
    })),
    slices: slices.map(({ seconds, ...slice }) => ({ ...slice, seconds: Math.round(seconds * 1000) / 1000 })),
  };
}

/** A file for each hole that has a story: `plangate test` plays it, and fails for as long as the hole is there. */
async function save(
  context: Context,
  { properties }: Proof,
  folder: string,
  flowFile: string,
): Promise<readonly string[]> {
  const directory = resolve(directoryOf(context.options), folder);
  const written: string[] = [];
  for (const property of properties) {
    if (property.status !== "violated" || property.story === undefined) continue;
    const path = join(directory, `${property.id.toLowerCase()}.yaml`);
    const flow = { kind: "file", name: relative(directory, flowFile).replaceAll(sep, "/") } as const;
    const text = writeStory(storyToSave(property, property.story, flow));
    try {
      await mkdir(directory, { recursive: true });
      await writeFile(path, text);
    } catch (error) {
      throw new DeliveryError({
        code: "not-written",
        message: `writing ${path}: ${error instanceof Error ? error.message : String(error)}`,
        reaction: "stop",
        hint: "Name a folder that you may write to.",
        cause: error,
      });
    }
    written.push(shownPath(context, path));
  }
  return written;
}
