import { type Rule, waiting, yes } from "../rule.ts";

const name = "before";

/** The same change is applied and verified in every environment that comes first, or differs in nothing from what is applied there. */
export const beforeRule: Rule = {
  name,
  needs: ["stack.before"],
  judge({ stack, environment, run, due }) {
    if (run.mode === "destroy") return yes(name, "a destroy follows no other environment");
    if (due.kind === "schedule") return yes(name, "what is put back was there before");
    if (environment.after.length === 0) return yes(name, `nothing comes before ${environment.name}`);
    for (const before of stack.before ?? []) {
      if (before.inputs === null) continue;
      const applied = before.applied;
      if (applied === null || applied.inputs !== before.inputs) {
        return waiting(name, "after-not-applied", `the same change is not applied to ${before.stack} yet`, {
          after: before.stack,
        });
      }
      if (!applied.verified) {
        return waiting(
          name,
          "after-not-applied",
          `the same change is applied to ${before.stack} and not verified there`,
          { after: before.stack },
        );
      }
    }
    return yes(name, `the same change is applied and verified in ${environment.after.join(", ")}`);
  },
};
