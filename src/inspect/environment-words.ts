/** What people write for an environment besides its name. */
const alsoCalled: Readonly<Record<string, readonly string[]>> = {
  dev: ["development"],
  development: ["dev"],
  test: ["testing"],
  stage: ["staging", "stg"],
  staging: ["stage", "stg"],
  prod: ["production", "prd"],
  production: ["prod", "prd"],
};

/** Finds the environments that a text names as a word of its own: `backend-test.hcl`, `environments/prod/app`. */
export function environmentReader(names: readonly string[]): (text: string) => ReadonlySet<string> {
  const meant = new Map<string, string>();
  for (const name of names) for (const word of alsoCalled[name] ?? []) meant.set(word, name);
  // A name that the flow gives itself means that environment and no other.
  for (const name of names) meant.set(name.toLowerCase(), name);
  // The longest first, so that `prod-eu` is not taken for `prod`.
  const words = [...meant.keys()].sort((left, right) => right.length - left.length);
  const escaped = words.map((word) => word.replaceAll(/[.-]/g, "\\$&"));
  const pattern = new RegExp(`(?<![A-Za-z0-9])(?:${escaped.join("|")})(?![A-Za-z0-9])`, "gi");
  return (text) => {
    const found = new Set<string>();
    if (words.length === 0) return found;
    for (const [word] of text.matchAll(pattern)) {
      const name = meant.get(word.toLowerCase());
      if (name !== undefined) found.add(name);
    }
    return found;
  };
}
