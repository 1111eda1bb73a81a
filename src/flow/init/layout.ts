import { listText } from "../issues.ts";
import { isStackName, nearestStackName, stackNameOf } from "../stack-name.ts";
import type { ConfigurationFolder } from "./configuration.ts";
import {
  type EnvironmentNames,
  environmentFolder,
  environmentsIn,
  isContainer,
  nameEnvironments,
} from "./environment-words.ts";
import { type ProposedSettings, settingFiles, settingsOf } from "./settings.ts";
import type { DescribedRoots, SaidOfStates } from "./state-places.ts";

/** An entry under `stacks`, as `init` proposes it. */
export interface ProposedStack extends ProposedSettings {
  readonly root: string;
  readonly name?: string;
}

/** How the repository is laid out, and what people should know of the guess. */
export interface Layout {
  readonly stacks: readonly ProposedStack[];
  readonly environments: EnvironmentNames;
  readonly notes: readonly string[];
}

/** What is looked for: the environments of a preset, by its own names or as given, and the repository's name. */
export interface Sought {
  /** What the repository says of where states lie, besides the backend blocks. */
  readonly said: SaidOfStates;
  readonly environments: readonly string[];
  readonly given: readonly string[];
  readonly repository: string;
}

/** Finds the root modules of a repository and the entries under `stacks` that describe them. */
export function findLayout(
  paths: readonly string[],
  configuration: readonly ConfigurationFolder[],
  sought: Sought,
): Layout {
  const { roots, notes } = rootsOf(configuration);
  const files = settingFiles(paths);
  const all = roots.map(({ folder }) => folder);
  const used = [...all.map((root) => environmentFolder(root, all)), ...files.flatMap(environmentsIn)];
  const environments = nameEnvironments(sought.environments, used, sought.given);
  const { kept, left } = keepEnvironments(roots, environments);
  const groups = apart(groupsOf(kept, configuration));
  const stacks = groups.map((group) => ({
    root: group.template,
    ...nameOf(group, groups, sought.repository),
    ...settingsOf(group, { files, environments, others: groups.filter((other) => other !== group), said: sought.said }),
  }));
  const ofStates = stacks.flatMap((stack) => stack.notes);
  return {
    stacks,
    environments,
    notes: [...notes, ...left, ...unusedNote(files, environments), ...terragruntNote(paths), ...ofStates],
  };
}

/** Files of an environment that the preset has no place for. */
function unusedNote(files: readonly string[], { bySlot }: EnvironmentNames): readonly string[] {
  const names = Object.values(bySlot);
  const unused = files.filter((file) => {
    const said = environmentsIn(file);
    return said.length > 0 && !said.some((name) => names.includes(name));
  });
  if (unused.length === 0) return [];
  const more = unused.length > 3 ? ` and ${unused.length - 3} more` : "";
  return [
    `The flow has ${listText(names, "and")} only, so these files are not used: ${unused.slice(0, 3).join(", ")}${more}.`,
  ];
}

function terragruntNote(paths: readonly string[]): readonly string[] {
  const used = paths.some((path) => /(?:^|\/)terragrunt\.hcl$/.test(path));
  return used ? ["Terragrunt's files are not read: terraform runs in each root module itself."] : [];
}

/** A module is no root: it lies under `modules`, or another folder is made from it, and it has no backend. */
function rootsOf(configuration: readonly ConfigurationFolder[]) {
  const called = new Set(configuration.flatMap(({ calls }) => calls));
  const examples: string[] = [];
  const roots = configuration.filter(({ folder, backend }) => {
    if (/(?:^|\/)\./.test(folder) && folder !== ".") return false;
    if (backend !== null) return true;
    if (called.has(folder) || /(?:^|\/)modules\//.test(folder)) return false;
    const isExample = /(?:^|\/)(?:examples?|fixtures?|tests)(?:\/|$)/.test(folder);
    if (isExample) examples.push(folder);
    return !isExample;
  });
  return { roots, notes: examples.length === 0 ? [] : [`Taken for examples and left out: ${examples.join(", ")}.`] };
}

interface Root extends ConfigurationFolder {
  /** Its folder with `{environment}` where the environment stands. */
  readonly template: string;
}

/** The roots of the flow's environments, and a word on those of others. */
function keepEnvironments(roots: readonly ConfigurationFolder[], { bySlot }: EnvironmentNames) {
  const names = Object.values(bySlot);
  const all = roots.map(({ folder }) => folder);
  const left: string[] = [];
  const kept = roots.flatMap((root): Root[] => {
    const environment = environmentFolder(root.folder, all);
    if (environment === undefined) return [{ ...root, template: root.folder }];
    if (!names.includes(environment)) {
      left.push(root.folder);
      return [];
    }
    const folders = root.folder.split("/");
    return [{ ...root, template: folders.with(folders.indexOf(environment), "{environment}").join("/") }];
  });
  const note = `The flow has ${listText(names, "and")} only, so these are left out: ${left.join(", ")}.`;
  return { kept, left: left.length === 0 ? [] : [note] };
}

/** One entry for roots that differ in one folder, unless it would take in what is no root or cannot name a stack. */
function groupsOf(roots: readonly Root[], configuration: readonly ConfigurationFolder[]): readonly DescribedRoots[] {
  const families = Map.groupBy(roots, ({ template }) => familyOf(template));
  const others = configuration
    .map(({ folder }) => folder)
    .filter((folder) => !roots.some((root) => root.folder === folder));
  return [...families].flatMap(([family, members]): DescribedRoots[] => {
    const names = [...new Set(members.map(({ template }) => nameWithin(template)))];
    const takesOthers = others.some((folder) => familyOf(folder) === family);
    const canNameStacks = names.every(isStackName);
    if (family !== "" && !takesOthers && canNameStacks && (names.length > 1 || stackFolders.test(family))) {
      return [{ template: family, names, folders: members }];
    }
    return [...Map.groupBy(members, ({ template }) => template)].map(([template, folders]) => ({
      template,
      names: [],
      folders,
    }));
  });
}

/** Two groups that would give a stack the same name, such as one for each region, are told root by root. */
function apart(groups: readonly DescribedRoots[]): readonly DescribedRoots[] {
  return groups.flatMap((group) => {
    const clashes = groups.some((other) => other !== group && other.names.some((name) => group.names.includes(name)));
    if (!clashes) return [group];
    return group.names.map((name) => ({
      template: group.template.replace("{stack}", name),
      names: [],
      folders: group.folders.filter(({ folder }) => folder.split("/").includes(name)),
    }));
  });
}

/** A folder whose entries are stacks, though there may be only one as yet. */
const stackFolders = /(?:^|\/)(?:stacks|roots|services|components|projects)\/\{stack\}/;

/** The template with `{stack}` for its last folder that is the same everywhere; empty when that stands at the top. */
function familyOf(template: string): string {
  const folders = template.split("/");
  const index = folders.findLastIndex((folder) => folder !== "{environment}");
  return index < 1 ? "" : folders.with(index, "{stack}").join("/");
}

function nameWithin(template: string): string {
  return template.split("/").findLast((folder) => folder !== "{environment}") ?? "";
}

/** A name where the root's last folder is none, or is another's too. */
function nameOf(
  { template }: DescribedRoots,
  groups: readonly DescribedRoots[],
  repository: string,
): { readonly name?: string } {
  if (template.includes("{stack}")) return {};
  const folder = stackNameOf({ root: template });
  if (folder === undefined || isContainer(folder)) return { name: repository };
  const nearest = (name: string | undefined) => nearestStackName(name ?? "");
  const namesakes = groups.filter((other) => nearest(stackNameOf({ root: other.template })) === nearest(folder));
  if (namesakes.length < 2) return isStackName(folder) ? {} : { name: nearest(folder) };
  const folders = template.split("/").filter((part) => !part.includes("{") && !isContainer(part));
  return { name: nearest(folders.join("-")) };
}
