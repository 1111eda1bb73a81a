import type { Login, StackName } from "../domain/names.ts";
import type { Gate } from "../flow/flow.ts";
import { listed } from "./explain/words/names.ts";
import { inertMarkdown, inlineCode } from "./inert.ts";

/** What was said at a gate about one stack's plan, as this room takes it. */
export interface GivenView {
  readonly stack: StackName;
  readonly gate: Pick<Gate, "count" | "by" | "notBy">;
  readonly rejectedBy: Login | null;
  readonly approvals: readonly { readonly by: Login; readonly obstacle: string | null }[];
}

const mostLines = 30;
const mostStacks = 8;
const mostPeople = 10;

/**
 * What people said to plans that wait, what is missing, and who may give it: those that somebody said something to, with the
 * stacks of which the same is so in one line. Null where nobody said anything yet: each plan's own section tells who is asked.
 */
export function renderGiven(given: readonly GivenView[]): string | null {
  const answered = given.filter(({ rejectedBy, approvals }) => rejectedBy !== null || approvals.length > 0);
  if (answered.length === 0) return null;
  const lines = [...Map.groupBy(answered, standingText)].map(
    ([text, some]) => `- ${stacksText(some.map(({ stack }) => stack))}: ${text}`,
  );
  const more = lines.length - mostLines;
  return ["### Who said yes", "", ...lines.slice(0, mostLines), ...(more > 0 ? [`- and ${more} more`] : [])].join("\n");
}

/** `1 of 2 approvals given, by ann. **1 more** by owners, from somebody who wrote none of it.` */
function standingText({ gate, rejectedBy, approvals }: GivenView): string {
  if (rejectedBy !== null)
    return `**${inertMarkdown(rejectedBy)} said no to this plan.** A new plan answers that: \`/plangate plan\`.`;
  const given = approvals.filter(({ obstacle }) => obstacle === null).map(({ by }) => by);
  const missing = gate.count - given.length;
  const names = given.length === 0 ? "" : `, by ${peopleText(given)}`;
  const parts = [`${given.length} of ${gate.count} approval${gate.count === 1 ? "" : "s"} given${names}.`];
  if (missing > 0) parts.push(`**${missing} more** by ${whoMay(gate, given)}.`);
  const uncounted = approvals.flatMap(({ by, obstacle }) => (obstacle === null ? [] : [{ by, obstacle }]));
  for (const { by, obstacle } of uncounted.slice(0, mostPeople))
    parts.push(`What ${inertMarkdown(by)} said does not count: ${inertMarkdown(obstacle)}.`);
  return parts.join(" ");
}

/** Whom a gate names, without who said yes already: `owners or ann, from somebody who wrote none of it` */
export function whoMay({ by, notBy }: Pick<Gate, "by" | "notBy">, given: readonly Login[] = []): string {
  const logins = by.logins.filter((login) => !given.includes(login));
  const who = listed([...by.teams, ...logins].map(inertMarkdown), "or");
  const did = { writers: "wrote none of it", triggerer: "did not start it" } as const;
  return notBy.length === 0 ? who : `${who}, from somebody who ${notBy.map((one) => did[one]).join(" and ")}`;
}

function peopleText(people: readonly Login[]): string {
  const shown = people.slice(0, mostPeople).map(inertMarkdown);
  return listed(people.length > mostPeople ? [...shown, `${people.length - mostPeople} more`] : shown);
}

function stacksText(stacks: readonly StackName[]): string {
  const shown = stacks.slice(0, mostStacks).map(inlineCode);
  return listed(stacks.length > mostStacks ? [...shown, `${stacks.length - mostStacks} more`] : shown);
}
