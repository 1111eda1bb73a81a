/** What people read and GitHub asks them by: owners of code, the text that a pull request begins with, and documents. */
import type { Flow } from "../../flow/index.ts";
import { renderExplanation } from "../../views/explain/explain.ts";
import type { CompileAbout, Compiled } from "../compiled-file.ts";
import { compileCodeOwners } from "./code-owners.ts";
import { enforcementTable } from "./enforced.ts";
import { enforcementOf } from "./enforcement.ts";
import { compileLocalDevelopment } from "./local-development.ts";
import { compilePullRequestTemplate } from "./pull-request-template.ts";

export { codeOwnersFile, ownersTaken } from "./code-owners.ts";
export { pullRequestTemplateFile } from "./pull-request-template.ts";

export const deliveryFile = "docs/delivery.md";

export function compileDocuments(flow: Flow, about: CompileAbout): Compiled {
  const parts = [
    compileCodeOwners(flow, about),
    compilePullRequestTemplate(flow, about),
    compileLocalDevelopment(flow, about),
    compileDelivery(flow, about),
  ];
  return {
    files: parts.flatMap(({ files }) => files),
    diagnostics: parts.flatMap(({ diagnostics }) => diagnostics),
  };
}

/** The whole flow for people: what `plangate explain` tells, and where on GitHub each rule is held. */
function compileDelivery(flow: Flow, about: CompileAbout): Compiled {
  const text = [
    renderExplanation(flow),
    "## Where each rule is held",
    "A ruleset or an environment is GitHub's own and declared in `.github/plangate/settings.yaml`; `plangate audit` compares it with what is live. The rest plangate holds itself.",
    enforcementTable(enforcementOf(flow, about)),
  ].join("\n\n");
  return { files: [{ path: deliveryFile, form: "whole", text: `${text}\n`, comment: "<!--" }], diagnostics: [] };
}
