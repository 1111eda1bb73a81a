import { folderOf } from "../domain/tree.ts";
import { isVarFile } from "./look-at-text.ts";
import type { Survey } from "./survey-facts.ts";

/** Files of variables that the tool reads in a root module without being told, in its order, by `folderKey`. */
export function automaticFiles({ settings }: Survey): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  for (const file of settings.keys()) {
    const name = file.slice(file.lastIndexOf("/") + 1);
    if (!isVarFile(file) || !/^terraform\.tfvars|\.auto\.tfvars/.test(name)) continue;
    const others = found.get(folderOf(file)) ?? [];
    others.push(file);
    found.set(folderOf(file), others);
  }
  const order = (file: string) => (file.includes(".auto.tfvars") ? `1${file}` : `0${file}`);
  for (const files of found.values()) files.sort((left, right) => (order(left) < order(right) ? -1 : 1));
  return found;
}

/** A root module's folder as paths have it. */
export function folderKey(root: string): string {
  return root === "." ? "" : root;
}
