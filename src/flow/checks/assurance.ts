import { type Check, each, problem } from "../check.ts";

/** `regulated` takes no exceptions: two people for production, nobody waives, no reason is good enough. */
export const regulatedHasNoExceptions: Check = {
  name: "regulated-has-no-exceptions",
  find: (about) =>
    each(about.flow.assurance === "regulated" ? about.flow.environments : [], (environment) => {
      const { kind, approvals, emergency } = environment;
      const rule = "`assurance: regulated`";
      return [
        ...(kind === "prod" && approvals !== null && approvals.count < 2
          ? [
              problem("gate-too-small", about.place(environment, "approvals", "count"), [
                `${rule} asks for two people before production changes, and "${environment.name}" asks for one.`,
                "Write `count: 2`.",
              ]),
            ]
          : []),
        ...(emergency === null
          ? []
          : [
              problem("exception-forbidden", about.placeOfKey(environment, "emergency"), [
                `${rule} takes no exceptions, and an emergency is one.`,
                "Remove `emergency`.",
              ]),
            ]),
      ];
    }),
};

/** Whom a local command acts as is said in one way. */
export const everyIdentityIsOne: Check = {
  name: "every-identity-is-one",
  find: (about) =>
    each(about.flow.environments, (environment) => {
      const { identity } = environment;
      if (identity === null) return [];
      const { awsProfile, awsRole, gcpServiceAccount } = identity;
      const place = about.placeOfKey(environment, "identity");
      if (awsProfile !== null && awsRole !== null)
        return [
          problem("identity-twice", about.place(environment, "identity", "aws"), [
            "A profile and a role are two identities.",
            "Keep one of them.",
          ]),
        ];
      const isNobody =
        awsProfile === null &&
        awsRole === null &&
        (gcpServiceAccount === null || about.written(environment, "identity", "aws") !== undefined);
      return isNobody
        ? [
            problem("identity-empty", place, [
              "The identity names nobody.",
              "Write `aws: { profile: … }`, `aws: { role: … }` or `gcp: { serviceAccount: … }`.",
            ]),
          ]
        : [];
    }),
};

/** A check that no row makes lets everything pass. */
export const everyRequiredCheckIsMade: Check = {
  name: "every-required-check-is-made",
  needsWhole: ["when"],
  find: (about) =>
    each(about.flow.require.checks, (name, index) => {
      if (about.flow.when.some((row) => row.do.includes("check"))) return [];
      const text = `Nothing ever makes the check "${name}".`;
      return [
        problem("key-without-effect", about.place(about.flow.require, "checks", index), [
          text,
          "Add `check` to the rows of pull requests.",
        ]),
      ];
    }),
};
