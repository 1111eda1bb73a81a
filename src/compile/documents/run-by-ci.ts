import { parse } from "yaml";
import type { Flow } from "../../flow/index.ts";
import type { CompileAbout } from "../compiled-file.ts";
import { compileWorkflows } from "../workflows/index.ts";

/** A job of a compiled workflow, and the commands that its steps run. */
export interface CiJob {
  readonly workflow: string;
  readonly name: string;
  /** Line by line, as the runner gets them. */
  readonly commands: readonly string[];
  /** The environment that it plans for. */
  readonly environment: string | null;
}

interface ParsedStep {
  readonly run?: string;
  readonly env?: Readonly<Record<string, string>>;
}

interface ParsedJob {
  readonly name: string;
  readonly needs?: string | readonly string[];
  readonly steps?: readonly ParsedStep[];
}

interface ParsedWorkflow {
  readonly name: string;
  readonly jobs: Readonly<Record<string, ParsedJob>>;
}

/** The job that looks which stacks a change touches; whatever runs on the ref of a change waits for it. */
const first = "touched";

/** What CI runs for a change, read back from the very workflows that are compiled for it. */
export function ciJobs(flow: Flow, about: CompileAbout): readonly CiJob[] {
  const workflows = compileWorkflows(flow, about).files.map(({ text }) => parse(text) as ParsedWorkflow);
  return workflows.flatMap(({ name: workflow, jobs }) =>
    Object.entries(jobs)
      .filter(([id, { needs }]) => id === first || [needs ?? []].flat().includes(first))
      .map(([id, { name, steps = [] }]) => ({
        workflow,
        // What GitHub fills in is no name to a reader.
        name: name.includes("${{") ? id : name,
        commands: steps.flatMap(({ run }) => (run ?? "").split("\n")).filter((line) => line !== ""),
        environment: steps.flatMap(({ env }) => env?.PLANGATE_ENVIRONMENT ?? [])[0] ?? null,
      })),
  );
}
