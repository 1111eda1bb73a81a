import type { Flow, Transition } from "../../../flow/flow.ts";
import { listed, refText, type Spelling } from "./names.ts";
import { needsText, stepTexts } from "./steps.ts";

/** What happens when: a row of the flow as one sentence, and what stands in its way as others. */
export function rowSentences(flow: Flow, row: Transition, spelling: Spelling): readonly string[] {
  const sentences = [
    `${whenText(row, spelling)}: ${stepTexts(row, spelling).join("; ")}.`,
    ...whichPlan(row, spelling),
  ];
  if (row.needs.length > 0) sentences.push(`It needs ${needsText(row.needs, spelling)}; until then it is refused.`);
  if (row.on === "dispatch" && row.environment !== null) sentences.push(deliveredText(flow, row, spelling));
  return sentences;
}

/** The event, as the beginning of a sentence. */
export function whenText({ on, into, job }: Transition, { strong }: Spelling): string {
  const branch = into === null ? "" : strong(into);
  switch (on) {
    case "pull_request":
      return `When a pull request into ${branch} is opened or changed`;
    case "merge":
      return `When a pull request was merged into ${branch}`;
    case "push":
      return "When somebody pushed";
    case "dispatch":
      return `When somebody starts ${strong(job ?? "it")}`;
    case "schedule":
      return "When its time comes";
    case "release":
      return "When a release was made";
  }
}

/** Which plan the row makes or applies. */
function whichPlan({ on, do: steps, environment }: Transition, { strong }: Spelling): readonly string[] {
  const there = environment === null ? "there" : strong(environment);
  if (on === "pull_request" && steps.includes("plan")) return ["The plan is of what would be there after the merge."];
  if (on === "merge" && steps.includes("apply"))
    return [`What is applied is the plan that was stored for ${there} in the pull request, and no other.`];
  if (on === "merge" && steps.includes("plan"))
    return [`Nothing is applied to ${there} by this: the plan is kept for the apply that comes later.`];
  if (on === "dispatch" && steps.includes("apply"))
    return [`What is applied is the plan that was stored for ${there} before.`];
  return [];
}

function deliveredText(flow: Flow, { ref, environment }: Transition, spelling: Spelling): string {
  const target = flow.environments.find(({ name }) => name === environment);
  const refs = ref === null ? (target?.appliesFrom ?? []) : [ref];
  const which = listed(
    refs.map((name) => refText(flow, name, spelling)),
    "or",
  );
  return `Whoever starts it names what is delivered: ${which}.`;
}
