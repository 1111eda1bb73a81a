/** What a preset leaves open; `init` fills it in from the repository. */
export interface PresetValues {
  /** The people who approve, as YAML, and a comment to stand behind it. */
  readonly owners: { readonly text: string; readonly comment: string };
  /** The branch that everything is merged into. */
  readonly trunk: string;
  /** What the repository calls the environments before production, and production. */
  readonly environments: { readonly test: string; readonly prod: string };
  /** The entries under `stacks`, as YAML with two spaces before each line. */
  readonly stacks: string;
  readonly tool: "terraform" | "opentofu";
}

/** A word as YAML: bare when YAML cannot take it for anything else. */
export function yamlWord(text: string): string {
  return /^[A-Za-z][\w-]*$/.test(text) && !/^(?:true|false|null)$/i.test(text) ? text : JSON.stringify(text);
}

/** A branch's name as a pattern that matches nothing else. */
export function yamlPattern(branch: string): string {
  return yamlWord(branch.replaceAll(/[*?[\]\\]/g, "\\$&"));
}
