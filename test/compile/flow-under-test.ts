import { parse } from "yaml";
import { compileWorkflows } from "../../src/compile/workflows/index.ts";
import type { Diagnostic } from "../../src/domain/diagnostic.ts";
import { type Flow, type PresetName, parseFlow, renderPreset } from "../../src/flow/index.ts";
import { type Workflow, workflowProblems } from "../../src/testing/workflow-rules.ts";

/** For tests: flows, what is compiled from them, and what the rules have against that. */

export const about = { stacks: [], flowFile: "plangate.yaml", version: "0.1.0", defaultBranch: "main" };

export function flowOf(text: string): Flow {
  const { value, diagnostics } = parseFlow(text, { file: "plangate.yaml" });
  if (value === undefined) throw new Error(JSON.stringify(diagnostics));
  return value;
}

/** A preset with parts of its text replaced, each of which has to be there. */
export function edited(name: PresetName, ...edits: readonly (readonly [string, string])[]): Flow {
  return flowOf(
    edits.reduce((text, [from, to]) => {
      if (!text.includes(from)) throw new Error(`the flow has no ${from}`);
      return text.replaceAll(from, () => to);
    }, renderPreset(name)),
  );
}

/** What is compiled, read back, by path. */
export function workflowsOf(flow: Flow): Readonly<Record<string, Workflow>> {
  const { files } = compileWorkflows(flow, about);
  return Object.fromEntries(files.map(({ path, text }) => [path, parse(text) as Workflow]));
}

export function problemsOf(
  flow: Flow,
  workflows: Readonly<Record<string, Workflow>> = workflowsOf(flow),
): readonly string[] {
  const places = [...flow.gates, ...flow.environments].map(({ name }) => name);
  return workflowProblems({
    workflows,
    defaultBranch: "main",
    identity: flow.identity,
    keepsBundles: flow.bundles !== null,
    places,
  });
}

/** `error name-not-carried`, for each diagnostic. */
export function codesOf(flow: Flow, more: Partial<typeof about> = {}): readonly string[] {
  const told = ({ severity, code }: Diagnostic) => `${severity} ${code}`;
  return compileWorkflows(flow, { ...about, ...more }).diagnostics.map(told);
}
