import { no, type Rule, yes } from "../rule.ts";

const name = "local";

/** A person's own machine never applies to a gated environment, unless they break the glass and name the stack. */
export const localRule: Rule = {
  name,
  needs: [],
  judge({ environment, stack, due }) {
    if (due.kind !== "local") return yes(name, "not started on a person's own machine");
    if (!environment.gated && (environment.kind === "dev" || environment.kind === "ephemeral"))
      return yes(name, `${environment.name} is of kind ${environment.kind} and not gated`);
    if (due.breakGlass !== undefined) return yes(name, `${due.by} broke the glass: ${due.breakGlass}`);
    return no(
      name,
      "gated-environment",
      `${environment.name} is ${environment.gated ? "gated" : `of kind ${environment.kind}`}, so ${stack.stack} is not applied from a person's own machine`,
    );
  },
};
