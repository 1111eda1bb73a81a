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

/** Long-lived branches stay one history: a promotion keeps its commits, and what passes the earlier one by goes back. */
export const everyPromotionComesBack: Check = {
  name: "every-promotion-comes-back",
  find: (about) => each(about.flow.branches, (branch) => promotionProblems(branch, about)),
};

function promotionProblems(branch: BranchClass, about: CheckedFlow): readonly Diagnostic[] {
  const { branches } = about.flow;
  const named = (name: string) => branches.find((other) => other.name === name);
  const isLongLived = (other: BranchClass | undefined) =>
    other?.protected === true && onlyBranchOf(other) !== undefined && !other.backMerge.includes(branch.name);
  const promoted = branch.accepts.filter((name) => isLongLived(named(name)));
  if (promoted.length === 0) return [];
  const rewrites = branch.merge.filter((method) => method === "squash" || method === "rebase");
  // What accepts this branch anyway can be brought back by anybody.
  const forgotten = promoted.filter((name) => named(name)?.accepts.includes(branch.name) !== true);
  const others = branch.accepts.filter(
    (name) => !promoted.includes(name) && named(name)?.backMerge.includes(branch.name) !== true,
  );
  return [
    ...(rewrites.length === 0
      ? []
      : [
          warning("promotion-rewritten", about.placeOfKey(branch), [
            `A promotion from ${listText(promoted, "and")} to "${branch.name}" by ${listText(rewrites, "or")} makes other commits of it, so the two part and the next one may conflict.`,
            "Write `merge: merge` or `merge: fast-forward`.",
          ]),
        ]),
    ...(others.length === 0 || forgotten.length === 0
      ? []
      : [
          warning("back-merge-missing", about.placeOfKey(branch), [
            `What ${listText(others, "and")} brings to "${branch.name}" never reaches ${listText(forgotten, "and")}, and the next promotion may undo it.`,
            `Add \`backMerge: [${forgotten.join(", ")}]\`.`,
          ]),
        ]),
  ];
}
