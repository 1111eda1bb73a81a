import { infra, type SmallGitHub, smallGitHub } from "./small-github.ts";

export const workflow = ".github/workflows/plangate.yml";

const text = `name: plangate
on:
  workflow_dispatch:
    inputs:
      event: { required: true, type: string }
      job: { type: choice, options: [plan, apply] }
jobs: {}
`;

type Runs = SmallGitHub["github"]["runs"];

/** A small GitHub whose repository has a workflow that people start. */
export interface SmallRuns extends SmallGitHub {
  /** Starts a run of it, by ann on main where nothing else is said. */
  start(about?: Partial<Parameters<Runs["start"]>[0]>): ReturnType<Runs["start"]>;
}

export async function smallRuns(): Promise<SmallRuns> {
  const small = await smallGitHub();
  await small.pushed("root", "main", { [workflow]: text, ".github/workflows/other.yml": "on: push\n" });
  return {
    ...small,
    start: (about = {}) =>
      small.github.runs.start({
        repository: infra,
        workflow,
        event: "workflow_dispatch",
        ref: "refs/heads/main",
        by: "ann",
        ...about,
      }),
  };
}
