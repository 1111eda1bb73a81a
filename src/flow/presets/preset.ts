/** What a preset leaves open; `init` fills it in from the repository. */
export interface PresetValues {
  /** The people who approve, as YAML, and a comment to stand behind it. */
  readonly people: { readonly text: string; readonly comment: string };
  /** The names of the long-lived branches; `integration` only for presets that have one in front of the trunk. */
  readonly branches: {
    readonly trunk: string;
    readonly integration: string;
    /** Pattern of the branches that people work on, where the preset leaves that open. */
    readonly work: string;
  };
  /** What the repository calls each environment of the preset, by the preset's own name for it. */
  readonly environments: Readonly<Record<string, string>>;
  /** Whether there is an environment for each pull request, in the preset that knows one. */
  readonly ephemeral: boolean;
  /** Whether the root modules have a variable `az_count`, in the preset that expects a value of it. */
  readonly zones: boolean;
  /** Lines that say who the repository is on the forge; empty when nobody knows. */
  readonly repository: string;
  /** The entries under `stacks`, as YAML with two spaces before each line. */
  readonly stacks: string;
  readonly tool: "terraform" | "opentofu";
}

/** A flow that `init` can write: what it is about, and its text. */
export interface Preset {
  readonly title: string;
  /** What it calls the team whose members approve. */
  readonly team: string;
  /** What it calls the branch in front of the trunk. */
  readonly integration: string | null;
  /** Its environments, in the order in which a change passes them. Those of kind ephemeral may be left out. */
  readonly environments: readonly string[];
  /** Entries under `stacks` for a repository that is not known. */
  readonly stacks: string;
  readonly render: (values: PresetValues) => string;
}

/** One root module, with a file of backend settings and one of variables for each environment. */
export const oneRoot = (environments: readonly string[]) => `  - root: infra
    in: [${environments.join(", ")}]
    backend: ["infra/backend-{environment}.hcl"]
    vars: ["environments/{environment}/vars.tfvars"]`;

/** A root module per folder under `stacks`, each with a state per environment. */
export const rootPerStack = (
  environments: readonly string[],
  key = "{stack}/terraform.tfstate",
) => `  - root: "stacks/{stack}"
    in: [${environments.join(", ")}]
    backend: ["environments/{environment}/backend.hcl", "key=${key}"]
    vars: ["environments/{environment}/{stack}.tfvars"]`;

/** A word as YAML: bare when YAML cannot take it for anything else. */
export function yamlWord(text: string): string {
  return /^[A-Za-z][\w-]*$/.test(text) && !/^(?:true|false|null)$/i.test(text) ? text : JSON.stringify(text);
}

/** A branch's name as a pattern that matches nothing else. */
export function yamlPattern(branch: string): string {
  return yamlWord(branch.replaceAll(/[*?[\]\\]/g, "\\$&"));
}

/** `match` of a long-lived branch, where its name is not that of its class. */
export function matchOf(branch: string, name: string): string {
  return branch === name ? "" : `match: ${yamlPattern(branch)}, `;
}

/** The repository's name for an environment; the preset's own where it has none. */
export function namer(environments: PresetValues["environments"]): (slot: string) => string {
  return (slot) => yamlWord(environments[slot] ?? slot);
}

/** What may run code while planning and applying; the same in every preset. */
export const allowText = `allow:
  providers: [hashicorp/*]
  provisioners: []
  externalData: false
`;

/** The head of every preset. */
export function headOf({ tool, repository }: PresetValues, inOneLine: string): string {
  return `# How Terraform is delivered here: ${inOneLine}
# \`plangate check\` reads this file, \`plangate explain\` draws it. The quoted sentences are what each block carries out.
version: 1
host: actions        # actions: GitHub's runners do the work; server: plangate's own
assurance: team      # solo, team or regulated: how much people have to be kept apart
tool: ${tool}
${repository}`;
}
