import type { Diagnostic } from "../../domain/diagnostic.ts";
import { each, problem, warning } from "../../flow/check.ts";
import type { BranchClass, Flow } from "../../flow/flow.ts";
import { listText } from "../../flow/issues.ts";
import { branchClassOf, onlyBranchOf } from "../../flow/match.ts";
import { isDescriptive, isPlain } from "../branch-name.ts";
import type { InspectedStacks, StackCheck } from "../check.ts";

/**
 * The branch that is checked out, and every other one here, is of a class of the flow and says what it is for. What is
 * wrong with the one that is worked on is an error; others may be left over.
 */
export const everyBranchHasAClass: StackCheck = {
  name: "every-branch-has-a-class",
  find(about) {
    const { current, local } = about.branches;
    const names = new Set([...(current === null ? [] : [current]), ...local]);
    return each([...names], (name) => problemsOf(name, name === current, about));
  },
};

function problemsOf(name: string, isCurrent: boolean, { flow, flowFile }: InspectedStacks): readonly Diagnostic[] {
  const complain = isCurrent ? problem : warning;
  const which = isCurrent ? `You are on "${name}", which` : `The branch "${name}"`;
  const branch = branchClassOf(flow, name);
  const place = { file: flowFile, line: 1, column: 1 };
  if (branch === undefined) {
    const summary = `${which} is of no class of the flow, so nothing of it can be delivered.`;
    return [complain("branch-unknown", place, [summary, `Rename it: ${hintFor(name, flow)}`])];
  }
  if (onlyBranchOf(branch) !== undefined) return [];
  const slug = slugOf(name, branch);
  if (!isPlain(name)) {
    const summary = `${which} has characters that mean something to shells and workflows.`;
    return [complain("branch-characters", place, [summary, "Use letters, digits and - _ . / only."])];
  }
  if (isDescriptive(slug)) return [];
  // Where any name is of the class, nobody said that a part of it describes.
  const tell = slug === name ? warning : complain;
  const summary = `${which} does not say what it is for: "${slug}".`;
  const hint = `Name the change, with its ticket where there is one: ${example(name, slug)}.`;
  return [tell("branch-undescriptive", place, [summary, hint])];
}

/** What stands behind the part that makes a branch one of its class: `add-logging` of `dev/add-logging`. */
function slugOf(name: string, { match }: BranchClass): string {
  const heads = match
    .map((pattern) => /^[^*?[{\\]*\//.exec(pattern)?.[0] ?? "")
    .filter((head) => name.startsWith(head));
  const longest = heads.reduce((left, right) => (right.length > left.length ? right : left), "");
  return name.slice(longest.length);
}

function example(name: string, slug: string): string {
  const head = name.slice(0, name.length - slug.length);
  return `${head}JIRA-123-update-vpc`;
}

/** The patterns of the class that the name begins as, which may ask for a ticket; else all there are. */
function hintFor(name: string, flow: Flow): string {
  const open = flow.branches.filter((branch) => onlyBranchOf(branch) === undefined);
  const near = open.filter(({ match }) =>
    match.some((pattern) => name.startsWith(/^[^*?[{\\]*\//.exec(pattern)?.[0] ?? "\n")),
  );
  const patterns = (near.length > 0 ? near : open).flatMap(({ name: of, match, ticket }) =>
    match.map((pattern) => `${pattern} (${of}${ticket === "required" ? ", with a ticket such as NET-12" : ""})`),
  );
  return patterns.length === 0 ? "the flow has no class for work." : `${listText(patterns, "or")}.`;
}
