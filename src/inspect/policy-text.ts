/** Whether a text is a policy document of AWS, or a template of one, by the words that each has. */
export function isPolicy(text: string): boolean {
  return /"Statement"\s*:/.test(text) && /"Effect"\s*:/.test(text);
}

/** The folder called `policies` that a file lies in, however deep; undefined when it lies in none. */
export function policyFolderOf(path: string): string | undefined {
  return /^((?:[^/]+\/)*?policies)\//.exec(path)?.[1];
}
