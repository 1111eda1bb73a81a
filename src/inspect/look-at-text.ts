import { readLockFile } from "../domain/lock-file.ts";
import { parsePolicy } from "../domain/policy-document.ts";
import { findSecrets } from "../domain/secret-shapes.ts";
import { isConfiguration } from "../domain/tree.ts";
import { blocksIn } from "./copied-blocks.ts";
import { ignoreMarksIn } from "./ignore-marks.ts";
import { isPolicy, policyFolderOf } from "./policy-text.ts";
import type { RepositoryReader } from "./repository.ts";
import { spotAt } from "./spot.ts";
import { subjectsInText } from "./subjects-in-text.ts";
import type { LockFacts, OpenSurvey, SurveyWants } from "./survey-facts.ts";
import { namesTools, unpinnedTools } from "./tool-pins.ts";
import { workspaceUseIn } from "./workspace-uses.ts";

/** Puts into a survey what one text says, by what its name says that it is. */
export async function lookAtText(
  file: string,
  text: string,
  { reader, wants, found }: { reader: RepositoryReader; wants: SurveyWants; found: OpenSurvey },
): Promise<void> {
  for (const { kind, index } of findSecrets(text)) found.secrets.push({ file, kind, ...spotAt(text, index) });
  found.ignoreMarks.push(...ignoreMarksIn(text, file));
  const workspace = workspaceUseIn(text, file);
  if (workspace !== undefined) found.workspaces.push({ file, ...workspace });
  if (isConfiguration(file)) {
    found.configuration.set(file, await reader.configuration(text, file));
    found.blocks.set(file, blocksIn(text));
  } else if (wants.settings.has(file) || isVarFile(file)) found.settings.set(file, await reader.settings(text, file));
  else if (file.endsWith(".terraform.lock.hcl")) found.locks.set(file, lockFacts(text));
  else if (isWorkflow(file)) found.workflows.set(file, await reader.workflow(text));
  else if (namesTools(file)) {
    found.tools.count++;
    found.tools.unpinned.push(...unpinnedTools(text, file));
  } else if (/\.json(?:\.\w+)?$|\.tftpl$/.test(file)) {
    found.subjects.push(...subjectsInText(text).map((subject) => ({ file, ...subject })));
    if (isPolicy(text)) found.policies.push({ file, ...parsePolicy(text, (index) => spotAt(text, index)) });
    else if (policyFolderOf(file) !== undefined && problemOfJson(text) !== null)
      found.policies.push({ file, statements: [], problem: problemOfJson(text), isComputed: false });
  }
}

/** What is in the folder for policies and is none may hold anything, as long as it can be read. */
function problemOfJson(text: string): string | null {
  const { problem } = parsePolicy(text, () => ({ line: 1, column: 1 }));
  return problem === "it has no statements at its top" ? null : problem;
}

export function isVarFile(path: string): boolean {
  return /\.tfvars(?:\.json)?$/.test(path);
}

/** A workflow of GitHub Actions, or an action. */
function isWorkflow(path: string): boolean {
  return /^\.github\/workflows\/[^/]+\.ya?ml$|(?:^|\/)action\.ya?ml$/.test(path);
}

function lockFacts(text: string): LockFacts {
  const pins = readLockFile(new TextEncoder().encode(text));
  return pins?.map(({ address }) => ({ address, ...spotAt(text, text.indexOf(`provider "${address}"`)) })) ?? null;
}
