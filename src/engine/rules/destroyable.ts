import { no, type Rule, yes } from "../rule.ts";

const name = "destroyable";

/** Nothing is torn down as a whole where the flow does not say that it may be; no person can pass this by. */
export const destroyableRule: Rule = {
  name,
  needs: [],
  judge({ environment, run, stack }) {
    if (run.mode !== "destroy") return yes(name, "nothing is torn down as a whole");
    if (environment.destroyable) return yes(name, `what is in ${environment.name} may be destroyed`);
    return no(
      name,
      "not-destroyable",
      `${stack.stack} would be destroyed, and ${environment.name} is not marked destroyable`,
    );
  },
};
