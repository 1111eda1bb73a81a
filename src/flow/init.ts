import type { Diagnostic } from "../domain/diagnostic.ts";
import { readConfiguration } from "./init/configuration.ts";
import type { EnvironmentNames } from "./init/environment-words.ts";
import { findLayout, type ProposedStack } from "./init/layout.ts";
import { parseFlow } from "./parse.ts";
import { yamlWord } from "./presets/preset.ts";
import { type PresetName, renderPreset } from "./presets.ts";
import { stacksIn } from "./stacks.ts";

/** What was found in a repository. */
export interface Found {
  /** Every file that Git tracks. */
  readonly paths: readonly string[];
  /** Texts of the `.tf` files among them, by path. */
  readonly configuration: Readonly<Record<string, string>>;
  /** Names of branches, local and remote, without the remote's. */
  readonly branches: readonly string[];
  /** The branch that the remote calls its default, when that is known. */
  readonly defaultBranch: string | null;
  /** Who runs `init`, on the forge, when that is known. */
  readonly login: string | null;
  /** Logins that they named as approvers; without any, they themselves are assumed. */
  readonly owners: readonly string[];
  /** Their address in Git's settings. */
  readonly email: string | null;
  /** Owner and name of the repository on the forge. */
  readonly remote: { readonly owner: string; readonly name: string } | null;
  /** The name of the folder that the repository lies in. */
  readonly folder: string;
  readonly tool: "terraform" | "opentofu";
}

/** A flow file for the repository, what people should know about it, and what `check` says of it. */
export interface InitPlan {
  readonly text: string;
  readonly notes: readonly string[];
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Decides what `init` writes: a preset in full, filled in with what was found. What is not clear gets a sensible
 * value, with a comment in the file that says what was assumed. Nothing is written here.
 */
export function planInit(found: Found, preset: PresetName = "trunk-stored-plan", file = "plangate.yaml"): InitPlan {
  const repository = nameFrom(found.remote?.name ?? found.folder);
  const layout = findLayout(found.paths, readConfiguration(found.configuration), repository);
  const { trunk, note } = trunkOf(found);
  const owners = ownersOf(found);
  const text = renderPreset(preset, {
    people: owners,
    branches: { trunk, integration: "" },
    environments: { test: layout.environments.test, prod: layout.environments.prod },
    ephemeral: false,
    tool: found.tool,
    stacks: stacksText(layout.stacks, layout.environments),
  });
  const { value: flow, diagnostics } = parseFlow(text, { file });
  const inTree = flow === undefined ? [] : stacksIn(flow, found.paths, file).diagnostics;
  return { text, notes: [...layout.notes, ...note], diagnostics: [...diagnostics, ...inTree] };
}

/** The nearest name that a stack may have. */
function nameFrom(text: string): string {
  const name = text
    .replaceAll(/[^A-Za-z0-9._-]+/g, "-")
    .replace(/^[^A-Za-z0-9]+/, "")
    .slice(0, 100);
  return name === "" ? "main" : name;
}

function trunkOf({ defaultBranch, branches }: Found): { trunk: string; note: readonly string[] } {
  const trunk = defaultBranch ?? ["main", "master", "trunk"].find((name) => branches.includes(name)) ?? "main";
  const longLived = branches.filter(
    (name) => name !== trunk && /^(?:develop(?:ment)?|staging|production|release|main|master)$/.test(name),
  );
  const note = `This preset has ${trunk} as its only long-lived branch; ${longLived.join(", ")} would be a branch that people work on.`;
  return { trunk, note: longLived.length === 0 ? [] : [note] };
}

/** Who approves: the person who runs this, as far as they are known. Never a made-up name, which a stranger may bear. */
function ownersOf({ owners, login, email, remote }: Found): { text: string; comment: string } {
  if (owners.length > 0) return { text: `[${owners.map(yamlWord).join(", ")}]`, comment: "" };
  const noreply = /^(?:\d+\+)?([A-Za-z0-9-]+)@users\.noreply\.github\.com$/.exec(email ?? "")?.[1];
  const known = login ?? noreply;
  const guess = /^([A-Za-z0-9][A-Za-z0-9_-]*)@[^\s@]+$/.exec(email ?? "")?.[1];
  const more = "add somebody: nobody approves what they wrote";
  if (known !== undefined) return { text: `[${yamlWord(known)}]`, comment: `   # ${more}` };
  if (guess !== undefined)
    return { text: `[${yamlWord(guess)}]`, comment: `   # assumed from ${email}: put your login; ${more}` };
  if (remote !== null)
    return { text: `[${yamlWord(remote.owner)}]`, comment: `   # assumed from the remote: put your login; ${more}` };
  return { text: "[]", comment: "   # nobody is known: write at least two logins, or organisation/team" };
}

const nothingFound: ProposedStack = {
  root: "stacks/{stack}",
  backend: ["environments/{environment}/backend.hcl", "key={stack}/terraform.tfstate"],
  vars: [],
  assumed: ["no root module was found yet"],
};

function stacksText(stacks: readonly ProposedStack[], { test, prod }: EnvironmentNames): string {
  return (stacks.length === 0 ? [nothingFound] : stacks).map((stack) => stackText(stack, [test, prod])).join("\n");
}

function stackText({ root, name, backend, vars, assumed }: ProposedStack, environments: readonly string[]): string {
  const list = (items: readonly string[]) => `[${items.map((item) => JSON.stringify(item)).join(", ")}]`;
  return [
    ...assumed.map((sentence) => `  # Assumed: ${sentence}.`),
    `  - root: ${JSON.stringify(root)}`,
    ...(name === undefined ? [] : [`    name: ${yamlWord(name)}`]),
    `    in: [${environments.join(", ")}]`,
    ...(backend.length === 0 ? [] : [`    backend: ${list(backend)}`]),
    ...(vars.length === 0 ? [] : [`    vars: ${list(vars)}`]),
  ].join("\n");
}
