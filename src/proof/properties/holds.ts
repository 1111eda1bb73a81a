import { placeOf } from "../../flow/instances.ts";
import { branchDelivered } from "../holders.ts";
import { begunIn } from "../past.ts";
import type { Watched } from "./property.ts";

/** P4, of environments held by branch: nothing of another branch is applied to a stack that one has. */
export const oneHolder: Watched = {
  id: "P4",
  atMoment(moment) {
    const { before, past, setting } = moment;
    for (const { stack, run } of begunIn(moment)) {
      const holder = past.holders[stack];
      if (holder === undefined || placeOf(setting.flow, stack)?.environment.heldByBranch !== true) continue;
      const branch = branchDelivered(before, run);
      if (branch !== null && branch !== holder)
        return `${stack} is applied from ${branch}, and ${holder} has it: that is neither merged nor deleted, and nobody freed the stack`;
    }
    return null;
  },
};

/** P10: nobody waits for a branch that is gone. */
export const nothingHeldForNobody: Watched = {
  id: "P10",
  atRest({ world }) {
    for (const { stack, branch } of Object.values(world.holds))
      if (world.branches[branch] === undefined) return `${stack} is kept for ${branch}, which was deleted`;
    return null;
  },
};
