import type { Diagnostic } from "../../domain/diagnostic.ts";
import { sectionsOf } from "../../domain/sections.ts";
import type { Flow } from "../../flow/index.ts";
import { inertLine, inertMarkdown } from "../../views/inert.ts";
import type { CompileAbout, Compiled } from "../compiled-file.ts";
import { changeCheck } from "../names.ts";

export const pullRequestTemplateFile = ".github/pull_request_template.md";

/** What a pull request begins with: the headings that the flow asks for, empty, and what whoever reviews looks for. */
export function compilePullRequestTemplate(flow: Flow, { flowFile }: CompileAbout): Compiled {
  const headings = flow.require.sections.map((section) => ({ section, heading: headingOf(section) }));
  const issue = flow.branches.some((branch) => branch.issue === "required");
  const text = [
    ...(headings.length === 0
      ? []
      : [`<!-- Write below each heading. The check "${changeCheck}" names what is missing. -->`]),
    ...headings.map(({ heading }) => `## ${heading}`),
    ...(issue ? ["## Issue", "<!-- The open issue that this is for, behind the word. -->\nCloses #"] : []),
    "## Checklist of whoever reviews",
    checklistOf(flow)
      .map((item) => `- [ ] ${item}`)
      .join("\n"),
  ].join("\n\n");
  const lost = headings.filter(({ section, heading }) => !sectionsOf(`## ${heading}\n\nwords`).includes(section));
  return {
    files: [{ path: pullRequestTemplateFile, form: "region", text: `${text}\n`, comment: "<!--" }],
    diagnostics: lost.map(({ section }) => notShown(section, flowFile)),
  };
}

/** As the process descriptions have it; what plangate itself sees to is said so. */
function checklistOf({ require }: Flow): readonly string[] {
  return [
    "Plan shows expected changes only",
    `No unintended deletions${require.deletions === "acknowledged" ? "; what is meant to go was acknowledged, `/plangate acknowledge`" : ""}`,
    "Cost impact is acceptable",
    "Security best practices followed",
    "Naming conventions adhered to",
  ];
}

/** `why` → `Why`. What could be markup is escaped. */
function headingOf(section: string): string {
  const text = `${section.charAt(0).toUpperCase()}${section.slice(1)}`;
  return /^[\p{L}\p{N}][\p{L}\p{N} ,/-]*$/u.test(text) ? text : inertMarkdown(text);
}

function notShown(section: string, file: string): Diagnostic {
  return {
    severity: "warning",
    code: "section-not-shown",
    summary: `The template of pull requests cannot hold the heading "${inertLine(section)}" so that it is one when somebody writes below it.`,
    hint: "Call the section by letters, digits and blanks.",
    file,
  };
}
