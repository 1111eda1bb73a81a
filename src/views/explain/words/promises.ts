import { durationText } from "../../../domain/names.ts";
import type { Flow } from "../../../flow/flow.ts";
import { builtinProviders } from "../../../flow/normalise.ts";
import { listed, type Spelling } from "./names.ts";

/** What the flow chose: the program, whom plangate acts as, and whose repository it is for. */
export function settingSentences(
  { tool, toolVersion, identity, sweep, repository, bundles }: Flow,
  spelling: Spelling,
): readonly string[] {
  const { strong, code } = spelling;
  const name = tool === "terraform" ? "Terraform" : "OpenTofu";
  return [
    `${strong(name)} plans and applies.`,
    ...(toolVersion === null ? [] : [`Workflows install version ${code(toolVersion)} of it, and no other.`]),
    ...(identity === "app"
      ? ["On GitHub Actions plangate acts as a GitHub App, and not with each workflow's own token."]
      : []),
    ...(sweep === "15m"
      ? []
      : [`On GitHub Actions whatever waits is looked at every ${sweep}, and when something happens.`]),
    ...(bundles === null
      ? []
      : [
          `Stored plans are kept, closed and signed, in ${bundlesText(bundles, spelling)}; who plans has no way there.`,
        ]),
    ...(repository === null ? [] : [repositoryText(repository, code)]),
  ];
}

const bucketsOf = { s3: "S3", gcs: "Google Cloud Storage" } as const;

/** Where stored plans are kept, and whose the identity is that keeps them. */
export function bundlesText(bundles: Flow["bundles"], { code }: Spelling): string {
  if (bundles === null) return "artifacts of workflow runs";
  const { region = null, account = null } = "region" in bundles ? bundles : {};
  const project = "project" in bundles ? bundles.project : null;
  return [
    `the bucket ${code(bundles.bucket)} of ${bucketsOf[bundles.kind]}`,
    ...(region === null ? [] : [`in ${code(region)}`]),
    ...(bundles.prefix === "" ? [] : [`below ${code(bundles.prefix)}`]),
    ...(account === null ? [] : [`by an identity of the account ${code(account)}`]),
    ...(project === null ? [] : [`by an identity of the project ${code(project)}`]),
  ].join(" ");
}

function repositoryText(
  { owner, name, ownerId, id, app }: NonNullable<Flow["repository"]>,
  code: Spelling["code"],
): string {
  const ids = [ownerId, id].filter((one) => one !== null);
  const bound =
    ids.length === 0
      ? "identities are bound to it by name, so that whoever gets the name gets them"
      : `identities are bound to it for good, by number (${ids.join(" and ")})`;
  const acting = app === undefined ? "" : ` Plangate's GitHub App there is ${code(app)}.`;
  return `The repository is ${code(`${owner}/${name}`)}; ${bound}.${acting}`;
}

/** What must hold of every apply. */
export function applySentences({ apply }: Flow): readonly string[] {
  return [storedText(apply.plan), movedText(apply.ifStateMoved), ageText(apply.maxAge)];
}

function storedText(plan: Flow["apply"]["plan"]): string {
  switch (plan) {
    case "stored":
      return "What is applied is the stored plan that people approved, byte for byte, and no other.";
    case "fresh":
      return "What is applied is a plan made right before the apply.";
  }
}

function movedText(moved: Flow["apply"]["ifStateMoved"]): string {
  switch (moved) {
    case "fail":
      return "When the state moved since the plan was made, the apply is refused.";
    case "same-meaning":
      return "When the state moved since the plan was made, it is planned anew: if the new plan means the same the approval carries over, else people are asked again with the difference in front of them.";
    case "ask-again":
      return "When the state moved since the plan was made, it is planned anew, and people are asked again.";
  }
}

function ageText(maxAge: number): string {
  return `A stored plan that is older than ${durationText(maxAge)} is not applied; a new one can be asked for.`;
}

/** What may run code while planning and applying. */
export function allowSentences({ allow }: Flow, { code }: Spelling): readonly string[] {
  const { provisioners, externalData } = allow;
  const named = allow.providers.filter((pattern) => pattern !== builtinProviders).map(code);
  const builtin = named.length < allow.providers.length ? ["those built into the tool"] : [];
  return [
    `Of providers only ${listed([...named, ...builtin])} are ever started, each as the dependency lock file in Git pins it.`,
    provisioners.length === 0
      ? "Provisioners never run."
      : `Of provisioners only ${listed(provisioners.map(code))} may run.`,
    externalData
      ? `Data sources of the type ${code("external")} may run programs.`
      : `Data sources of the type ${code("external")} run no programs: a configuration that has one is refused.`,
  ];
}

/** What holds in every flow, whatever its file says. */
export const always: readonly string[] = [
  "Whoever wrote any of what an apply would bring cannot approve it where writers are left out: authors, co-authors, committers, pushers and openers of pull requests, of every commit since the stack was last applied that touches anything it is made from.",
  "An approval counts for the plan that stood in front of people when it was given, and for no other. Whoever gave it can take it back (`/plangate take-back`), and the last word of each person counts.",
  "When anything that a stack is made from changes, it is planned again and asked for again, however alike the plans look.",
  "Somebody who may merge and asks for changes, or says `/plangate hold`, keeps the apply waiting until it is taken back (`/plangate release-hold`); a no (`/plangate reject`) of somebody whom the gate names ends it.",
  "Somebody who may merge can ask for a new plan at any time (`/plangate plan`), so that a plan that expired or was interrupted always has a way on.",
  "What reached a protected branch past its pull requests and reviews is applied nowhere until somebody who could have reviewed it accepts it (`/plangate accept <commit>`), gate or not.",
  "A pull request that is closed without being merged leads to no apply.",
  "A pull request from a fork is planned only when somebody who may merge takes it over. The plan of a fork, or of a change to the files that govern delivery, is for looking at: after the merge it is planned again.",
  "A tag that does not point where its release was made, or not at a commit of the branch that releases are made from, delivers nothing.",
  "Nothing is destroyed as a whole but by a row that says so, in an environment that may be destroyed; never in production or the stage before it.",
  "Each stack has one writer at a time. An apply starts once; one that was interrupted is never repeated by itself: a new plan shows what is left.",
  "Every apply and every destroy is decided twice: when it is asked for, and right before it starts, with everything looked at again. What is not known is never taken as good.",
  "A change of the flow file is judged by the flow before it.",
  "Modules from elsewhere are pinned by a tag or a commit, and none is a copy of another; where there is a folder for policies, all lie in it; no two stacks share a state; networks of different environments do not overlap; no long-lived key lies in a file: `plangate check` refuses anything else.",
  "Breaking the glass passes by the gate, and nothing that keeps the plan and the state whole: it asks for the stack's name in full and a reason, and stands on the record for good.",
  "Everything that was received, decided and done is on a record that shows whether it was altered.",
];
