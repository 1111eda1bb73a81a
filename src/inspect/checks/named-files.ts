import { each, problem } from "../../flow/check.ts";
import type { Stack } from "../../flow/flow.ts";
import type { InspectedStacks, StackCheck } from "../check.ts";

/** Files of backend settings and of variables that a stack names. */
export function namedFilesOf(stack: Stack): readonly string[] {
  return [...stack.backend.filter((setting) => !setting.includes("=")), ...stack.varFiles];
}

/**
 * Every file that a stack names is in Git, so that a clean checkout has it and a review sees it change. One that is
 * nowhere is told where the stacks are listed.
 */
export const everyNamedFileIsTracked: StackCheck = {
  name: "every-named-file-is-tracked",
  find(about) {
    const named = new Map<string, Stack>();
    for (const stack of about.stacks) {
      for (const file of namedFilesOf(stack)) if (!named.has(file)) named.set(file, stack);
    }
    return each([...named], ([file, stack]) => trackedOrNot(file, stack, about));
  },
};

function trackedOrNot(file: string, stack: Stack, { ignored, survey, place }: InspectedStacks) {
  if (ignored.has(file)) {
    const summary = `${stack.name} needs ${file}, which Git is told to ignore: nobody else has it.`;
    return [
      problem("file-ignored", place(stack), [summary, "Take it out of .gitignore and add it; keep secrets out of it."]),
    ];
  }
  if (survey.files.get(file)?.tracked !== false) return [];
  const summary = `${stack.name} needs ${file}, which is not in Git yet.`;
  return [problem("file-untracked", place(stack), [summary, `git add ${file}`])];
}
