import { readFile } from "node:fs/promises";
import { dirname, relative, resolve } from "node:path";
import { type Diagnostic, hasErrors } from "../../../domain/diagnostic.ts";
import { InputError } from "../../../domain/errors.ts";
import { type Flow, parseFlow, presetNames, renderPreset } from "../../../flow/index.ts";
import { inertText } from "../../../views/inert.ts";
import { renderVerdict } from "../../../views/verdict.ts";
import { createModelWorld } from "../../../worlds/model/index.ts";
import {
  checkStory,
  parseStory,
  runStory,
  type Story,
  type StoryResult,
  sceneOf,
} from "../../../worlds/stories/index.ts";
import { type Context, directoryOf, type Given, type Result } from "../context.ts";
import type { Fields } from "../schema.ts";

/** Plays stories on the model world. Every file is read before the first is played, so that all problems come at once. */
export async function testCommand(context: Context, { operands }: Given): Promise<Result> {
  const files = operands[0] as readonly string[];
  const read = await Promise.all(files.map((file) => readStory(context, file)));
  const diagnostics = read.flatMap((one) => one.diagnostics);
  if (hasErrors(diagnostics)) throw new InputError(diagnostics);
  const results: StoryResult[] = [];
  for (const { story, flow } of read) {
    if (story !== undefined && flow !== undefined)
      results.push(await runStory(story, createModelWorld(sceneOf(flow, story))));
  }
  const failed = results.filter((result) => !result.holds).length;
  return {
    exitCode: failed === 0 ? 0 : 3,
    diagnostics,
    fields: { stories: results } satisfies Fields<"test">,
    text: [...results.map(resultText), `${results.length - failed} of ${results.length} stories hold.`].join("\n"),
  };
}

interface ReadStory {
  readonly story?: Story;
  readonly flow?: Flow;
  readonly diagnostics: readonly Diagnostic[];
}

async function readStory(context: Context, file: string): Promise<ReadStory> {
  const path = resolve(directoryOf(context.options), file);
  let why = "";
  const text = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    why = error.code === "ENOENT" ? "does not exist" : error.code === "EISDIR" ? "is a folder" : "cannot be read";
    return undefined;
  });
  if (text === undefined)
    return {
      diagnostics: [
        {
          severity: "error",
          code: "file-unreadable",
          summary: `The file ${file} ${why}.`,
          hint: "Name story files, such as stories/*.yaml; paths are from where the command runs.",
          file,
        },
      ],
    };
  const parsed = parseStory(text, { file });
  if (parsed.value === undefined) return { diagnostics: parsed.diagnostics };
  const flow = await readFlowOf(parsed.value, path);
  if (flow.value === undefined) return { diagnostics: [...parsed.diagnostics, ...flow.diagnostics] };
  return {
    story: parsed.value,
    flow: flow.value,
    diagnostics: [...parsed.diagnostics, ...checkStory(flow.value, parsed.value)],
  };
}

async function readFlowOf(
  { flow }: Story,
  path: string,
): Promise<{ value?: Flow | undefined; diagnostics: readonly Diagnostic[] }> {
  if (flow.kind === "preset") {
    const name = presetNames.find((candidate) => candidate === flow.name);
    if (name !== undefined) return parseFlow(renderPreset(name), { file: `preset ${name}` });
    return {
      diagnostics: [
        {
          severity: "error",
          code: "unknown-preset",
          summary: `There is no preset "${flow.name}".`,
          hint: `There is: ${presetNames.join(", ")}.`,
          ...flow.at,
        },
      ],
    };
  }
  const flowFile = resolve(dirname(path), flow.name);
  const text = await readFile(flowFile, "utf8").catch(() => undefined);
  if (text === undefined)
    return {
      diagnostics: [
        {
          severity: "error",
          code: "flow-missing",
          summary: `The flow file ${flow.name} cannot be read.`,
          hint: "A story names a preset, or a flow file by its path from the story.",
          ...flow.at,
        },
      ],
    };
  return parseFlow(text, { file: relative(process.cwd(), flowFile) });
}

function resultText(result: StoryResult): string {
  if (result.failed === undefined) return `✓ ${inertText(result.story)} (${result.steps} steps)`;
  const { line, expected, happened, reasons } = result.failed;
  const why = reasons.filter((verdict) => verdict.answer !== "yes").map((verdict) => renderVerdict(verdict, 2));
  return [
    `✗ ${inertText(result.story)}`,
    `  ${result.file}:${line}`,
    `    expected ${JSON.stringify(expected)}`,
    `    happened ${JSON.stringify(happened)}`,
    ...why,
  ].join("\n");
}
