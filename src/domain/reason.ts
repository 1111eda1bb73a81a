/** What a reason code means and what a person does next. `{…}` never appears: the sentence with names is the verdict's. */
export interface ReasonMeaning {
  readonly means: string;
  readonly next: string;
}

/**
 * What helps when nobody makes a new plan by itself: who may ask, and how. A dispatch, a release or a push without a pull
 * request has no place for a comment.
 */
const askAnew =
  "Whoever may merge asks for a new plan: with the comment `/plangate plan` on its pull request, else by starting again what asked for it.";

/** Where people read what the tool and the flow's own commands said. */
const whereSaid =
  "on GitHub it stands in the summary of the job, and what an apply job kept is named there with how to open it; on your own machine `plangate logs RUN` has it.";

/**
 * The closed list of why something does not happen (yet). Codes are stable: stories, scripts and the ledger name
 * them. `docs/reference/reasons.md` is generated from here.
 */
export const reasons = {
  "fact-unknown": {
    means: "A fact that the decision needs is not known. Unknown is never taken as good.",
    next: "Make the fact available (the message names it) and let plangate look again.",
  },
  "no-transition": {
    means: "The flow has no row for this event, so nothing is to be done.",
    next: "Add a row under `when` if something should happen.",
  },
  "not-affected": {
    means: "The change alters no input of the stack.",
    next: "Nothing: the stack stays as it is.",
  },
  "no-changes": {
    means: "The plan is empty: real objects already are as the configuration says.",
    next: "Nothing: there is nothing to apply.",
  },
  "work-item-missing": {
    means: "The branch takes changes with a work item only, and the pull request links none.",
    next: "Link an issue in the pull request's description (`Closes #12`).",
  },
  "head-not-accepted": {
    means: "The base branch does not accept this kind of branch.",
    next: "Open the pull request from a branch that the flow's `accepts` names.",
  },
  "fork-not-trusted": {
    means: "The change comes from a fork, and plans run the change's code.",
    next: "Somebody who may merge looks at the code and takes it over with `/plangate plan`.",
  },
  "trusted-path-changed": {
    means: "The change touches files that govern delivery itself, so its plan can be looked at and not be applied.",
    next: "Merge it after review; plangate plans again from the protected branch.",
  },
  "not-merged": {
    means: "The plan is stored; it is applied after its pull request is merged.",
    next: "Review and merge the pull request.",
  },
  "closed-without-merge": {
    means: "The pull request was closed without being merged.",
    next: "Nothing: its plans are discarded. Reopen it to plan again.",
  },
  "not-requested": {
    means: "The plan is stored; nobody has asked for its apply yet.",
    next: "Dispatch the row of the flow that applies it.",
  },
  "ref-not-allowed": {
    means: "The ref is not one that the environment is applied from.",
    next: "Deliver a ref that the environment's `appliesFrom` names.",
  },
  "release-not-from-branch": {
    means: "The release tag does not point at a commit of the branch that releases are made from.",
    next: "Release a commit of that branch.",
  },
  "release-moved": {
    means: "The release tag no longer points at the commit it was made for.",
    next: "Find out who moved it; release a new version.",
  },
  "unreviewed-change": {
    means: "What would be applied reached the protected branch past its reviews.",
    next: "Somebody who could have reviewed it looks at it, and approves its pull request. What came by none is accepted with the comment `/plangate accept COMMIT`.",
  },
  "plan-missing": {
    means: "There is no stored plan for this stack at this commit.",
    next: "Wait for the plan under way, or ask for one with `/plangate plan`.",
  },
  "plan-failed": {
    means: "The plan failed or is incomplete, so there is nothing that could be applied.",
    next: `Read what failed: ${whereSaid} Run \`terraform validate\` in the stack's folder, see that the identity that plans may read what the plan reads, mend the configuration, push.`,
  },
  "plan-not-shown": {
    means: "The plan was stored, and showing it failed: nothing is applied past a gate that nobody could look at.",
    next: "Ask for a new plan with `/plangate plan`; it is shown before it is applied.",
  },
  "plan-speculative": {
    means: "The plan was made to be looked at and may never be applied.",
    next: "Plan from a clean commit that the flow lets through.",
  },
  "plan-expired": {
    means: "The stored plan is older than the flow allows.",
    next: askAnew,
  },
  "plan-superseded": {
    means: "A newer plan, or another apply on the stack, took this plan's place.",
    next: "Look at the newer plan.",
  },
  "plan-spent": {
    means: "The stored plan was already used by an apply. A plan is applied once.",
    next: askAnew,
  },
  "bundle-missing": {
    means: "The stored plan bundle cannot be found, be it that it was removed or that it expired.",
    next: `The first time plangate makes and shows a new plan by itself. If that is gone as well, find out who removes them. ${askAnew}`,
  },
  "bundle-altered": {
    means: "A part of the plan bundle is not what its manifest says.",
    next: `Do not apply it, and find out who altered it. ${askAnew}`,
  },
  "bundle-unsigned": {
    means: "The plan bundle's manifest carries no valid signature.",
    next: `Do not apply it, and find out who wrote it. ${askAnew}`,
  },
  "snapshot-differs": {
    means: "The configuration inside the plan file is not the configuration in Git.",
    next: `Do not apply it: the plan was made from something nobody reviewed. Find out how. ${askAnew}`,
  },
  "not-allowed-in-plan": {
    means: "The configuration uses something that runs code and that the flow does not allow.",
    next: "Remove it, or allow it in the flow file by a reviewed change.",
  },
  "inputs-moved": {
    means: "An input of the stack changed since the plan was made, so nobody approved what an apply would do now.",
    next: "Look at the new plan and approve it.",
  },
  "variables-moved": {
    means: "A variable that the environment gives Terraform has another value than the plan was made with.",
    next: "If somebody changed it, ask for a new plan; else give it the same value in the environment that plans and in the one that applies.",
  },
  "state-moved": {
    means: "The stack's state changed since the plan was made.",
    next: "plangate plans anew and compares the meaning.",
  },
  "meaning-differs": {
    means: "The new plan would do something else than the plan that was approved.",
    next: "Look at the difference and approve the new plan.",
  },
  "lineage-moved": {
    means: "The stack's state is another state than the one the plan was made from.",
    next: "Find out who replaced the state; ask for a new plan.",
  },
  "tool-moved": {
    means: "The tool or a provider has another version than the one the plan was made with.",
    next: "Ask for a new plan.",
  },
  "target-moved": {
    means: "Backend, environment, stack or cloud account are not those of the plan.",
    next: "Find out why; ask for a new plan.",
  },
  "approval-missing": {
    means: "Fewer people than the gate asks for have approved this plan after it was shown.",
    next: "Somebody the gate names, and who wrote none of the change, looks at the plan and approves it.",
  },
  "changes-requested": {
    means: "Somebody who may merge has asked for changes.",
    next: "Settle it with them; they approve, or take their request back.",
  },
  "conversation-unresolved": {
    means: "A conversation of the pull request's review is not resolved, and its base branch asks for that.",
    next: "Answer and resolve the conversations on the pull request, and comment `/plangate merge` again.",
  },
  rejected: {
    means: "Somebody the gate names has said no.",
    next: "Ask for a new plan when what they object to is mended.",
  },
  held: {
    means: "Somebody has put the apply on hold.",
    next: "They, or somebody who may merge, release it.",
  },
  "after-not-applied": {
    means: "The same change is not applied and verified yet in the environment that comes before.",
    next: "Wait for that environment, or mend what stops it.",
  },
  "stack-leased": {
    means: "Another run holds the stack's lease.",
    next: "Wait for it; plangate looks again when it ends.",
  },
  "state-locked": {
    means: "Somebody else holds Terraform's lock on the state.",
    next: "Wait for them, or make sure that they are gone and unlock.",
  },
  interrupted: {
    means: "An apply was interrupted; how far it came is not known until the state is read anew.",
    next: "Ask for a new plan with `/plangate plan`: it shows what is left.",
  },
  "apply-failed": {
    means: "The apply ended with an error; part of it may be done.",
    next: `Read what failed: ${whereSaid} See that the identity that applies may do what the plan does. Ask for a new plan with \`/plangate plan\`: it shows what is left.`,
  },
  "verify-failed": {
    means: "The change is applied and its verification failed.",
    next: `Read what was found: ${whereSaid} Mend it with a new change. What comes after waits.`,
  },
  "branch-started-elsewhere": {
    means: "The branch carries commits of a protected branch that it should not have started from.",
    next: "Start it anew from the branch that its class names in `cutFrom`, and pick your commits.",
  },
  "merge-commits": {
    means: "The base branch is kept linear, and the pull request's own commits hold a merge.",
    next: "Rebase the branch onto its base.",
  },
  "back-merge-missing": {
    means: "The base branch holds content that the head lacks, such as a hotfix: promoting would mix the two unseen.",
    next: "Merge the back-merge pull request first.",
  },
  "code-owner-missing": {
    means: "Nobody of the code owners of what the pull request changes has approved it.",
    next: "One of the code owners who wrote none of it reviews the pull request.",
  },
  "section-missing": {
    means: "The pull request's text lacks a section that the flow asks for, or the section is empty.",
    next: "Write the section the message names; editing the text is enough to go on.",
  },
  "deletions-unacknowledged": {
    means: "The plan deletes or replaces something, and nobody has said in so many words that it is meant.",
    next: "Somebody who may merge looks at the deletions and comments `/plangate acknowledge`.",
  },
  "pushed-directly": {
    means: "A commit reached a branch that takes pull requests only.",
    next: "Somebody who could have reviewed it looks at it and comments `/plangate accept <commit>`, or it is reverted.",
  },
  "push-too-large": {
    means: "A direct push brought more than the branch takes without a pull request.",
    next: "Somebody who could have reviewed it looks at it and comments `/plangate accept <commit>`, or it is reverted.",
  },
  "held-by-branch": {
    means: "Another branch holds the stack: its change is applied there and not merged yet.",
    next: "Wait until that branch is merged or deleted, or free the stack: `/plangate release <stack>`, `/plangate take <stack>`.",
  },
  "outside-window": {
    means: "The environment is changed within its windows only, and now is none.",
    next: "Wait for the next window; plangate goes on by itself. In an emergency an approver sets the flow's emergency label.",
  },
  frozen: {
    means: "The environment is frozen: nothing is applied until the freeze ends.",
    next: "Wait for its end; plangate goes on by itself. In an emergency an approver sets the flow's emergency label.",
  },
  "emergency-used": {
    means: "A window or freeze was passed by with the emergency label.",
    next: "Somebody who was not part of it reviews afterwards what was done and why, and closes the issue.",
  },
  "not-destroyable": {
    means: "The environment is not one whose stacks may be destroyed.",
    next: "Remove resources by a change of the code; only environments marked `destroyable` are torn down as a whole.",
  },
  "stack-deleted": {
    means: "The change takes a stack's code away while its objects still stand.",
    next: "Remove its resources first by a change of the code, or destroy it where that is allowed; or leave them behind with `/plangate forget <stack>`.",
  },
  "drift-found": {
    means: "Real objects are no longer as they were applied.",
    next: "Find out who changed them and why; bring the change into the code, or put the objects back with a new plan.",
  },
  "branch-old": {
    means: "The pull request is open for longer than its branch should live.",
    next: "Merge it, split it, or close it.",
  },
  "expectation-failed": {
    means: "A value that the flow expects of the environment is another one in the plan.",
    next: "Correct the environment's variables, or change the expectation in the flow by a reviewed change.",
  },
  "gated-environment": {
    means: "The environment is gated, so no local command may apply to it.",
    next: "Deliver through the flow; the message says which way leads there.",
  },
  "name-not-confirmed": {
    means: "An apply past the gate asks for the stack's name in full, and it was not given.",
    next: "Run the command again and type the name as shown.",
  },
  "release-not-ready": {
    means: "What the release needs is not there yet.",
    next: "Wait for what the message names.",
  },
  "not-allowed": {
    means: "This person may not do this.",
    next: "Ask one of the people whom the flow names.",
  },
} as const satisfies Record<string, ReasonMeaning>;

export type ReasonCode = keyof typeof reasons;

export function parseReasonCode(text: string): ReasonCode | undefined {
  return Object.hasOwn(reasons, text) ? (text as ReasonCode) : undefined;
}
