import type { StackName } from "../../domain/names.ts";
import { branchClassOf } from "../../flow/match.ts";
import { inputsOf } from "../../worlds/model/inputs.ts";
import type { Rest, Watched } from "./property.ts";

/**
 * P10, for what a merge takes out of the code while it stands: an issue names it until somebody who may merge says that
 * its objects are left behind. Nobody forgets a stack by deleting a folder.
 */
export const nothingForgotten: Watched = { id: "P10", atRest: whyForgotten };

function whyForgotten({ setting, world }: Rest): string | null {
  for (const { name, environment } of setting.stacks) {
    if ((world.states[name]?.applied ?? null) === null || !isTakenAway({ setting, world }, name, environment)) continue;
    const isNamed = world.issues.some(
      ({ open, code, key }) => open && code === "stack-deleted" && key.endsWith(` ${name}`),
    );
    const said = world.pullRequests.flatMap(({ answers }) => answers);
    const isForgotten = said.some(
      ({ says, stack, by }) => says === "forget" && stack === name && setting.maintainers.includes(by),
    );
    if (!isNamed && !isForgotten)
      return `the code of ${name} is gone and its objects stand, and nobody is told to look at them`;
  }
  return null;
}

/** A merged pull request into a branch that its environment is applied from after merges had the stack before it, and has it no more. */
function isTakenAway({ setting, world }: Omit<Rest, "past">, stack: StackName, environment: string): boolean {
  const rows = setting.flow.when.filter((row) => row.on === "merge" && row.environment === environment);
  return world.pullRequests.some(({ base, merged }) => {
    const into = branchClassOf(setting.flow, base)?.name ?? "";
    const head = world.branches[base];
    if (merged === null || head === undefined || !rows.some((row) => row.into === into)) return false;
    const before = merged.commits.flatMap(({ parents }) => parents);
    return (
      inputsOf(setting, head.tree, stack) === null && before.some(({ tree }) => inputsOf(setting, tree, stack) !== null)
    );
  });
}
