import type { Flow, ReleaseClass } from "../../../flow/flow.ts";
import type { Spelling } from "./names.ts";

/** What gets versions, how they are tagged and counted, and who sees to it. */
export function releaseSentences(flow: Flow, release: ReleaseClass, { strong, code }: Spelling): readonly string[] {
  const { id, of, tag, from, on } = release;
  const isProject = of === "project";
  const delivered = flow.environments
    .filter(({ appliesFrom }) => appliesFrom.includes(id))
    .map(({ name }) => strong(name));
  return [
    `A ${strong(id)} is a semantic version of ${isProject ? "the whole repository" : `each module ${code(of)}, on its own`}, tagged ${code(tag)} on ${strong(from)}.`,
    on === "merge"
      ? `It is made by itself, after a merge into ${strong(from)} that changed ${isProject ? "anything" : "the module"}.`
      : "It is made when somebody asks for it.",
    isProject
      ? "Which version comes next is counted up from the last one: the minor number, unless whoever starts it says otherwise."
      : "Which version comes next follows from the change: the major number when a variable or output went away or a variable without default came, the minor number when one came, else the patch number.",
    ...(isProject ? [] : ["Whoever uses the module pins one of these tags instead of copying it."]),
    ...(delivered.length === 0 ? [] : [`It is what ${delivered.join(" and ")} is applied from.`]),
    "A tag that was moved, or that points past the branch, is no release.",
  ];
}
