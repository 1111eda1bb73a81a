import type { Diagnostic } from "../../domain/diagnostic.ts";
import type { Login } from "../../domain/names.ts";
import type { Path, Place } from "../../flow/place.ts";
import { type FirstCommit, modulesUsedBy } from "../scene.ts";
import { unknownValue } from "./issues.ts";

/** What a story says of its first commit holds together: modules that are there and do not use themselves, owners who take part. */
export function checkFirstCommit(
  { modules, owners }: FirstCommit,
  people: ReadonlyMap<Login, unknown>,
  placeOf: (path: Path) => Place,
): readonly Diagnostic[] {
  const found: Diagnostic[] = [];
  const folders = Object.keys(modules);
  for (const [folder, users] of Object.entries(modules)) {
    for (const [index, user] of users.entries()) {
      // A name with a slash is a folder; stacks in deeper folders are named by their last one.
      if (!user.includes("/") || folders.includes(user)) continue;
      const at = placeOf(["modules", folder, index]);
      found.push({
        severity: "error",
        code: "unknown-module",
        ...unknownValue(user, folders, "a module of the story"),
        ...at,
      });
    }
    if (modulesUsedBy(modules, folder).includes(folder)) {
      const summary = `The module "${folder}" uses itself.`;
      found.push({ severity: "error", code: "module-cycle", summary, ...placeOf(["modules", folder]) });
    }
  }
  for (const [pattern, logins] of Object.entries(owners)) {
    for (const [index, login] of logins.entries()) {
      if (people.has(login)) continue;
      const problem = unknownValue(login, [...people.keys()], "one of the story's people");
      found.push({ severity: "error", code: "unknown-person", ...problem, ...placeOf(["owners", pattern, index]) });
    }
  }
  return found;
}
