import type { BranchClass, Flow } from "../flow/flow.ts";
import { branchClassOf, onlyBranchOf } from "../flow/match.ts";

/** A branch of a class: the only one that it is, else the first, second … that somebody cuts. */
export function branchOf(flow: Flow, branch: BranchClass, nth = 1): string | undefined {
  const only = onlyBranchOf(branch);
  if (only !== undefined) return only;
  for (const pattern of branch.match) {
    for (const name of namesFor(pattern, nth)) if (branchClassOf(flow, name)?.name === branch.name) return name;
  }
  return undefined;
}

function namesFor(pattern: string, nth: number): readonly string[] {
  const plain = pattern
    .replaceAll("{ticket}", `NET-${nth}`)
    .replaceAll("[!a-z]", "1")
    .replaceAll(/\[(.)[^\]]*\]/g, "$1");
  return [`change-${nth}`, `NET-${nth}`, `NET-${nth}-change`].map((word) =>
    plain.replaceAll("**/", "").replaceAll("**", word).replaceAll("*", word).replaceAll("?", "x"),
  );
}

/** Where a branch of a class is cut from: as the class says, else from the branch that everything goes to. */
export function originOf(flow: Flow, branch: BranchClass): string {
  const from = flow.branches.find(({ name }) => name === branch.cutFrom);
  return (from === undefined ? undefined : onlyBranchOf(from)) ?? longLived(flow)[0]?.branch ?? "main";
}

/** The protected branches that are one branch each. */
export function longLived(flow: Flow): readonly { readonly branch: string; readonly of: BranchClass }[] {
  return flow.branches.flatMap((of) => {
    const branch = of.protected ? onlyBranchOf(of) : undefined;
    return branch === undefined ? [] : [{ branch, of }];
  });
}

/** The ways by which a change comes to a class through pull requests, from a branch that nobody protects; the shortest first. */
export function chainsTo(flow: Flow, target: BranchClass): readonly (readonly BranchClass[])[] {
  const found: BranchClass[][] = [];
  let open: BranchClass[][] = [[target]];
  while (open.length > 0) {
    const next: BranchClass[][] = [];
    for (const chain of open) {
      const [first] = chain;
      if (first === undefined) continue;
      if (!first.protected) found.push(chain);
      else {
        for (const name of first.accepts) {
          const from = flow.branches.find((candidate) => candidate.name === name);
          // What goes back is no way in: everything of it is there already.
          const isBack = from?.backMerge.includes(first.name) === true;
          if (from !== undefined && !isBack && !chain.includes(from)) next.push([from, ...chain]);
        }
      }
    }
    open = next;
  }
  return found;
}
