import { durationText } from "../../domain/names.ts";
import type { StoredPlan } from "../../domain/plan.ts";
import { type ApplyCase, no, type Rule, yes } from "../rule.ts";

const name = "plan-fresh";

/**
 * The stored plan still fits: made for this stack from the inputs that are to be delivered, from the state that is
 * there, with the tool that is there, and not too long ago. What moved decides what follows: see `freshnessFollowUp`.
 *
 * Approval is judged elsewhere: a fresh plan is not yet an approved one.
 */
export const planFreshRule: Rule = {
  name,
  needs: ["stack.inputs", "stack.state", "stack.tool"],
  judge(about) {
    const { flow, facts, stack, plan, run } = about;
    if (plan === null) return yes(name, "there is no plan whose freshness could be judged");
    const { manifest } = plan;
    if (manifest.stack !== stack.stack)
      return no(name, "target-moved", `the plan is of ${manifest.stack}, not of ${stack.stack}`);
    if (manifest.mode !== run.mode)
      return no(name, "target-moved", `the plan is of mode ${manifest.mode}, and ${run.id} is there to ${run.mode}`);
    if (
      stack.tool !== undefined &&
      (stack.tool.name !== manifest.tool.name || stack.tool.version !== manifest.tool.version)
    ) {
      return no(
        name,
        "tool-moved",
        `the plan was made with ${manifest.tool.name} ${manifest.tool.version}; here is ${stack.tool.name} ${stack.tool.version}`,
      );
    }
    if (stack.inputs === null)
      return no(name, "stack-deleted", `${stack.stack} is no longer in what would be delivered`);
    if (stack.inputs !== manifest.inputs)
      return no(name, "inputs-moved", `an input of ${stack.stack} changed since its plan was made`);
    const age = facts.now - manifest.createdAt;
    if (age > flow.apply.maxAge) {
      return no(name, "plan-expired", `the plan is older than ${durationText(flow.apply.maxAge)}`);
    }
    return judgeState(about, plan);
  },
};

function judgeState({ flow, stack, phase, due }: ApplyCase, { manifest }: StoredPlan) {
  const now = stack.state;
  if (now === undefined) return no(name, "fact-unknown", `the state of ${stack.stack} is not known`);
  const planned = manifest.state;
  if (now.lineage !== planned.lineage) {
    return no(
      name,
      "lineage-moved",
      `the state's lineage is ${now.lineage ?? "none"}; the plan was made from ${planned.lineage ?? "none"}`,
    );
  }
  if (now.serial === planned.serial)
    return yes(name, `state serial ${now.serial}, inputs and tool are those of the plan`);
  const moved = `the state's serial is ${now.serial}; the plan was made from ${planned.serial}`;
  // The first decision lets it through when it can be mended under the lease: only there does a new plan stay true.
  if (phase === "start" && flow.apply.ifStateMoved === "same-meaning" && due.kind !== "local") {
    return yes(name, `${moved}: it is planned anew under the lease, and the meaning compared`);
  }
  return no(name, "state-moved", moved);
}
