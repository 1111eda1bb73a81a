import { type Check, each, problem } from "../check.ts";

/** What a branch class says can come to matter: a line that does nothing is believed by whoever reads it. */
export const everyBranchKeyHasEffect: Check = {
  name: "every-branch-key-has-effect",
  needsWhole: ["branches"],
  find(about) {
    const accepted = new Set(about.flow.branches.flatMap(({ accepts }) => accepts));
    return each(about.flow.branches, (branch) => {
      const merges = about.written(branch, "merge") !== undefined && branch.accepts.length === 0;
      const asks = branch.issue === "required" && !accepted.has(branch.name);
      return [
        ...(merges
          ? [
              problem("key-without-effect", about.placeOfKey(branch, "merge"), [
                `Nothing is merged into "${branch.name}": it accepts no branch.`,
                "Remove `merge`, or add `accepts`.",
              ]),
            ]
          : []),
        ...(asks
          ? [
              problem("key-without-effect", about.placeOfKey(branch, "issue"), [
                `Nobody asks for an issue: no branch accepts "${branch.name}".`,
                "Write `issue` at the branches that people open pull requests from.",
              ]),
            ]
          : []),
      ];
    });
  },
};
