import type { Flow, Transition } from "../../../flow/flow.ts";
import { cronText } from "./cron.ts";
import { listed, refText, type Spelling } from "./names.ts";
import { needsText, stepTexts } from "./steps.ts";

/** What happens when: a row of the flow as one sentence, and what stands in its way as others. */
export function rowSentences(flow: Flow, row: Transition, spelling: Spelling): readonly string[] {
  const { strong } = spelling;
  return [
    `${whenText(row, spelling)}: ${stepTexts(flow, row, spelling).join("; ")}.`,
    ...planSentences(flow, row, spelling),
    ...(row.needs.length > 0 ? [`It needs ${needsText(row.needs, spelling)}; until then it is refused.`] : []),
    ...(row.on === "dispatch" && row.environment !== null ? deliveredSentences(flow, row, spelling) : []),
    ...(row.thenOffer === null ? [] : [`When it has ended, well or not, people are offered ${strong(row.thenOffer)}.`]),
    ...(row.workflow === null ? [] : [`On GitHub this is the workflow ${strong(row.workflow)}.`]),
  ];
}

/** The event, as the beginning of a sentence. */
export function whenText(row: Transition, spelling: Spelling): string {
  const { on, into, to, job, ref, cron } = row;
  const { strong } = spelling;
  switch (on) {
    case "pull_request":
      return `When a pull request into ${anyOf(into, spelling)} is opened or changed`;
    case "merge":
      return `When a pull request was merged into ${anyOf(into, spelling)}`;
    case "push":
      return `When somebody pushes to ${anyOf(to, spelling)}`;
    case "dispatch":
      return `When somebody starts ${strong(job ?? "it")}`;
    case "schedule": {
      const when = cronText(cron ?? "", spelling);
      return when.charAt(0).toUpperCase() + when.slice(1);
    }
    case "release":
      return `When a ${strong(ref ?? "release")} was made`;
  }
}

function anyOf(branch: string | null, { strong }: Spelling): string {
  return branch === null ? "any branch of the flow" : strong(branch);
}

/** Which plan the row makes or applies. */
function planSentences(flow: Flow, row: Transition, spelling: Spelling): readonly string[] {
  const { on, do: steps, environment } = row;
  const there = environment === null ? "there" : spelling.strong(environment);
  if (on === "pull_request") return pullRequestPlan(flow, row, there);
  if (!steps.includes("apply")) {
    if (on === "merge" && steps.includes("plan"))
      return [`Nothing is applied to ${there} by this: the plan is kept for the apply that comes later.`];
    if (on === "push" && steps.includes("plan")) return [`Nothing is applied to ${there} by this.`];
    return [];
  }
  if (steps.includes("plan"))
    return [
      steps.includes("gate")
        ? "What is applied is this plan, the one that people were shown, and no other."
        : "What is applied is this plan, and no other.",
    ];
  if (on === "merge")
    return [`What is applied is the plan that was stored for ${there} in the pull request, and no other.`];
  return [`What is applied is the plan that was stored for ${there} before, and no other.`];
}

function pullRequestPlan(flow: Flow, { do: steps, environment }: Transition, there: string): readonly string[] {
  if (!steps.includes("plan")) return [];
  const own = flow.environments.some(({ name, perPullRequest }) => name === environment && perPullRequest);
  const what = "The plan is of what would be there after the merge.";
  if (steps.includes("apply"))
    return [
      what,
      own
        ? "It is applied while the pull request is open, to an instance of its own."
        : "It is applied while the pull request is open.",
    ];
  return [what, `Nothing is applied to ${there} by this.`];
}

function deliveredSentences(flow: Flow, row: Transition, spelling: Spelling): readonly string[] {
  const { ref, environment, do: steps } = row;
  const target = flow.environments.find(({ name }) => name === environment);
  const refs = ref === null ? (target?.appliesFrom ?? []) : [ref];
  const which = listed(
    refs.map((name) => refText(flow, name, spelling)),
    "or",
  );
  const cut = refs.some((name) => flow.branches.some((branch) => branch.name === name && branch.cutFrom !== null));
  const verb = steps.includes("destroy") ? "destroyed" : "delivered";
  return [
    `Whoever starts it names what is delivered: ${which}.`,
    `They may name the stacks; without that ${cut ? `those that a work branch alters are ${verb}, and all of them from any other ref` : `all of them are ${verb}`}.`,
  ];
}
