import type { Decision } from "../../domain/decision.ts";
import type { Event } from "../../domain/event.ts";
import type { Facts, PullRequestFacts } from "../../domain/facts.ts";
import type { Login } from "../../domain/names.ts";
import type { Verdict } from "../../domain/verdict.ts";
import type { Flow } from "../../flow/flow.ts";
import { branchClassOf } from "../../flow/match.ts";
import { asksResolved, isFastForwarded } from "../../flow/merges.ts";
import { asksOwners } from "../../flow/owners.ts";
import { lastWords } from "../people.ts";
import { problemsOf } from "../problems.ts";
import { no, waiting, yes } from "../rule.ts";
import { whyNotOwned, whyUnreviewed } from "../rules/reviewed.ts";
import { whyNotYet } from "./branches.ts";

const name = "merge";

/**
 * `/plangate merge`: the base branch is moved on to the pull request's head, which no forge has a button for. The app that does
 * it passes what the forge asks of people, so all of that is asked here: who may merge, reviews, code owners, that nobody
 * asks for changes, and that conversations are resolved. What checks have to say the forge asks itself, of the app too.
 */
export function onMergeCommand(flow: Flow, facts: Facts, event: Event & { kind: "command" }): Decision {
  const { pullRequest: number, by } = event;
  const change = facts.pullRequest;
  if (change == null) return refused(no(name, "fact-unknown", `pull request ${number} is not known`));
  const obstacle = whyNotMoved(flow, facts, change, by);
  if (obstacle !== null) return refused(obstacle);
  const why = `${by} merges pull request ${number} into ${change.base}`;
  return {
    actions: [{ kind: "fast-forward", pullRequest: number, branch: change.base, commit: change.head, by, why }],
    reasons: [yes(name, why)],
  };
}

function refused(verdict: Verdict): Decision {
  const { code = "fact-unknown" } = verdict;
  return { actions: [{ kind: "refuse", stack: null, run: null, code, why: whyNotYet(verdict) }], reasons: [verdict] };
}

function whyNotMoved(flow: Flow, facts: Facts, change: PullRequestFacts, by: Login): Verdict | null {
  const { base, headBranch, number, state } = change;
  if (facts.maintainers?.includes(by) !== true) return no(name, "not-allowed", `${by} may not merge here`);
  if (state !== "open") return no(name, "not-affected", `pull request ${number} is ${state}`);
  const [problem] = problemsOf(flow, change);
  if (problem !== undefined) return problem;
  if (!isFastForwarded(flow, headBranch, base))
    return no(
      name,
      "no-transition",
      `${headBranch} is not merged into ${base} by fast-forward: merge it with its button`,
    );
  if (flow.host === "actions" && flow.identity !== "app")
    return no(
      name,
      "no-transition",
      `without \`identity: app\` plangate may not move ${base}: merge it with its button`,
    );
  if (change.draft)
    return waiting(name, "not-merged", `pull request ${number} is a draft`, { after: "its being ready for review" });
  const objector = [...lastWords(change.answers, ({ via }) => via === "review").values()].find(
    (said) => said.says === "request-changes" && facts.maintainers?.includes(said.by) === true,
  );
  if (objector !== undefined)
    return waiting(name, "changes-requested", `${objector.by} asked for changes`, { after: objector.by });
  return (
    whyUnreviewed(flow, facts, change) ??
    whyUnowned(flow, change) ??
    whyUnresolved(flow, change) ??
    whyBehind(facts, change)
  );
}

/** Asked as on the default branch, where the forge asks for owners more often: which branch that is, is no fact. */
function whyUnowned(flow: Flow, change: PullRequestFacts): Verdict | null {
  const into = branchClassOf(flow, change.base);
  return into !== undefined && asksOwners(flow, into, change.base) ? whyNotOwned(change) : null;
}

function whyUnresolved(flow: Flow, { base, number, unresolved }: PullRequestFacts): Verdict | null {
  const into = branchClassOf(flow, base);
  if (into === undefined || !asksResolved(flow, into) || unresolved === 0) return null;
  const sentence = `${unresolved === 1 ? "a conversation" : `${unresolved} conversations`} on pull request ${number} ${unresolved === 1 ? "is" : "are"} not resolved`;
  return waiting(name, "conversation-unresolved", sentence, { after: "their being resolved" });
}

/** What the base has alone would be lost: the forge would refuse that as well, without saying what helps. */
function whyBehind({ backMerges }: Facts, { base, headBranch }: PullRequestFacts): Verdict | null {
  if (backMerges === undefined) return no(name, "fact-unknown", `what ${base} holds alone is not known`);
  if (!backMerges.some(({ into, needed }) => into === headBranch && needed)) return null;
  const sentence = `${base} holds what ${headBranch} lacks, so it cannot be moved there`;
  return waiting(name, "back-merge-missing", sentence, { after: `${base} merged back` });
}
