import type { Flow } from "../../flow/index.ts";
import type { CompileAbout, Compiled, CompiledFile } from "../compiled-file.ts";
import { applyWorkflow } from "./apply-jobs.ts";
import { fileTooLarge, notCarried } from "./diagnostics.ts";
import { changeWorkflow, namedWorkflow, saidWorkflow, trustedWorkflow } from "./files.ts";
import { makingOf } from "./making.ts";
import { files } from "./naming.ts";
import { shapeOf } from "./shape.ts";
import { writeYaml, type YamlRecord } from "./yaml.ts";

/**
 * The workflows that carry a flow on GitHub Actions, as docs/actions.md tells them. What cannot be carried, or would be
 * carried in a way that is not safe, is a diagnostic; with an error among them no file is given.
 */
export function compileWorkflows(flow: Flow, about: CompileAbout): Compiled {
  const refused = notCarried(flow, about);
  if (refused.some(({ severity }) => severity === "error")) return { files: [], diagnostics: refused };
  const making = makingOf(flow, about);
  const { change, named } = making.shape;
  const compiled = [
    ...(change === null ? [] : [fileOf(files.change, changeWorkflow(making, change))]),
    fileOf(files.said, saidWorkflow(making)),
    fileOf(files.trusted, trustedWorkflow(making)),
    ...named.map((one) => fileOf(one.file, namedWorkflow(making, one))),
    fileOf(files.apply, applyWorkflow(making)),
  ];
  const tooLarge = compiled.flatMap((file) => fileTooLarge(file, about));
  return tooLarge.length > 0
    ? { files: [], diagnostics: [...refused, ...tooLarge] }
    : { files: compiled, diagnostics: refused };
}

/** The names of the checks that a pull request has to wait for, so that nothing of the flow is passed by. */
export function requiredChecks(flow: Flow, defaultBranch: string): readonly string[] {
  const { change, named } = shapeOf(flow, defaultBranch);
  return [change, ...named.map((one) => one.change)].flatMap((one) => (one?.onPullRequest ? [one.report] : []));
}

function fileOf(path: string, workflow: YamlRecord): CompiledFile {
  return { path, form: "whole", text: writeYaml(workflow), comment: "#" };
}
