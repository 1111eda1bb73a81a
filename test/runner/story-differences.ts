import type { PresetName } from "../../src/flow/index.ts";

/**
 * Stories that come out otherwise on GitHub than on the model world, by preset and name, with why. Each is played up to where
 * it does, and has applied up to there what the model applies.
 */
export const differences: Readonly<Record<PresetName, Readonly<Record<string, string>>>> = {
  gitflow: {},
  "integration-branch": {
    "attack-demo-of-production":
      "GitHub takes no answer at a gate from who started the job, so plangate has nothing to decide about it",
    "attack-rerun-demo":
      "GitHub runs nothing again that still waits at a gate, as the demonstration does at its teardown",
    "code-owners": "GitHub asks at its gate once more when the review that was missing lets the apply begin",
    "small-fix": "GitHub asks at its gate once more when the accepted push lets the apply begin",
  },
  "trunk-demo": {
    "attack-demo-taken-back":
      "taking down is offered behind each demonstration, also one that ended as not yet, and waits for an approval of its own",
    "attack-dispatcher-approves":
      "GitHub takes no answer at a gate from who started the job, so plangate has nothing to decide about it",
    "attack-gate-of-anybody":
      "the job looks at its environment before anything else, and ends where that asks others than the flow names",
    "attack-push-brings-pull-request":
      "GitHub asks at its gate once more when the review that was missing lets the apply begin",
    "attack-settings-off":
      "the job looks at its environment before anything else, and ends where that asks others than the flow names",
    "deleted-stack":
      "the check `compiled` is red while the flow names a root module that is gone, so the change cannot be merged",
  },
  "trunk-stored-plan": {
    "attack-fork": "no job that may speak hears of a fork before somebody who may write comments on its pull request",
    "attack-fork-after-apply":
      "no job that may speak hears of a fork before somebody who may write comments on its pull request",
    "attack-gate-of-anybody":
      "the job looks at its environment before anything else, and ends where that asks others than the flow names",
    "attack-hidden-by-second-merge":
      "GitHub asks nobody at test, and the review of the pull request that shows the plan counts as its approval",
    "attack-prod-before-test": "GitHub asks at its gate once more when the apply in test lets the one in prod begin",
    "crash-while-looking":
      "a change is planned before the record has a run of it, so a plan that is cut off leaves none to be superseded",
  },
};
