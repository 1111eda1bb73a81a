import { parseStackName } from "../domain/names.ts";
import type { StackPattern } from "./flow.ts";

/**
 * What the stacks of a pattern without `{stack}` are called: its `name`, else the last folder of its root that is the
 * same in every environment, so that test and prod of one thing have one name. Undefined when there is none.
 */
export function stackNameOf({ name, root }: Pick<StackPattern, "name" | "root">): string | undefined {
  if (name !== undefined) return name;
  return root.split("/").findLast((folder) => folder !== "." && !folder.includes("{"));
}

/** Whether a folder's name can be a stack's as it is. */
export function isStackName(name: string): boolean {
  return parseStackName(`test/${name}`) !== undefined;
}

/** The nearest name that a stack may have. */
export function nearestStackName(text: string): string {
  const name = text
    .normalize("NFKD")
    .replaceAll(/\p{Mark}+/gu, "")
    .replaceAll("ß", "ss")
    .replaceAll(/[^A-Za-z0-9._-]+/g, "-")
    .replace(/^[^A-Za-z0-9]+/, "")
    .replace(/-+$/, "")
    .slice(0, 100);
  return name === "" ? "main" : name;
}
