import type { PlanMode } from "../../domain/plan.ts";
import type { Environment, Flow } from "../../flow/flow.ts";
import { no, type Rule, yes } from "../rule.ts";

const name = "local";

/** A person's own machine never applies to a gated environment, unless they break the glass and name the stack. */
export const localRule: Rule = {
  name,
  needs: [],
  judge({ flow, environment, stack, due, run }) {
    if (due.kind !== "local") return yes(name, "not started on a person's own machine");
    const why = whyNotFromHere(flow, environment, run.mode);
    if (why === null) return yes(name, `${environment.name} is of kind ${environment.kind} and not gated`);
    if (due.breakGlass !== undefined) return yes(name, `${due.by} broke the glass: ${due.breakGlass}`);
    const sentence = `${environment.name} is ${why}, so ${stack.stack} is not applied from a person's own machine`;
    return no(name, "gated-environment", sentence);
  },
};

/**
 * Why nobody applies, or destroys, from their own machine: as the end of a sentence that begins with the environment's
 * name. Null where people may: of kind dev or ephemeral, and nobody is asked. A gate may stand before the destroy alone.
 */
export function whyNotFromHere(
  flow: Flow,
  { name: environment, gated, kind }: Environment,
  mode: PlanMode,
): string | null {
  const asked =
    mode === "destroy" &&
    flow.when.some((row) => row.environment === environment && row.gate !== null && row.do.includes("destroy"));
  if (gated || asked) return "gated";
  return kind === "dev" || kind === "ephemeral" ? null : `of kind ${kind}`;
}
