/** What callers of a module see of it. */
export interface ModuleInterface {
  /** Its variables, each with whether a caller may leave it out. */
  readonly variables: Readonly<Record<string, { readonly hasDefault: boolean }>>;
  readonly outputs: readonly string[];
}

/**
 * What the next version of a module is, by what its callers see: `major` when a call that worked may no longer (a
 * variable or an output went away, a variable came that a caller has to set, or one lost its default), `minor` when there
 * is something new that a call may leave out, else `patch`.
 */
export function bumpOf(before: ModuleInterface, after: ModuleInterface): "major" | "minor" | "patch" {
  const outputs = { before: new Set(before.outputs), after: new Set(after.outputs) };
  const isGone =
    Object.keys(before.variables).some((name) => !Object.hasOwn(after.variables, name)) ||
    before.outputs.some((name) => !outputs.after.has(name));
  const mustBeSet = Object.entries(after.variables).some(
    ([name, { hasDefault }]) =>
      !hasDefault && (!Object.hasOwn(before.variables, name) || before.variables[name]?.hasDefault === true),
  );
  if (isGone || mustBeSet) return "major";
  const isNew =
    Object.keys(after.variables).some((name) => !Object.hasOwn(before.variables, name)) ||
    after.outputs.some((name) => !outputs.before.has(name));
  return isNew ? "minor" : "patch";
}
