import type { StackPattern } from "./flow.ts";

/**
 * What the stacks of a pattern without `{stack}` are called: its `name`, else the last folder of its root that is the
 * same in every environment, so that test and prod of one thing have one name. Undefined when there is none.
 */
export function stackNameOf({ name, root }: Pick<StackPattern, "name" | "root">): string | undefined {
  if (name !== undefined) return name;
  return root.split("/").findLast((folder) => folder !== "." && !folder.includes("{"));
}
