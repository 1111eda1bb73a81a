import type { FlowWords } from "../adapters/github/forge/index.ts";
import type { Flow } from "../flow/flow.ts";
import { branchClassOf, onlyBranchOf } from "../flow/match.ts";
import { ofProject, releaseClassOf } from "../flow/releases.ts";

/** What GitHub is asked by, of a flow. */
export function flowWords(flow: Flow): FlowWords {
  const branchOf = (name: string | null | undefined): string | null => {
    const found = flow.branches.find((branch) => branch.name === name);
    return (found && onlyBranchOf(found)) ?? null;
  };
  return {
    teams: flow.teams,
    protectedBranches: flow.branches.flatMap((branch) => (branch.protected ? (onlyBranchOf(branch) ?? []) : [])),
    cutFrom: (branch) => branchOf(branchClassOf(flow, branch)?.cutFrom),
    releaseOf(tag) {
      const release = releaseClassOf(flow, tag);
      if (release === undefined) return null;
      const { version, from } = release;
      return { version, ofProject: ofProject(release), branch: branchOf(from) };
    },
  };
}
