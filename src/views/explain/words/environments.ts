import { durationText } from "../../../domain/names.ts";
import type { Environment, EnvironmentKind, Flow, Identity } from "../../../flow/flow.ts";
import { listed, refText, type Spelling } from "./names.ts";
import { timeSentences } from "./times.ts";

/** What exists: an environment, sentence by sentence; who is asked there stands among the gates. */
export function environmentSentences(flow: Flow, environment: Environment, spelling: Spelling): readonly string[] {
  const { name, kind, appliesFrom, after, destroyable, gated } = environment;
  const { strong } = spelling;
  const from = appliesFrom.map((ref) => refText(flow, ref, spelling));
  return [
    `${strong(name)} is ${kindText(kind)}.`,
    ...shapeSentences(environment, spelling),
    `It is applied from ${listed(from, "or")} and from nothing else.`,
    after.length === 0
      ? "No environment comes before it."
      : `It comes after ${listed(after.map(strong), "and")}: the same change has to be applied and verified there first.`,
    ...timeSentences(environment, spelling),
    gated
      ? "It is gated: nobody applies to it from their own machine, unless they break the glass."
      : "It is not gated: people may also apply to it from their own machine.",
    destroyable
      ? "All of a stack in it may be destroyed, by a plan that says so."
      : "Nobody destroys what is in it as a whole; resources go by a change of the code.",
    ...valueSentences(environment, spelling),
  ];
}

/** How many there are of it, and whose a stack of it is. */
function shapeSentences(
  { name, perPullRequest, ttl, heldByBranch }: Environment,
  { code }: Spelling,
): readonly string[] {
  const sentences: string[] = [];
  if (perPullRequest)
    sentences.push(
      `There is one for each pull request, such as ${code(`${name}-12`)} for number 12, each stack of it with a state of its own. What still stands there when the pull request is merged or closed is destroyed.`,
    );
  if (ttl !== null) sentences.push(`It stands for at most ${durationText(ttl)}; then it is destroyed by itself.`);
  if (heldByBranch)
    sentences.push(
      "It is held by branch: a stack belongs to the first branch that applied to it, until that branch is merged or deleted, or a person frees it (`/plangate release <stack>`) or takes it over (`/plangate take <stack>`). Until then another branch's apply waits, and names the branch that holds it.",
    );
  return sentences;
}

function kindText(kind: EnvironmentKind): string {
  switch (kind) {
    case "ephemeral":
      return "an environment to try a change in, which goes away again (kind ephemeral)";
    case "dev":
      return "an environment to develop in (kind dev)";
    case "test":
      return "an environment to test in (kind test)";
    case "stage":
      return "the stage before production (kind stage)";
    case "prod":
      return "production (kind prod)";
  }
}

/** What the environment's values are, what else sets some of them, and whom commands act as. */
function valueSentences(environment: Environment, spelling: Spelling): readonly string[] {
  const { expect, runtimeOwned, identity, variables } = environment;
  const { code } = spelling;
  const expected = Object.entries(expect).map(([name, value]) => code(`${name} = ${JSON.stringify(value)}`));
  return [
    ...(expected.length === 0
      ? []
      : [
          `There ${listed(expected)} ${expected.length === 1 ? "holds" : "hold"}, in its files of variables and in every plan; a plan with another value is not applied.`,
        ]),
    ...runtimeOwned.map(
      ({ address, path }) =>
        `${code(path)} of ${code(address)} is set by something else while the system runs: it is no drift, and no part of what a plan means.`,
    ),
    ...(identity === null ? [] : identityTexts(identity, spelling)),
    variables.length === 0
      ? "None of plangate's own environment variables are passed on to it."
      : `Of plangate's own environment variables it gets ${listed(variables.map(code), "and")}, and no others.`,
  ];
}

function identityTexts(identity: Identity, { code }: Spelling): readonly string[] {
  const { awsProfile, awsRole, gcpServiceAccount, awsAccount, gcpProject } = identity;
  const where = [
    ...(awsAccount === null ? [] : [`the AWS account ${code(awsAccount)}`]),
    ...(gcpProject === null ? [] : [`the Google Cloud project ${code(gcpProject)}`]),
  ];
  const whom = [
    ...(awsProfile === null ? [] : [`the AWS profile ${code(awsProfile)}`]),
    ...(awsRole === null ? [] : [`the AWS role ${code(awsRole)}`]),
    ...(gcpServiceAccount === null ? [] : [`the Google Cloud service account ${code(gcpServiceAccount)}`]),
  ];
  return [
    ...(whom.length === 0
      ? []
      : [`Whoever works there acts as ${listed(whom)}, and as nobody of another environment.`]),
    ...(where.length === 0
      ? []
      : [
          `Its workflows have identities of their own in ${listed(where, "and")}: one that plans and reads, and one that applies.`,
        ]),
  ];
}
