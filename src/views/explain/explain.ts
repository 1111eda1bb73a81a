import type { Flow } from "../../flow/flow.ts";
import { renderMatrix } from "./matrix.ts";
import { renderMermaid } from "./mermaid.ts";
import { branchSentences } from "./words/branches.ts";
import { environmentSentences, stackSentences } from "./words/environments.ts";
import { inMarkdown } from "./words/names.ts";
import { gateSentences, teamSentences } from "./words/people.ts";
import { allowSentences, always, applySentences, settingSentences } from "./words/promises.ts";
import { rowSentences } from "./words/rows.ts";

/**
 * A flow for people: the trigger matrix, the picture, and every rule in a sentence. It is made from the flow as used,
 * so what a file leaves to a default stands here too.
 */
export function renderExplanation(flow: Flow): string {
  const of = <T>(items: readonly T[], say: (item: T) => readonly string[]) => items.map((item) => paragraph(say(item)));
  return [
    "# How Terraform is delivered here",
    paragraph(settingSentences(flow, inMarkdown)),
    "## The trigger matrix",
    renderMatrix(flow),
    "## The picture",
    renderMermaid(flow),
    "## Who may go where",
    list(of(flow.branches, (branch) => branchSentences(flow, branch, inMarkdown))),
    "## Who may say yes",
    list([
      ...of(teamSentences(flow, inMarkdown), (said) => [said]),
      ...of(flow.environments, (environment) => gateSentences(environment, inMarkdown)),
    ]),
    "## What exists",
    list([
      ...of(flow.environments, (environment) => environmentSentences(flow, environment, inMarkdown)),
      ...of(flow.stacks, (stack) => stackSentences(stack, inMarkdown)),
      ...of(flow.releases, (release) => releaseSentences(release)),
    ]),
    "## What happens when",
    list(
      of(flow.when, (row) => rowSentences(flow, row, inMarkdown)),
      true,
    ),
    "## What must hold",
    list([...applySentences(flow), ...allowSentences(flow, inMarkdown)]),
    "## What always holds",
    list(always),
  ].join("\n\n");
}

function releaseSentences({ id, of, tag, from }: Flow["releases"][number]): readonly string[] {
  const { strong, code } = inMarkdown;
  const what = of === "project" ? "the whole repository" : code(of);
  return [
    `A ${strong(id)} is a semantic version of ${what}, tagged ${code(tag)} on ${strong(from)}.`,
    "Which version comes next is counted up from the last one: the minor number, unless whoever starts it says otherwise.",
  ];
}

function paragraph(sentences: readonly string[]): string {
  return sentences.join(" ");
}

function list(items: readonly string[], numbered = false): string {
  if (items.length === 0) return "Nothing.";
  return items.map((item, index) => `${numbered ? `${index + 1}.` : "-"} ${item}`).join("\n");
}
