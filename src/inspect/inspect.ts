import type { Diagnostic } from "../domain/diagnostic.ts";
import { mostDiagnostics } from "../flow/check.ts";
import { type Flow, type Stack, stacksIn } from "../flow/index.ts";
import type { FileCheck, Inspected, InspectedStacks, StackCheck } from "./check.ts";
import { noWorkflowAppliesByItself } from "./checks/applies.ts";
import { everyBranchHasAClass } from "./checks/branches.ts";
import { noModuleIsCopied } from "./checks/copies.ts";
import { noEnvironmentIsMixed } from "./checks/environments.ts";
import { everyConfigurationCanBeRead, noLinkLeadsOut } from "./checks/files.ts";
import { everyIdentityHasOneEnvironment } from "./checks/identities.ts";
import { everyModuleIsPinned } from "./checks/module-sources.ts";
import { everyNamedFileIsTracked, namedFilesOf } from "./checks/named-files.ts";
import { noNetworksOverlap } from "./checks/networks.ts";
import { everyPolicyIsSound, policiesLieInOneFolder } from "./checks/policies.ts";
import { everyProviderIsAllowed, everyProviderIsLocked, lockFileOf } from "./checks/providers.ts";
import { everyIgnoreMarkHasAReason, noKeyFileIsThere, noSecretIsTracked } from "./checks/secrets.ts";
import { noStateIsInAWorkspace, noStateIsSaidTwice, noWorkspaceIsCountedOn } from "./checks/state-places.ts";
import { everyRootKeepsItsState, noTwoStacksShareAState } from "./checks/states.ts";
import { noTrustIsOpen } from "./checks/trust.ts";
import { everyToolIsPinned } from "./checks/workflows.ts";
import { modulesOf } from "./modules.ts";
import type { RepositoryReader } from "./repository.ts";
import { stackPlaces } from "./stack-place.ts";
import { survey } from "./survey.ts";

/** What must hold of the stacks that the flow gives. */
export const stackChecks: readonly StackCheck[] = [
  everyRootKeepsItsState,
  noTwoStacksShareAState,
  noStateIsSaidTwice,
  noStateIsInAWorkspace,
  everyNamedFileIsTracked,
  noEnvironmentIsMixed,
  everyIdentityHasOneEnvironment,
  noNetworksOverlap,
  everyProviderIsLocked,
  everyProviderIsAllowed,
  everyBranchHasAClass,
];

/** What must hold of any repository. */
export const fileChecks: readonly FileCheck[] = [
  noWorkspaceIsCountedOn,
  everyModuleIsPinned,
  noModuleIsCopied,
  everyToolIsPinned,
  noWorkflowAppliesByItself,
  noTrustIsOpen,
  policiesLieInOneFolder,
  everyPolicyIsSound,
  noSecretIsTracked,
  everyIgnoreMarkHasAReason,
  noKeyFileIsThere,
  noLinkLeadsOut,
  everyConfigurationCanBeRead,
];

/** What one check of files came to, and how many things it looked at: one that saw nothing proves nothing. */
export interface CheckedFiles {
  readonly name: string;
  readonly count: number;
  readonly diagnostics: readonly Diagnostic[];
}

export interface Inspection {
  readonly stacks: readonly Stack[];
  /** Problems with the stacks themselves: what their entries give for the files that are there. */
  readonly diagnostics: readonly Diagnostic[];
  readonly checks: readonly CheckedFiles[];
}

/**
 * Looks at a repository as files show it. Without a flow, because it has errors, only what needs none is checked.
 * Nothing is run and nothing outside is asked: what only evaluation or the cloud can tell is not told here.
 */
export async function inspect(flow: Flow | undefined, reader: RepositoryReader, file: string): Promise<Inspection> {
  const listed = flow === undefined ? undefined : await listStacks(flow, reader, file);
  const stacks = listed?.stacks ?? [];
  const found = await survey(reader, { settings: new Set(stacks.flatMap(namedFilesOf)) });
  const files: Inspected = { survey: found, modules: modulesOf(found) };
  const checks: CheckedFiles[] = [];
  if (flow !== undefined && listed !== undefined) {
    const about: InspectedStacks = {
      ...files,
      flow,
      ...listed,
      flowFile: file,
      place: stackPlaces(flow, file),
      branches: reader.branches,
    };
    for (const check of stackChecks) checks.push({ name: check.name, ...atMost(check.find(about)) });
  }
  for (const check of fileChecks) checks.push({ name: check.name, ...atMost(check.find(files)) });
  return { stacks, diagnostics: listed?.diagnostics ?? [], checks };
}

function atMost({ count, diagnostics }: Omit<CheckedFiles, "name">): Omit<CheckedFiles, "name"> {
  return { count, diagnostics: diagnostics.slice(0, mostDiagnostics + 1) };
}

/** The stacks, as if ignored files that they need were in Git: that these are not is said with better words. */
async function listStacks(
  flow: Flow,
  reader: RepositoryReader,
  file: string,
): Promise<{ stacks: readonly Stack[]; diagnostics: readonly Diagnostic[]; ignored: ReadonlySet<string> }> {
  const paths = new Set(reader.files.map(({ path }) => path));
  const first = stacksIn(flow, paths, file);
  const needed = new Set((first.value ?? []).flatMap((stack) => [...namedFilesOf(stack), lockFileOf(stack.root)]));
  const ignored = await reader.ignored([...needed].filter((path) => !paths.has(path)));
  const found = ignored.size === 0 ? first : stacksIn(flow, [...paths, ...ignored], file);
  return { stacks: found.value ?? [], diagnostics: found.diagnostics, ignored };
}
