import type { Diagnostic } from "../../domain/diagnostic.ts";
import { type Check, each, problem } from "../check.ts";
import { asksForTicket } from "../ticket.ts";

/** What a branch class says can come to matter: a line that does nothing is believed by whoever reads it. */
export const everyBranchKeyHasEffect: Check = {
  name: "every-branch-key-has-effect",
  needsWhole: ["branches"],
  find(about) {
    const accepted = new Set(about.flow.branches.flatMap(({ accepts }) => accepts));
    return each(about.flow.branches, (branch) => {
      const idle = (key: string, text: readonly [string, string]): Diagnostic[] =>
        about.written(branch, key) === undefined
          ? []
          : [problem("key-without-effect", about.placeOfKey(branch, key), text)];
      const takesNone = `Nothing is merged into "${branch.name}": it accepts no branch.`;
      const givesNone = `no branch accepts "${branch.name}".`;
      const atWork = "at the branches that people open pull requests from.";
      return [
        ...(branch.accepts.length > 0
          ? []
          : [
              ...idle("merge", [takesNone, "Remove `merge`, or add `accepts`."]),
              ...(branch.linear ? idle("linear", [takesNone, "Remove `linear`, or add `accepts`."]) : []),
            ]),
        ...(accepted.has(branch.name)
          ? []
          : [
              ...(branch.issue === "required"
                ? idle("issue", [`Nobody asks for an issue: ${givesNone}`, `Write \`issue\` ${atWork}`])
                : []),
              ...idle("maxAge", [`It has no pull requests: ${givesNone}`, `Write \`maxAge\` ${atWork}`]),
            ]),
        ...(branch.match.some(asksForTicket) && branch.ticket === "optional"
          ? idle("ticket", ["`match` asks for a ticket already.", "Remove `ticket`, or take {ticket} out of `match`."])
          : []),
      ];
    });
  },
};
