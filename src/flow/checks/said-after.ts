import { parseFlow } from "../parse.ts";

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
