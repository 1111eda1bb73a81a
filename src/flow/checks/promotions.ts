import type { Diagnostic } from "../../domain/diagnostic.ts";
import { type Check, type CheckedFlow, each, problem, warning } from "../check.ts";
import type { BranchClass } from "../flow.ts";
import { listText } from "../issues.ts";
import { onlyBranchOf } from "../match.ts";

/** Where a branch starts, and where it gives back to, is one branch, and not itself. */
export const everyWayBackIsOne: Check = {
  name: "every-way-back-is-one",
  find: (about) =>
    each(about.flow.branches, (branch) => [...cutFromOne(branch, about), ...givesBackToOne(branch, about)]),
};

function cutFromOne(branch: BranchClass, about: CheckedFlow): readonly Diagnostic[] {
  const from = about.flow.branches.find(({ name }) => name === branch.cutFrom);
  if (from === undefined || onlyBranchOf(from) !== undefined) return [];
  return [
    problem("cut-from-many", about.place(branch, "cutFrom"), [
      `"${from.name}" is many branches; nobody could say from which of them "${branch.name}" starts.`,
      "Name a class that is one branch.",
    ]),
  ];
}

function givesBackToOne(branch: BranchClass, about: CheckedFlow): readonly Diagnostic[] {
  return branch.backMerge.flatMap((name, index) => {
    const to = about.flow.branches.find((other) => other.name === name);
    const place = about.place(branch, "backMerge", index);
    if (name === branch.name)
      return [problem("back-merge-itself", place, [`"${name}" would be merged into itself.`, "Name another branch."])];
    const many = [branch, ...(to === undefined ? [] : [to])].find((each) => onlyBranchOf(each) === undefined);
    if (many === undefined) return [];
    return [
      problem("back-merge-many", place, [
        `"${many.name}" is many branches; a back-merge goes from one branch into one.`,
        "Name classes that are one branch.",
      ]),
    ];
  });
}

/** Long-lived branches stay one history: what reaches the later one past the earlier one goes back. */
export const everyPromotionComesBack: Check = {
  name: "every-promotion-comes-back",
  find: (about) =>
    each(about.flow.branches, (branch) => {
      const { branches } = about.flow;
      const isLongLived = (name: string) => {
        const other = branches.find((candidate) => candidate.name === name);
        return other?.protected === true && onlyBranchOf(other) !== undefined;
      };
      const gives = (from: string) =>
        branches.find(({ name }) => name === from)?.backMerge.includes(branch.name) === true;
      const promoted = branch.accepts.filter((name) => isLongLived(name) && !gives(name));
      const forgotten = promoted.filter((name) => !branch.backMerge.includes(name));
      const others = branch.accepts.filter((name) => !promoted.includes(name) && !gives(name));
      const rewrites = branch.merge.filter((method) => method === "squash" || method === "rebase");
      if (forgotten.length === 0 || (others.length === 0 && rewrites.length === 0)) return [];
      const why =
        others.length > 0
          ? `What ${listText(others, "and")} brings to "${branch.name}"`
          : `What "${branch.name}" makes of a promotion by ${listText(rewrites, "or")}`;
      return [
        warning("back-merge-missing", about.placeOfKey(branch), [
          `${why} never reaches ${listText(forgotten, "and")}, and the next promotion may conflict.`,
          `Add \`backMerge: [${forgotten.join(", ")}]\`.`,
        ]),
      ];
    }),
};
