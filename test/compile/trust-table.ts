import { mayAssume } from "../../src/domain/trust/may-assume.ts";
import type { TrustDocuments } from "../../src/domain/trust/trust.ts";
import type { PresetName } from "../../src/flow/index.ts";
import { type TokenJob, type TokenRepository, tokenClaims } from "../../src/testing/actions-token.ts";
import { issuer, repository } from "./trust-documents.ts";

/** For tests: every job that could ask for an identity, and whose each identity is meant to be. */

/** What may be told of an identity by its name, and of nothing that made it. */
const kinds = ["plan", "apply"] as const;

/** For each environment of GitHub that holds an identity: whose it is; `main` where the default branch alone holds it. */
export const held: Readonly<Record<PresetName, Readonly<Record<string, string>>>> = {
  gitflow: {
    "dev-plan": "dev plan",
    "stage-plan": "stage plan",
    "prod-plan": "prod plan",
    dev: "dev apply",
    stage: "stage apply",
    prod: "prod apply",
  },
  "integration-branch": {
    "test-plan": "test plan",
    "prod-plan": "prod plan main",
    "demo-test": "test apply",
    "teardown-test": "test apply",
    prod: "prod apply",
  },
  "trunk-demo": {
    "test-plan": "test plan",
    "prod-plan": "prod plan main",
    "demo-test": "test apply",
    "teardown-test": "test apply",
    prod: "prod apply",
  },
  "trunk-stored-plan": {
    "ephemeral-plan": "ephemeral plan",
    "test-plan": "test plan",
    "prod-plan": "prod plan main",
    ephemeral: "ephemeral apply",
    test: "test apply",
    prod: "prod apply",
  },
};

export const mainRef = "refs/heads/main";
export const applyFile = ".github/workflows/plangate-apply.yml";
export const applyHere = `acme/delivery/${applyFile}@${mainRef}`;

export const repositories: Readonly<Record<string, TokenRepository>> = {
  ours: repository,
  "another of the owner": { ...repository, name: "other", id: 815001 },
  "made anew by the same name": { ...repository, id: 900000 },
  "of another owner by the same names": { ...repository, ownerId: 9, id: 900001 },
  "a fork": { owner: "mallory", name: "delivery", ownerId: 666, id: 900002 },
  "renamed, with the same numbers": { ...repository, name: "infra" },
  "with the numbers of the other kind": { ...repository, id: repository.ownerId, ownerId: repository.id },
};

const refs = [
  mainRef,
  "refs/heads/develop",
  "refs/heads/feature/x",
  "refs/heads/main/x",
  "refs/heads/Main",
  "refs/pull/7/merge",
  "refs/tags/main",
  "refs/tags/v1.0.0",
  "main",
];

const events = [
  "push",
  "pull_request",
  "pull_request_target",
  "workflow_dispatch",
  "workflow_run",
  "schedule",
  "release",
];

const calls: readonly (string | null)[] = [
  null,
  applyHere,
  `acme/delivery/${applyFile}@refs/heads/feature/x`,
  `acme/delivery/${applyFile}@refs/tags/main`,
  `acme/delivery/${applyFile}@refs/pull/7/merge`,
  `acme/delivery/.github/workflows/plangate-apply.yaml@${mainRef}`,
  `acme/delivery/.github/workflows/evil.yml@${mainRef}`,
  `acme/other/${applyFile}@${mainRef}`,
  `mallory/delivery/${applyFile}@${mainRef}`,
];

/** Every identity that the job may become in either cloud: it chooses the audience that GitHub names. */
export function reachable(
  { roles, providers, accounts }: TrustDocuments,
  job: TokenJob,
  immutable = true,
): readonly string[] {
  const may = (audience: string, documents: TrustDocuments) =>
    mayAssume(documents, tokenClaims({ job, issuer: `https://${issuer}`, audience, immutable }));
  const found = [
    ...may("sts.amazonaws.com", { roles, providers: [], accounts: [] }),
    ...providers.flatMap((one) =>
      may(`https://iam.googleapis.com/${one.name}`, { roles: [], providers: [one], accounts }),
    ),
  ].map(({ identity, certain }) => `${short(identity)}${certain ? "" : " perhaps"}`);
  return [...new Set(found)].sort();
}

/** `aws prod apply`, whatever else is in the name. */
export function short(identity: string): string {
  const [, cloud, name = ""] =
    /^arn:(aws):iam::\d+:role\/plangate\/[a-z]+-(.+)$/.exec(identity) ?? /^(pg)-(.+)-[0-9a-f]{8}@/.exec(identity) ?? [];
  const kind = kinds.find((one) => name.endsWith(`-${one}`)) ?? "?";
  return `${cloud === "aws" ? "aws" : "gcp"} ${name.slice(0, -kind.length - 1)} ${kind}`;
}

/** The table, said once more in other words: this repository alone, and what applies from the reviewed file alone. */
function expected(preset: PresetName, which: string, job: TokenJob): readonly string[] {
  const [environment, kind, where] = held[preset][job.environment ?? ""]?.split(" ") ?? [];
  if (which !== "ours" || environment === undefined) return [];
  const fromMain = job.ref === mainRef;
  if (kind === "plan" && where === "main" && !fromMain) return [];
  if (kind === "apply" && !(fromMain && job.called === applyHere)) return [];
  return [`aws ${environment} ${kind}`, `gcp ${environment} ${kind}`];
}

/** Every ref with every call and environment; of strangers those that ours would become somebody with, one by one. */
function jobsOf(own: TokenRepository, environments: readonly (string | null)[], whole: boolean): readonly TokenJob[] {
  const workflow = ".github/workflows/plangate.yml";
  return environments.flatMap((environment) =>
    refs.flatMap((ref) =>
      calls
        .filter((called) => whole || ref === mainRef || called === null || called === applyHere)
        .flatMap((called) =>
          // The event is in no claim that is compared where the job has an environment.
          (environment === null || (called === applyHere && ref === mainRef) ? events : ["push"]).map((event) => ({
            repository: own,
            event,
            ref,
            environment,
            workflow,
            called,
          })),
        ),
    ),
  );
}

/** Jobs for which the documents do not say what the table says. */
export function wrongBy(
  documents: TrustDocuments,
  preset: PresetName,
  which: string,
): { readonly wrong: readonly unknown[]; readonly became: number } {
  const jobs = jobsOf(repositories[which] ?? repository, environmentsOf(preset), which === "ours");
  const found = jobs.map((job) => ({
    job,
    found: reachable(documents, job),
    wanted: expected(preset, which, job),
  }));
  return {
    wrong: found.filter((one) => one.found.join() !== one.wanted.join()),
    became: found.filter((one) => one.found.length > 0).length,
  };
}

/** Those that hold identities, and those that somebody would like to pass for one. */
export function environmentsOf(preset: PresetName): readonly (string | null)[] {
  const names = Object.keys(held[preset]);
  return [null, "plangate", ...names, ...names.map((name) => name.toUpperCase()), "demo-prod", "prod:x", "*", ""];
}
