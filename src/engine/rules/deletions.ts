import { pullRequestOf } from "../../domain/run.ts";
import { wasShownAt } from "../people.ts";
import { type Rule, waiting, yes } from "../rule.ts";
import { concerns } from "./approvals.ts";

const name = "deletions";

/**
 * What a plan deletes or replaces was meant: somebody who may merge said so after they saw it. Without a pull request
 * there is no place to say it, and who opens the gate has the deletions before them.
 */
export const deletionsRule: Rule = {
  name,
  needs: ["stack.answers", "maintainers"],
  judge(about) {
    const { flow, facts, stack, plan, run, due } = about;
    if (flow.require.deletions === "free") return yes(name, "the flow asks nobody about deletions");
    if (run.mode === "destroy" || due.kind === "push" || due.kind === "pull-request" || plan === null)
      return yes(name, "nobody is asked about deletions here");
    if (pullRequestOf(run.source) === null) return yes(name, "who opens the gate sees what is deleted");
    const { destroy, replace } = plan.manifest.counts;
    const deleted = destroy + replace;
    if (deleted === 0) return yes(name, "the plan deletes nothing");
    const said = (stack.answers ?? []).find(
      (answer) =>
        answer.says === "acknowledge" &&
        concerns(answer, about) &&
        facts.maintainers?.includes(answer.by) === true &&
        wasShownAt(plan.shown, answer.at),
    );
    if (said !== undefined) return yes(name, `${said.by} acknowledged that the plan deletes or replaces ${deleted}`);
    const sentence = `the plan of ${stack.stack} deletes or replaces ${deleted}, and nobody has said that it is meant`;
    return waiting(name, "deletions-unacknowledged", sentence, {
      after: "/plangate acknowledge by somebody who may merge",
    });
  },
};
