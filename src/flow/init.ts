import type { Diagnostic } from "../domain/diagnostic.ts";
import { type FoundBranches, nameBranches } from "./init/branch-names.ts";
import { settingsInCommands } from "./init/commands.ts";
import { readBackendFile, readConfiguration } from "./init/configuration.ts";
import { settingsRemembered } from "./init/initialised.ts";
import { findLayout, type ProposedStack } from "./init/layout.ts";
import { type FoundPeople, peopleText } from "./init/people.ts";
import { parseFlow } from "./parse.ts";
import { type Preset, yamlWord } from "./presets/preset.ts";
import { type PresetName, presets, renderPreset } from "./presets.ts";
import { nearestStackName } from "./stack-name.ts";
import { stacksIn } from "./stacks.ts";

/** What was found in a repository. */
export interface Found extends FoundBranches, FoundPeople {
  /** Every file that Git tracks. */
  readonly paths: readonly string[];
  /** Texts of the files of configuration among them, by path. */
  readonly configuration: Readonly<Record<string, string>>;
  /** Texts of the files that may hold settings of backends (`.hcl`, `.tfbackend`), by path. */
  readonly backendFiles: Readonly<Record<string, string>>;
  /** Texts of the files that may hold commands, by path: workflows, scripts, documents for people. */
  readonly commands: Readonly<Record<string, string>>;
  /** What the tool remembers of backends, `rememberedBackend`, by the folder of the root module. */
  readonly remembered: Readonly<Record<string, string>>;
  /** The environments by their names here, in the preset's order, when somebody said so; else they are guessed. */
  readonly environments: readonly string[];
  /** The name of the folder that the repository lies in. */
  readonly folder: string;
  /** The tool that runs here; what the files are written for goes before it. */
  readonly tool: "terraform" | "opentofu";
}

/** A flow file for the repository, what people should know about it, and what `check` says of it. */
export interface InitPlan {
  readonly text: string;
  /** What the flow calls its environments, in the order in which a change passes them. */
  readonly environments: readonly string[];
  readonly notes: readonly string[];
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Decides what `init` writes: a preset in full, filled in with what was found. What is not clear gets a sensible
 * value, with a comment in the file that says what was assumed. Nothing is written here. Errors among the diagnostics
 * say what has to be added before the flow can be used.
 */
export function planInit(found: Found, name: PresetName = "trunk-stored-plan", file = "plangate.yaml"): InitPlan {
  const preset: Preset = presets[name];
  const layout = findLayout(found.paths, readConfiguration(found.configuration), {
    environments: preset.environments,
    given: found.environments,
    repository: nearestStackName(found.remote?.name ?? found.folder),
    said: {
      files: new Map(Object.entries(found.backendFiles).map(([path, text]) => [path, readBackendFile(path, text)])),
      commands: settingsInCommands(found.commands),
      remembered: settingsRemembered(found.remembered),
    },
  });
  const branches = nameBranches(found, preset.integration);
  const repository = repositoryOf(found);
  const { bySlot } = layout.environments;
  const text = renderPreset(name, {
    people: peopleText(found),
    branches,
    environments: bySlot,
    ephemeral: bySlot.ephemeral !== undefined,
    zones: Object.values(found.configuration).some((source) => /^\s*variable\s+"az_count"/m.test(source)),
    repository: repository.text,
    tool: toolFor(found),
    stacks: stacksText(layout.stacks, bySlot),
  });
  const { value: flow, diagnostics } = parseFlow(text, { file });
  const inTree = flow === undefined ? [] : stacksIn(flow, found.paths, file).diagnostics;
  const notes = [...layout.notes, ...branches.notes, ...repository.notes];
  return { text, environments: Object.values(bySlot), notes, diagnostics: [...diagnostics, ...inTree] };
}

/** Only OpenTofu reads `.tofu`. */
function toolFor({ paths, tool }: Found): Found["tool"] {
  return paths.some((path) => /(?:\.tofu(?:\.json)?|(?:^|\/)\.opentofu-version)$/.test(path)) ? "opentofu" : tool;
}

/** Who the repository is, where the remote tells. Its numbers are known to the forge only. */
function repositoryOf({ remote }: Found): { readonly text: string; readonly notes: readonly string[] } {
  if (remote === null || !/^[A-Za-z0-9][A-Za-z0-9-]*$/.test(remote.owner) || !/^[A-Za-z0-9._-]+$/.test(remote.name))
    return { text: "", notes: [] };
  const { owner, name } = remote;
  const ask = `gh api repos/${owner}/${name} --jq "{ownerId: .owner.id, id: .id}"`;
  return {
    text: `
# Who the repository is on the forge. Add \`ownerId\` and \`id\`: a name can come free and be taken by somebody else, who would
# then be trusted as you are; a number never is. To see them: ${ask}
repository: { owner: ${JSON.stringify(owner)}, name: ${JSON.stringify(name)} }
`,
    notes: [`\`repository\` is written without numbers, so cloud trust goes by names. Add them: ${ask}`],
  };
}

function nothingFound(instances: boolean): ProposedStack {
  return {
    root: "stacks/{stack}",
    backend: [
      "environments/{environment}/backend.hcl",
      `key={stack}/${instances ? "{instance}" : ""}terraform.tfstate`,
    ],
    ofInstances: [],
    vars: [],
    assumed: ["no root module was found yet"],
    notes: [],
  };
}

function stacksText(stacks: readonly ProposedStack[], environments: Readonly<Record<string, string>>): string {
  const [first = nothingFound(environments.ephemeral !== undefined), ...rest] = stacks;
  return [first, ...rest].map((stack) => entriesText(stack, environments)).join("\n");
}

/** One entry, or two where states of pull requests need more than the others, whose place is said elsewhere. */
function entriesText(stack: ProposedStack, environments: Readonly<Record<string, string>>): string {
  const { ephemeral } = environments;
  const all = Object.values(environments);
  if (ephemeral === undefined || stack.ofInstances.length === 0) return stackText(stack, all);
  const backend = [...stack.backend.filter((setting) => !setting.includes("=")), ...stack.ofInstances];
  return [
    stackText(
      stack,
      all.filter((name) => name !== ephemeral),
    ),
    stackText({ ...stack, backend, assumed: ["every pull request has a state of its own"] }, [ephemeral]),
  ].join("\n");
}

function stackText({ root, name, backend, vars, assumed }: ProposedStack, environments: readonly string[]): string {
  const list = (items: readonly string[]) => `[${items.map((item) => JSON.stringify(item)).join(", ")}]`;
  return [
    // Names of files may hold anything, and a comment ends with its line.
    ...assumed.map((sentence) => `  # Assumed: ${sentence.replaceAll(/[\p{C}\p{Zl}\p{Zp}]/gu, "?")}.`),
    `  - root: ${JSON.stringify(root)}`,
    ...(name === undefined ? [] : [`    name: ${yamlWord(name)}`]),
    `    in: [${environments.map(yamlWord).join(", ")}]`,
    ...(backend.length === 0 ? [] : [`    backend: ${list(backend)}`]),
    ...(vars.length === 0 ? [] : [`    vars: ${list(vars)}`]),
  ].join("\n");
}
