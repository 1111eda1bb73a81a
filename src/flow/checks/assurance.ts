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
      const { awsProfile, awsRole, gcpServiceAccount, awsAccount, gcpProject } = identity;
      const place = about.placeOfKey(environment, "identity");
      if (awsProfile !== null && awsRole !== null)
        return [
          problem("identity-twice", about.place(environment, "identity", "aws"), [
            "A profile and a role are two identities.",
            "Keep one of them.",
          ]),
        ];
      if (awsRole !== null && awsAccount !== null && awsRole.split(":")[4] !== awsAccount)
        return [
          problem("identity-twice", about.place(environment, "identity", "aws", "account"), [
            "The account is another one than that of the role.",
            "Keep one of them: an environment is in one account.",
          ]),
        ];
      const isWritten = (cloud: string) => about.written(environment, "identity", cloud) !== undefined;
      const isNobody =
        (!isWritten("aws") && !isWritten("gcp")) ||
        (isWritten("aws") && awsProfile === null && awsRole === null && awsAccount === null) ||
        (isWritten("gcp") && gcpServiceAccount === null && gcpProject === null);
      return isNobody
        ? [
            problem("identity-empty", place, [
              "The identity names nobody.",
              "Write `aws: { profile: … }`, `aws: { role: … }` or `gcp: { serviceAccount: … }`; for workflows alone `aws: { account: … }` or `gcp: { project: … }`.",
            ]),
          ]
        : [];
    }),
};

/** Programs that only the workflows of GitHub Actions install. */
const byWorkflows: readonly string[] = ["tflint", "tfsec"];

/** A check that no row makes lets everything pass, and so does one that its host has no program for. */
export const everyRequiredCheckIsMade: Check = {
  name: "every-required-check-is-made",
  needsWhole: ["when"],
  find: (about) =>
    each(about.flow.require.checks, (name, index) => {
      const place = about.place(about.flow.require, "checks", index);
      if (!about.flow.when.some((row) => row.do.includes("check"))) {
        const text = `Nothing ever makes the check "${name}".`;
        return [problem("key-without-effect", place, [text, "Add `check` to the rows of pull requests."])];
      }
      if (about.flow.host === "actions" || !byWorkflows.includes(name)) return [];
      const text = `The server has no "${name}": only the workflows of GitHub Actions make that check.`;
      return [problem("key-without-effect", place, [text, "Leave it out, or write `host: actions`."])];
    }),
};
