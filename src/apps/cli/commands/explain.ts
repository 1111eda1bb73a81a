import { writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { findWorktree } from "../../../adapters/git/index.ts";
import { DeliveryError, InputError } from "../../../domain/errors.ts";
import { type Flow, parseFlow } from "../../../flow/index.ts";
import { renderExplanation } from "../../../views/explain/explain.ts";
import { matrixOf } from "../../../views/explain/matrix.ts";
import { type Context, directoryOf, type Given, type Result } from "../context.ts";
import { flowMissing, readFlowText } from "../flow-file.ts";
import type { Fields } from "../schema.ts";
import { shownPath } from "../shown-path.ts";

/** The flow on disk, for people: as Markdown on stdout, and as a picture where one is asked for. */
export async function explainCommand(context: Context, { options }: Given): Promise<Result> {
  const file = context.options.flow;
  const text = await readFlowText(context, await findWorktree(directoryOf(context.options), context.env));
  if (text === undefined) throw new InputError([flowMissing(file)]);
  const { value: flow, diagnostics } = parseFlow(text, { file });
  if (flow === undefined) throw new InputError(diagnostics);
  const svg = typeof options.svg === "string" ? await writePicture(context, options.svg, await pictureOf(flow)) : null;
  return {
    exitCode: 0,
    diagnostics,
    fields: { matrix: matrixOf(flow), svg } satisfies Fields<"explain">,
    text: renderExplanation(flow),
  };
}

/** Loaded only where one is asked for: most who explain read. */
async function pictureOf(flow: Flow): Promise<string> {
  const { renderPicture } = await import("../../../views/explain/picture.ts");
  return renderPicture(flow);
}

/** Replaces what is there: a picture is made anew whenever the flow changes. */
async function writePicture(context: Context, file: string, picture: string): Promise<string> {
  const path = resolve(directoryOf(context.options), file);
  await writeFile(path, picture).catch((error: unknown) => {
    throw new DeliveryError({
      code: "not-written",
      message: `writing ${path}: ${error instanceof Error ? error.message : String(error)}`,
      reaction: "stop",
      hint: "Name a file in a folder that is there and that you may write to.",
      cause: error,
    });
  });
  const shown = shownPath(context, path);
  context.progress(`wrote ${shown}`);
  return shown;
}
