import type { Change } from "../../domain/flow-change.ts";
import { durationText } from "../../domain/names.ts";
import type { BranchClass, BranchReviews, DirectPush } from "../../flow/flow.ts";
import { matchText } from "../explain/words/branches.ts";
import { methodsText } from "../explain/words/coming-in.ts";
import { counted, listed as inWords, peopleIn, reviewsText, type Spelling } from "../explain/words/names.ts";
import { peopleDifferences } from "./people.ts";
import {
  type Compared,
  type Differences,
  ifLess,
  ifMore,
  isSame,
  listed,
  listsOf,
  matched,
  type Pair,
  type Tell,
  tellOf,
  turned,
} from "./tell.ts";

/** How changes get onto branches, and where they go from there. */
export function branchDifferences(compared: Compared): Differences {
  const { before, after, spelling } = compared;
  const { both, gone, fresh } = matched(before.branches, after.branches, ({ name }) => name);
  const { strong } = spelling;
  return [
    ...fresh.map((branch) => tellOf(`branch ${branch.name}`)("other", newText(branch, spelling))),
    ...gone.map((branch) =>
      tellOf(`branch ${branch.name}`)(
        "other",
        `${strong(branch.name)} is gone: ${matchText(branch, spelling)} is no longer known under that name, and nothing that was promised of it holds`,
      ),
    ),
    ...both.flatMap((pair) => {
      const tell = tellOf(`branch ${pair.after.name}`);
      return [
        ...reviewDifferences(compared, pair, tell),
        ...pushDifferences(pair, tell, spelling),
        ...acceptDifferences(compared, pair, tell),
        ...waysIn(pair, tell, spelling),
        ...demands(pair, tell, spelling),
        ...names(pair, tell, spelling),
      ];
    }),
  ];
}

function newText(branch: BranchClass, spelling: Spelling): string {
  const { name, accepts, reviews, directPush } = branch;
  const { strong } = spelling;
  return [
    `${strong(name)} is new, and is ${matchText(branch, spelling)}`,
    accepts.length === 0
      ? "it takes no pull requests"
      : `it takes pull requests from ${inWords(accepts.map(strong), "or")}`,
    reviews === null ? "no review is asked for" : `it asks for ${reviewsText(reviews, spelling)}`,
    `it takes ${pushText(directPush)}`,
  ].join("; ");
}

function pushText(push: DirectPush): string {
  if (push === "free") return "pushes of any size without a pull request";
  if (push === "never") return "no pushes without a pull request";
  return `pushes of up to ${counted(push.lines, "line")} in ${counted(push.files, "file")} without a pull request`;
}

function pushDifferences({ before, after }: Pair<BranchClass>, tell: Tell, { strong }: Spelling): Differences {
  if (isSame(before.directPush, after.directPush)) return [];
  const [had, has] = [sizeOf(before.directPush), sizeOf(after.directPush)];
  const said = `${strong(after.name)} takes ${pushText(after.directPush)}, instead of ${pushText(before.directPush)}`;
  const [more, less] = [has.lines > had.lines || has.files > had.files, has.lines < had.lines || has.files < had.files];
  return [...(more ? [tell("weaker", said)] : []), ...(less ? [tell("stronger", said)] : [])];
}

function sizeOf(push: DirectPush): { readonly lines: number; readonly files: number } {
  if (push === "never") return { lines: -1, files: -1 };
  return push === "free" ? { lines: Number.POSITIVE_INFINITY, files: Number.POSITIVE_INFINITY } : push;
}

function reviewDifferences(compared: Compared, pair: Pair<BranchClass>, tell: Tell): Differences {
  const { spelling } = compared;
  const name = spelling.strong(pair.after.name);
  const { reviews: before } = pair.before;
  const { reviews: after } = pair.after;
  if (before === null && after === null) return [];
  if (before === null)
    return [tell("stronger", `${name} now asks for ${after === null ? "" : reviewsText(after, spelling)}`)];
  if (after === null)
    return [tell("weaker", `${name} asks for no review any more; it was ${reviewsText(before, spelling)}`)];
  const by = after.by === null ? "anybody who may review" : peopleIn(after.by, spelling);
  return [
    ...(before.count === after.count
      ? []
      : [
          tell(
            ifLess(before.count, after.count),
            `${name}: ${counted(after.count, "review")} instead of ${before.count}, by ${by}`,
          ),
        ]),
    ...reviewerDifferences(compared, { before, after }, { tell, name }),
    ...turned({ before: before.codeOwners, after: after.codeOwners }, tell, {
      on: `${name}: one code owner of each changed path now has to approve`,
      off: `${name}: no code owner of what is changed has to approve any more`,
      whenOn: "stronger",
    }),
  ];
}

function reviewerDifferences(
  compared: Compared,
  { before, after }: Pair<BranchReviews>,
  { tell, name }: { readonly tell: Tell; readonly name: string },
): Differences {
  if (before.by === null && after.by === null) return [];
  const { spelling } = compared;
  if (before.by === null || after.by === null)
    return after.by === null
      ? [tell("weaker", `${name}: anybody who may review now counts`)]
      : [tell("stronger", `${name}: only reviews by ${peopleIn(after.by, spelling)} count now`)];
  return peopleDifferences(compared, { before: before.by, after: after.by }, tell, {
    gained: (who) => `${name}: a review by ${who} now counts`,
    lost: (who) => `${name}: a review by ${who} no longer counts`,
  });
}

/** From which branches it takes changes. One that only brings something back is told where it comes from. */
function acceptDifferences({ before, after, spelling }: Compared, pair: Pair<BranchClass>, tell: Tell): Differences {
  const { strong } = spelling;
  const { name } = pair.after;
  const back = new Set(
    [...before.branches, ...after.branches]
      .filter(({ backMerge }) => backMerge.includes(name))
      .map((from) => from.name),
  );
  const { gained, lost } = listsOf({ before: pair.before.accepts, after: pair.after.accepts });
  // One that takes none at all is not protected by that.
  const isProtected = pair.before.protected && pair.after.protected;
  const change = (from: string, whenWork: Change) => (isProtected && !back.has(from) ? whenWork : "other");
  return [
    ...gained.map((from) =>
      tell(change(from, "weaker"), `${strong(name)} now takes pull requests from ${strong(from)}`),
    ),
    ...lost.map((from) =>
      tell(change(from, "stronger"), `${strong(name)} no longer takes pull requests from ${strong(from)}`),
    ),
  ];
}

/** How a pull request is merged, and where what it brings has to go back to. */
function waysIn({ before, after }: Pair<BranchClass>, tell: Tell, { strong }: Spelling): Differences {
  const name = strong(after.name);
  const methods = listsOf({ before: before.merge, after: after.merge });
  return [
    ...turned({ before: before.protected, after: after.protected }, tell, {
      on: `${name} is now protected`,
      off: `${name} is no longer protected`,
      whenOn: "stronger",
    }),
    ...(isSame(before.merge, after.merge)
      ? []
      : [
          tell(
            methods.lost.length === 0 && methods.gained.length > 0
              ? "weaker"
              : methods.gained.length === 0 && methods.lost.length > 0
                ? "stronger"
                : "other",
            `a pull request into ${name} is merged ${methodsText(after.merge) || "in no way"}, instead of ${methodsText(before.merge) || "in no way"}`,
          ),
        ]),
    ...turned({ before: before.linear, after: after.linear }, tell, {
      on: `the history of ${name} now has to stay linear`,
      off: `the history of ${name} may now hold merges`,
      whenOn: "stronger",
    }),
    ...listed({ before: before.backMerge, after: after.backMerge }, tell, {
      gained: (into) => `what reaches ${name} now goes back to ${strong(into)} by a pull request that plangate opens`,
      lost: (into) => `what reaches ${name} no longer goes back to ${strong(into)} by itself`,
      whenGained: "stronger",
    }),
  ];
}

/** What is asked of a pull request because of the branch it comes from. */
function demands({ before, after }: Pair<BranchClass>, tell: Tell, { strong }: Spelling): Differences {
  const name = strong(after.name);
  const age = (of: number | null) => (of === null ? "never" : `after ${durationText(of)}`);
  return [
    ...turned({ before: before.issue === "required", after: after.issue === "required" }, tell, {
      on: `a pull request from ${name} now has to link an open issue`,
      off: `a pull request from ${name} need not link an open issue any more`,
      whenOn: "stronger",
    }),
    ...turned({ before: before.ticket === "required", after: after.ticket === "required" }, tell, {
      on: `the name of ${name} now has to hold a ticket`,
      off: `the name of ${name} need not hold a ticket any more`,
      whenOn: "stronger",
    }),
    ...(before.maxAge === after.maxAge
      ? []
      : [
          tell(
            ifMore(before.maxAge ?? Number.POSITIVE_INFINITY, after.maxAge ?? Number.POSITIVE_INFINITY),
            `a pull request from ${name} is flagged as too old ${age(after.maxAge)}, instead of ${age(before.maxAge)}`,
          ),
        ]),
  ];
}

/** Which branches these are: whether more or fewer of them is safer nobody can say but people. */
function names(pair: Pair<BranchClass>, tell: Tell, spelling: Spelling): Differences {
  const { before, after } = pair;
  const { strong } = spelling;
  const name = strong(after.name);
  return [
    ...(isSame([before.match, before.except], [after.match, after.except])
      ? []
      : [tell("other", `${name} is now ${matchText(after, spelling)}, instead of ${matchText(before, spelling)}`)]),
    ...(before.cutFrom === after.cutFrom
      ? []
      : [
          tell(
            after.cutFrom === null ? "weaker" : before.cutFrom === null ? "stronger" : "other",
            after.cutFrom === null
              ? `${name} may now start anywhere, and no longer from ${strong(before.cutFrom ?? "")} alone`
              : `${name} now has to start from ${strong(after.cutFrom)}`,
          ),
        ]),
  ];
}
