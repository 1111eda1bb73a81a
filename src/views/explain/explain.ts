import type { Flow } from "../../flow/flow.ts";
import { renderMatrix } from "./matrix.ts";
import { renderMermaid } from "./mermaid.ts";
import { assuranceSentences } from "./words/assurance.ts";
import { branchSentences } from "./words/branches.ts";
import { demandSentences } from "./words/demands.ts";
import { environmentSentences } from "./words/environments.ts";
import { hostSentences } from "./words/host.ts";
import { inMarkdown } from "./words/names.ts";
import { gateSentences, teamSentences } from "./words/people.ts";
import { allowSentences, always, applySentences, settingSentences } from "./words/promises.ts";
import { releaseSentences } from "./words/releases.ts";
import { rowSentences } from "./words/rows.ts";
import { stackSentences } from "./words/stacks.ts";

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
    `\`\`\`mermaid\n${renderMermaid(flow)}\n\`\`\``,
    "## Who may go where",
    list(of(flow.branches, (branch) => branchSentences(flow, branch, inMarkdown))),
    "## Who may say yes",
    list([...teamSentences(flow, inMarkdown), ...of(gateSentences(flow, inMarkdown), (said) => said)]),
    "## What exists",
    list([
      ...of(flow.environments, (environment) => environmentSentences(flow, environment, inMarkdown)),
      ...of(flow.stacks, (stack) => stackSentences(stack, inMarkdown)),
      ...(flow.releases.length === 0
        ? ["Nothing gets a version: what is on a branch is what is delivered."]
        : of(flow.releases, (release) => releaseSentences(flow, release, inMarkdown))),
    ]),
    "## What happens when",
    list(
      of(flow.when, (row) => rowSentences(flow, row, inMarkdown)),
      true,
    ),
    "## What is required of a pull request",
    list(demandSentences(flow, inMarkdown)),
    "## What must hold of every apply",
    list([...applySentences(flow), ...allowSentences(flow, inMarkdown)]),
    "## What is guaranteed, and what is void",
    list(assuranceSentences(flow, inMarkdown)),
    "## What the host carries",
    list(hostSentences(flow, inMarkdown)),
    "## What always holds",
    list(always),
  ].join("\n\n");
}

function paragraph(sentences: readonly string[]): string {
  return sentences.join(" ");
}

function list(items: readonly string[], numbered = false): string {
  if (items.length === 0) return "Nothing.";
  return items.map((item, index) => `${numbered ? `${index + 1}.` : "-"} ${item}`).join("\n");
}
