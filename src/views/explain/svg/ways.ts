import type { BranchClass, Flow } from "../../../flow/flow.ts";
import { mergeMethodsOf } from "../../../flow/merges.ts";
import { headsOf } from "../heads.ts";
import { issueText } from "../words/branches.ts";
import { asItIs, reviewsText } from "../words/names.ts";
import { type Cell, laneKey } from "./cells.ts";

/** How a change comes into a branch that takes pull requests; back-merges are told apart. */
export function wayInto(flow: Flow, branch: BranchClass): Cell {
  const { name, merge, reviews, linear } = branch;
  const issue = issueText(flow, branch, asItIs);
  return {
    number: null,
    from: headsOf(flow, branch).work.map((head) => laneKey("branch", head)),
    lane: laneKey("branch", name),
    applies: true,
    steps: [
      { step: "pull request", note: issue },
      { step: "review", note: reviews === null ? "none is asked for" : reviewsText(reviews, asItIs) },
      { step: merge.join(" or "), note: linear ? "no merge commits of its own" : null },
    ],
    notes: sectionNotes(flow),
  };
}

function sectionNotes({ require }: Flow): readonly string[] {
  return require.sections.length === 0 ? [] : [`says ${require.sections.join(", ")}`];
}

/** What plangate opens by itself when a branch holds what another one lacks. */
export function backMerges(flow: Flow, { name, match, backMerge }: BranchClass): readonly Cell[] {
  return backMerge.map((into) => {
    const base = flow.branches.find((branch) => branch.name === into);
    const methods = mergeMethodsOf(flow, match[0] ?? name, base?.match[0] ?? into);
    return {
      number: null,
      from: [laneKey("branch", name)],
      lane: laneKey("branch", into),
      applies: true,
      steps: [
        { step: "back-merge", note: "opened by plangate when something is lacking here" },
        { step: methods.join(" or "), note: null },
      ],
      notes: [],
    };
  });
}

/** Modules that are released by a merge that changed them. */
export function moduleReleases(flow: Flow, { name }: BranchClass): readonly Cell[] {
  return flow.releases
    .filter(({ from, on }) => from === name && on === "merge")
    .map(({ id, tag }) => ({
      number: null,
      from: [laneKey("branch", name)],
      lane: laneKey("release", id),
      applies: true,
      steps: [{ step: "release", note: `${tag}, when it changed` }],
      notes: [],
    }));
}
