import type { BranchReviews, Flow, Gate, PeopleRef } from "../../../flow/flow.ts";
import { inertMarkdown, inlineCode, tableCode } from "../../inert.ts";

/** How names and texts of the flow file stand in what is being written: Markdown, or plain text for a picture. */
export interface Spelling {
  readonly code: (text: string) => string;
  readonly strong: (text: string) => string;
  readonly plain: (text: string) => string;
}

export const inMarkdown: Spelling = {
  code: inlineCode,
  strong: (text) => `**${unlessPlain(text)}**`,
  plain: unlessPlain,
};

/** Nothing in it can begin markup or a link within a sentence, so that people who read the source need not read escapes. */
const plainWords = /^(?!.*(?:\bGH-|:\/\/))[A-Z0-9](?:[A-Z0-9 ,:()/-]*[A-Z0-9)])?$/i;

function unlessPlain(text: string): string {
  return plainWords.test(text) ? text : inertMarkdown(text);
}

/** For the cells of a Markdown table, where names stand out as code. */
export const inTable: Spelling = { code: tableCode, strong: tableCode, plain: unlessPlain };

/** For places that make the text harmless themselves. */
export const asItIs: Spelling = { code: (text) => text, strong: (text) => text, plain: (text) => text };

export function listed(items: readonly string[], last: "and" | "or" = "and"): string {
  return items.length < 2 ? items.join("") : `${items.slice(0, -1).join(", ")} ${last} ${items.at(-1)}`;
}

export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

/** `owners`, `owners or ann` */
export function peopleIn(by: PeopleRef, { strong, plain }: Spelling): string {
  return listed([...by.teams.map(strong), ...by.logins.map(plain)], "or");
}

/** Whom a gate leaves out, though it names them: `somebody who started it`; empty when it leaves out nobody. */
export function leftOut(notBy: Gate["notBy"]): string {
  return notBy.length === 0 ? "" : `somebody who ${listed(notBy.map(didWhat), "or")}`;
}

function didWhat(who: Gate["notBy"][number]): string {
  switch (who) {
    case "writers":
      return "wrote any of what would be applied";
    case "triggerer":
      return "started it";
  }
}

/** `1 review by owners`; with code owners, that they are among them */
export function reviewsText(reviews: BranchReviews, spelling: Spelling): string {
  const by = reviews.by === null ? "anybody who may review" : peopleIn(reviews.by, spelling);
  const owners = reviews.codeOwners ? ", code owners among them" : "";
  return `${counted(reviews.count, "review")} by ${by}${owners}`;
}

/** `1 approval by owners` */
export function approvalsText(gate: Gate, spelling: Spelling): string {
  return `${counted(gate.count, "approval")} by ${peopleIn(gate.by, spelling)}`;
}

/** `1 approval by owners, never by somebody who started it` */
export function gateText(gate: Gate, spelling: Spelling): string {
  const except = leftOut(gate.notBy);
  return `${approvalsText(gate, spelling)}${except === "" ? "" : `, never by ${except}`}`;
}

/** Where a ref of `appliesFrom` comes from: a branch class, or a release. */
export function refText(flow: Flow, ref: string, { strong }: Spelling): string {
  return flow.releases.some(({ id }) => id === ref) ? `a ${strong(ref)}` : strong(ref);
}
