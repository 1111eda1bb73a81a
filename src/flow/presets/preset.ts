/** What a preset leaves open; \`init\` fills it in from the repository. */
export interface PresetValues {
  /** The people who approve, as YAML, and a comment to stand behind it. */
  readonly owners: { readonly text: string; readonly comment: string };
  /** The branch that everything is merged into. */
  readonly trunk: string;
  /** The entries under `stacks`, as YAML with two spaces before each line. */
  readonly stacks: string;
  readonly tool: "terraform" | "opentofu";
}
