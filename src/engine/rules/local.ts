import type { Environment, Flow } from "../../flow/flow.ts";
import { no, type Rule, yes } from "../rule.ts";

const name = "local";

/** A person's own machine never applies to a gated environment, unless they break the glass and name the stack. */
export const localRule: Rule = {
  name,
  needs: [],
  judge({ flow, environment, stack, due, run }) {
    if (due.kind !== "local") return yes(name, "not started on a person's own machine");
    const gated = environment.gated || (run.mode === "destroy" && isDestroyGated(flow, environment));
    if (!gated && (environment.kind === "dev" || environment.kind === "ephemeral"))
      return yes(name, `${environment.name} is of kind ${environment.kind} and not gated`);
    if (due.breakGlass !== undefined) return yes(name, `${due.by} broke the glass: ${due.breakGlass}`);
    return no(
      name,
      "gated-environment",
      `${environment.name} is ${gated ? "gated" : `of kind ${environment.kind}`}, so ${stack.stack} is not applied from a person's own machine`,
    );
  },
};

/** Somebody is asked before anything is destroyed here, though not before something is applied. */
function isDestroyGated(flow: Flow, { name: environment }: Environment): boolean {
  return flow.when.some((row) => row.environment === environment && row.gate !== null && row.do.includes("destroy"));
}
