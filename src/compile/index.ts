/**
 * What a repository on GitHub has besides its configuration, from the flow alone: workflows, settings, identities, and
 * what people read. The same flow gives the same texts, on every machine.
 */
import type { Diagnostic } from "../domain/diagnostic.ts";
import { InternalError } from "../domain/errors.ts";
import type { Flow } from "../flow/index.ts";
import type { CompileAbout, Compiled, CompiledFile } from "./compiled-file.ts";
import { compileDocuments } from "./documents/index.ts";
import { compileSettings } from "./settings/index.ts";
import { compileTrust, trustFolder } from "./trust/index.ts";
import { compileWorkflows } from "./workflows/index.ts";

export type { CompileAbout, Compiled, CompiledFile } from "./compiled-file.ts";

/** Each gives files of its own. */
const parts: readonly ((flow: Flow, about: CompileAbout) => Compiled)[] = [
  compileWorkflows,
  compileSettings,
  compileTrust,
  compileDocuments,
];

/** Folders that compiled files lie in, right below: there an earlier compile may have left what this one does not give. */
export const compiledFolders = [".github", ".github/plangate", ".github/workflows", "docs", trustFolder] as const;

/** Every compiled file by path, and all that GitHub cannot carry of the flow. With an error among that, nothing may be written. */
export function compile(flow: Flow, about: CompileAbout): Compiled {
  const refused = notForActions(flow, about);
  if (refused.length > 0) return { files: [], diagnostics: refused };
  const compiled = parts.map((part) => part(flow, about));
  const files = compiled.flatMap((part) => part.files).sort((left, right) => (nameOf(left) < nameOf(right) ? -1 : 1));
  if (new Set(files.map((file) => nameOf(file).toLowerCase())).size < files.length)
    throw new InternalError("two parts of the compiler give a file of the same name");
  return { files, diagnostics: compiled.flatMap((part) => part.diagnostics) };
}

/** Where the workflows look for the flow. */
const readFlow = "plangate.yaml";

function notForActions({ host }: Flow, { flowFile }: CompileAbout): readonly Diagnostic[] {
  const error = (code: string, summary: string, hint: string): Diagnostic => ({
    severity: "error",
    code,
    summary,
    hint,
    file: flowFile,
  });
  if (host !== "actions") {
    const summary = "The flow is carried by a server, and what is compiled is for GitHub Actions.";
    return [error("host-not-compiled", summary, "Write `host: actions`, or leave `host` out.")];
  }
  if (flowFile === readFlow) return [];
  const summary = `The workflows read ${readFlow} at the top of the repository, and this flow is another file.`;
  return [error("flow-file-not-carried", summary, `Call it ${readFlow}.`)];
}

/** A file may have two regions, by names of their own. */
function nameOf({ path, place }: CompiledFile): string {
  return place === "last" ? `${path} ${place}` : path;
}
