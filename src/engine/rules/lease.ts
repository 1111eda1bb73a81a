import { instantText } from "../../domain/names.ts";
import { no, type Rule, waiting, yes } from "../rule.ts";

const name = "lease";

/** One writer per stack, and none right after an interrupted one: what that left behind has to be planned anew first. */
export const leaseRule: Rule = {
  name,
  needs: ["stack.lease", "stack.interrupted"],
  judge({ stack, run, phase }) {
    if (stack.interrupted !== null && stack.interrupted !== undefined && stack.interrupted !== run.id) {
      return waiting(
        name,
        "interrupted",
        `${stack.interrupted} was interrupted while applying ${stack.stack}; nothing is applied before a plan that shows what is left`,
        {
          after: "a new plan",
        },
      );
    }
    const lease = stack.lease ?? null;
    if (lease !== null && lease.run !== run.id) {
      return waiting(name, "stack-leased", `${lease.run} holds ${stack.stack} since ${instantText(lease.since)}`, {
        after: lease.run,
      });
    }
    if (phase === "ready" && lease === null)
      return no(name, "stack-leased", `${run.id} does not hold the lease of ${stack.stack}`);
    return yes(name, phase === "ready" ? `${run.id} holds the lease` : `nobody else holds the lease of ${stack.stack}`);
  },
};
