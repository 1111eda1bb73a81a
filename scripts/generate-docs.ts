/**
 * Writes the documents that are made from the sources. `--check` writes nothing and fails when one is stale.
 * A new one is a line in `documents`.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { cliJsonSchema } from "../src/apps/cli/schema.ts";
import { factsJsonSchema } from "../src/apps/cli/simulate/facts-schema.ts";
import { presetNames } from "../src/flow/index.ts";
import { flowJsonSchema } from "../src/flow/json-schema.ts";
import { renderCommands } from "./docs/commands.ts";
import { renderFlowFile } from "./docs/flow-file.ts";
import { renderPresetFile } from "./docs/presets.ts";
import { renderReasons } from "./docs/reasons.ts";
import { renderRooms } from "./docs/rooms.ts";
import { renderExpectations, renderSteps, renderStoryKeys } from "./docs/stories.ts";
import { renderFailingStory, renderStory, shownStories } from "./docs/story-examples.ts";
import { root } from "./parts.ts";

/** A file, or a marked region of one, and how its text is made. */
export interface GeneratedDocument {
  readonly path: string;
  /** When given, only what stands between `<!-- NAME:begin -->` and `<!-- NAME:end -->` is generated; people write the rest. */
  readonly region?: string;
  readonly make: () => string | Promise<string>;
}

const documents: readonly GeneratedDocument[] = [
  { path: "docs/reference/reasons.md", make: renderReasons },
  { path: "docs/reference/flow-file.md", make: renderFlowFile },
  ...presetNames.map((name) => ({ path: "docs/presets.md", region: name, make: () => renderPresetFile(name) })),
  ...shownStories.map((name) => ({ path: "docs/stories.md", region: name, make: () => renderStory(name) })),
  { path: "docs/stories.md", region: "failing", make: renderFailingStory },
  { path: "docs/stories.md", region: "story", make: renderStoryKeys },
  { path: "docs/stories.md", region: "steps", make: renderSteps },
  { path: "docs/stories.md", region: "expectations", make: renderExpectations },
  { path: "docs/commands.md", region: "commands", make: renderCommands },
  { path: "docs/architecture.md", region: "rooms", make: () => renderRooms(root) },
  { path: "schema/cli.json", make: cliJsonSchema },
  { path: "schema/facts.json", make: factsJsonSchema },
  { path: "schema/plangate.schema.json", make: flowJsonSchema },
];

/** Puts `text` between the markers of a region. Throws when the document lacks them: nothing is written at a guess. */
export function replaceRegion(document: string, region: string, text: string): string {
  const [begin, end] = [`<!-- ${region}:begin -->`, `<!-- ${region}:end -->`];
  const [from, to] = [document.indexOf(begin), document.indexOf(end)];
  if (from < 0 || to < from)
    throw new Error(`it has no region ${begin} … ${end}; add the two lines where the text should stand`);
  return `${document.slice(0, from + begin.length)}\n${text}\n${document.slice(to)}`;
}

/** The whole text that the file at `document.path` should hold. */
async function wanted(document: GeneratedDocument, present: string | undefined): Promise<string> {
  const text = (await document.make()).trimEnd();
  return document.region === undefined ? `${text}\n` : replaceRegion(present ?? "", document.region, text);
}

if (import.meta.main) {
  const checkOnly = process.argv.includes("--check");
  let failed = 0;
  for (const document of documents) {
    const file = join(root, document.path);
    const present = existsSync(file) ? readFileSync(file, "utf8") : undefined;
    try {
      const text = await wanted(document, present);
      if (text === present) continue;
      if (checkOnly) throw new Error("it is stale; run npm run docs and commit what it writes");
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, text);
      console.log(`wrote ${document.path}`);
    } catch (error) {
      failed++;
      console.error(`${document.path}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  console.log(`documents: ${documents.length} generated, ${failed} problems`);
  process.exitCode = failed === 0 ? 0 : 1;
}
