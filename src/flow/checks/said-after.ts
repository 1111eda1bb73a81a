import { parseFlow } from "../parse.ts";
import { type PresetName, renderPreset } from "../presets.ts";

/** A part of a flow file's text, and what stands there instead. */
export type Edit = readonly [from: string, to: string];

/** For tests of checks: what is said about a flow when it is edited so, as `line:column code: sentence`. */
export function saidAfter(base: string, edits: readonly Edit[]): readonly string[] {
  const text = edits.reduce((flow, [from, to]) => {
    if (!flow.includes(from)) throw new Error(`the flow has no "${from}"`);
    return flow.replace(from, () => to);
  }, base);
  const { diagnostics } = parseFlow(text, { file: "plangate.yaml" });
  return diagnostics.map(({ line, column, severity, code, summary }) => {
    const kind = severity === "warning" ? `${code} (warning)` : code;
    return `${line}:${column} ${kind}: ${summary}`;
  });
}

/** A preset with a promise broken, and all that is said about it. */
export interface BrokenPreset {
  readonly name: string;
  readonly of: PresetName;
  readonly edits: readonly Edit[];
  /** `code: the sentence, or how it starts`, in any order. */
  readonly said: readonly string[];
}

/** What is said about it, without places, each as far as it is expected, in order. */
export function saidOf({ of, edits, said }: BrokenPreset): readonly string[] {
  const found = saidAfter(renderPreset(of), edits).map((text) => text.replace(/^\d+:\d+ /, ""));
  return found.map((text) => said.find((start) => text.startsWith(start)) ?? text).toSorted();
}

export function startsOf({ said }: BrokenPreset): readonly string[] {
  return said.toSorted();
}
