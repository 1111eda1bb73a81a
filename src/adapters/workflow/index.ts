/**
 * Reads workflows of GitHub Actions as text: what they use and run, with places. Aliases are not followed, so no file
 * grows while it is read; what they stand for is read where it is written.
 */
import { isMap, isScalar, isSeq, LineCounter, parseDocument, type YAMLMap } from "yaml";
import type { Spot } from "../../domain/configuration-facts.ts";
import type { WorkflowFacts, WorkflowRun, WorkflowText, WorkflowUse } from "../../domain/workflow-facts.ts";

/** Below these are names and values of the author's own choice. */
const ownWords: ReadonlySet<string> = new Set(["env", "with", "outputs", "on", "inputs", "secrets", "matrix"]);

interface Found {
  readonly uses: WorkflowUse[];
  readonly images: WorkflowText[];
  readonly runs: WorkflowRun[];
}

/** Never throws: a text that is no YAML is not whole, and what could be read of it is told all the same. */
export function readWorkflow(text: string): WorkflowFacts {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, logLevel: "silent" });
  const found: Found = { uses: [], images: [], runs: [] };
  walk(document.contents, found, (offset) => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  });
  return { whole: document.errors.length === 0, ...found };
}

function walk(node: unknown, found: Found, spot: (offset: number) => Spot): void {
  if (isSeq(node)) for (const item of node.items) walk(item, found, spot);
  if (!isMap(node)) return;
  for (const { key, value } of node.items) {
    const name = isScalar(key) ? String(key.value) : "";
    const at = isScalar(value) && typeof value.value === "string" ? value : undefined;
    const text = at && { text: String(at.value), ...spot(at.range?.[0] ?? 0) };
    if (name === "uses" && text) found.uses.push({ ...text, versions: versionsOf(node) });
    else if ((name === "image" || name === "container") && text) found.images.push(text);
    else if (name === "run" && text) found.runs.push({ ...text, mayFail: mayFail(node) });
    if (!ownWords.has(name)) walk(value, found, spot);
  }
}

function versionsOf(step: YAMLMap): Readonly<Record<string, string>> {
  const given = step.get("with");
  if (!isMap(given)) return {};
  return Object.fromEntries(
    given.items.flatMap(({ key, value }) => {
      const name = isScalar(key) ? String(key.value) : "";
      return /version(?:[_-]file)?$/i.test(name) && isScalar(value) ? [[name, String(value.value ?? "")]] : [];
    }),
  );
}

function mayFail(step: YAMLMap): boolean {
  const set = step.get("continue-on-error");
  return set === true || (typeof set === "string" && set !== "false");
}
