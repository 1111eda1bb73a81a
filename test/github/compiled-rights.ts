import { renderPreset } from "../../src/flow/index.ts";
import type { Job } from "../../src/testing/workflow-rules.ts";
import type { Permissions } from "../../src/worlds/github/index.ts";
import { flowOf, workflowsOf } from "../compile/flow-under-test.ts";

/** For tests and figures that start commands without running workflows: the trusted workflow, and the rights its jobs are compiled with. */

export const trusted = ".github/workflows/plangate.yml";

/** As much of that file as GitHub looks at when somebody starts it. */
export const dispatchable = `name: plangate
on:
  workflow_dispatch:
    inputs:
      job: { type: choice, options: [Look at what waits] }
      event: { type: string }
      run: { type: string }
jobs: {}
`;

const workflows = workflowsOf(flowOf(renderPreset("trunk-stored-plan")));

function rightsOf(file: string, id: string): Permissions {
  const job: Job | undefined = workflows[file]?.jobs[id];
  if (job?.permissions === undefined) throw new Error(`${file} has no job ${id} with rights of its own`);
  return Object.fromEntries(Object.entries(job.permissions).map(([name, level]) => [name.replaceAll("-", "_"), level]));
}

/** Of jobs that decide, and of those that present, which are the same. */
export const deciding = rightsOf(trusted, "decide");
export const applying = rightsOf(".github/workflows/plangate-apply.yml", "apply");
