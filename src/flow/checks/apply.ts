import { type Check, each, problem } from "../check.ts";
import { builtinProviders } from "../normalise.ts";

/** A stored plan may be applied for some time at least. */
export const plansLiveForAWhile: Check = {
  name: "plans-live-for-a-while",
  find: (about) =>
    each([about.flow.apply], (apply) =>
      apply.maxAge > 0
        ? []
        : [
            problem("plan-always-expired", about.place(apply, "maxAge"), [
              "A plan would be too old as soon as it is stored.",
              "Write 14d, or leave it out.",
            ]),
          ],
    ),
};

const provider = /^(?:[a-z0-9.-]+(?::\d+)?\/)?(?:[a-z0-9_-]+|\*)\/(?:[a-z0-9_-]+|\*)$/;

/** Patterns for providers name a namespace, so that nobody allows everybody's code by a star. */
export const everyProviderIsAnAddress: Check = {
  name: "every-provider-is-an-address",
  find(about) {
    const patterns = about.flow.allow.providers.filter((pattern) => pattern !== builtinProviders);
    return each(patterns, (pattern, index) => {
      if (provider.test(pattern) && !pattern.startsWith("*/")) return [];
      const why = pattern.startsWith("*") ? "would let anybody's code run" : "is not a provider's address";
      return [
        problem("bad-provider", about.place(about.flow.allow, "providers", index), [
          `"${pattern}" ${why}.`,
          'Write "hashicorp/aws" or "hashicorp/*".',
        ]),
      ];
    });
  },
};
