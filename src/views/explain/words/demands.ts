import type { Flow } from "../../../flow/flow.ts";
import { listed, type Spelling } from "./names.ts";

/** What is required of every pull request. */
export function demandSentences({ require }: Flow, { code }: Spelling): readonly string[] {
  const { sections, deletions, checks } = require;
  return [
    sections.length === 0
      ? "The text of a pull request is free."
      : `The text of a pull request has ${sections.length === 1 ? "a section" : "sections"} ${listed(sections.map(code))}, each with words of its own; until then its check fails, and what was merged without is not applied. A back-merge needs none.`,
    deletions === "acknowledged"
      ? "When the plan of a pull request deletes or replaces anything, somebody who may merge has to say that it is meant (`/plangate acknowledge`) before it is applied. Of other plans whoever opens the gate sees the deletions first."
      : "That a plan deletes or replaces something needs no word of its own: it stands first in what people are shown.",
    checks.length === 0
      ? "No checks have to pass."
      : `These checks have to pass: ${listed(checks.map((check) => checkText(check, code)))}. What else has to pass, such as tests of your own, the forge requires before a merge.`,
    "A stack whose code a change takes away while its objects stand waits for a decision: its resources are removed first, or it is destroyed where that is allowed, or somebody who may merge leaves them behind (`/plangate forget <stack>`).",
  ];
}

/** What each check looks at. */
const known: Readonly<Record<string, string>> = {
  fmt: "written as the tool formats it",
  validate: "can be read and is well formed",
  tflint: "nothing that the linter warns of, in the workflows of GitHub Actions",
  tfsec: "nothing that the security scanner warns of, in the workflows of GitHub Actions",
};

function checkText(check: string, code: Spelling["code"]): string {
  return Object.hasOwn(known, check) ? `${code(check)} (${known[check]})` : code(check);
}
