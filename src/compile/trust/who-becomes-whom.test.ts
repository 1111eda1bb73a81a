import { describe, expect, it } from "vitest";
import { workflowsOf } from "../../../test/compile/flow-under-test.ts";
import { documentsOf, issuer, repository, trusting } from "../../../test/compile/trust-documents.ts";
import { mayAssume } from "../../domain/trust/may-assume.ts";
import { openTrustOf } from "../../domain/trust/open-trust.ts";
import type { TrustDocuments } from "../../domain/trust/trust.ts";
import { type PresetName, presetNames } from "../../flow/index.ts";
import { type TokenJob, type TokenRepository, tokenClaims } from "../../testing/actions-token.ts";
import { expression } from "../workflows/expressions.ts";

/** A job of a compiled workflow, as far as its token goes. */
interface Job {
  readonly permissions?: Readonly<Record<string, string>>;
  readonly environment?: string;
  readonly uses?: string;
  readonly with?: { readonly environment?: string };
}

/** What may be told of an identity by its name, and of nothing that made it. */
const kinds = ["plan", "apply"] as const;

/** For each environment of GitHub that holds an identity: whose it is; `main` where the default branch alone holds it. */
const held: Readonly<Record<PresetName, Readonly<Record<string, string>>>> = {
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

const main = "refs/heads/main";
const applyFile = ".github/workflows/plangate-apply.yml";
const applyHere = `acme/delivery/${applyFile}@${main}`;

const repositories: Readonly<Record<string, TokenRepository>> = {
  ours: repository,
  "another of the owner": { ...repository, name: "other", id: 815001 },
  "made anew by the same name": { ...repository, id: 900000 },
  "of another owner by the same names": { ...repository, ownerId: 9, id: 900001 },
  "a fork": { owner: "mallory", name: "delivery", ownerId: 666, id: 900002 },
  "renamed, with the same numbers": { ...repository, name: "infra" },
  "with the numbers of the other kind": { ...repository, id: repository.ownerId, ownerId: repository.id },
};

const refs = [
  main,
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
  `acme/delivery/.github/workflows/plangate-apply.yaml@${main}`,
  `acme/delivery/.github/workflows/evil.yml@${main}`,
  `acme/other/${applyFile}@${main}`,
  `mallory/delivery/${applyFile}@${main}`,
];

/** Every identity that the job may become in either cloud: it chooses the audience that GitHub names. */
function reachable({ roles, providers, accounts }: TrustDocuments, job: TokenJob, immutable = true): readonly string[] {
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
function short(identity: string): string {
  const [, cloud, name = ""] =
    /^arn:(aws):iam::\d+:role\/plangate\/delivery-(.+)$/.exec(identity) ??
    /^(pg)-(.+)-[0-9a-f]{8}@/.exec(identity) ??
    [];
  const kind = kinds.find((one) => name.endsWith(`-${one}`)) ?? "?";
  return `${cloud === "aws" ? "aws" : "gcp"} ${name.slice(0, -kind.length - 1)} ${kind}`;
}

/** The table, said once more in other words: this repository alone, and what applies from the reviewed file alone. */
function expected(preset: PresetName, which: string, job: TokenJob): readonly string[] {
  const [environment, kind, where] = held[preset][job.environment ?? ""]?.split(" ") ?? [];
  if (which !== "ours" || environment === undefined) return [];
  const fromMain = job.ref === main;
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
        .filter((called) => whole || ref === main || called === null || called === applyHere)
        .flatMap((called) =>
          // The event is in no claim that is compared where the job has an environment.
          (environment === null || (called === applyHere && ref === main) ? events : ["push"]).map((event) => ({
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
function wrongBy(
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
function environmentsOf(preset: PresetName): readonly (string | null)[] {
  const names = Object.keys(held[preset]);
  return [null, "plangate", ...names, ...names.map((name) => name.toUpperCase()), "demo-prod", "prod:x", "*", ""];
}

describe.each(presetNames)("who becomes whom by %s", (preset) => {
  const flow = trusting(preset);
  const documents = documentsOf(flow);
  const names = Object.keys(held[preset]);

  it("knows every job that may ask for a token, and no environment that no job names", () => {
    const jobs = Object.values(workflowsOf(flow)).flatMap(({ jobs: all }) => Object.values(all as Record<string, Job>));
    const asking = jobs.filter(({ permissions }) => permissions?.["id-token"] === "write");
    const named = asking.map(({ environment, uses, with: given }) =>
      uses === undefined ? environment : uses === `./${applyFile}` ? given?.environment : "elsewhere",
    );
    // The file that is called has its environment from whoever calls.
    const holding = new Set(named.filter((name) => name !== expression("inputs.environment")));
    expect([...holding].sort()).toEqual(names.toSorted());
  });

  it("names no subject by a pattern, and compares each claim whole", () => {
    const text = JSON.stringify(documents.roles);
    expect(text).not.toMatch(/StringLike|ForA|IfExists|[*?]/);
    expect(JSON.stringify(documents.accounts)).not.toMatch(/principalSet|allUsers|\*/);
    expect(documents.providers.map(({ condition }) => condition).join()).not.toMatch(/startsWith|matches|\|\|/);
  });

  it.each(Object.keys(repositories))(
    "gives each identity to its own jobs and to nobody else: a repository that is %s",
    (which) => {
      const { wrong, became } = wrongBy(documents, preset, which);
      expect(wrong).toEqual([]);
      expect(became > 0).toBe(which === "ours");
    },
  );

  it("lets nobody in whom the analyser of people's own trust would find", () => {
    const { owner, name, ownerId, id } = repository;
    const ours = { issuer: `https://${issuer}`, owner, name, ownerId: String(ownerId), id: String(id) };
    expect(openTrustOf(documents, ours)).toEqual([]);
  });

  it("takes no token that was made for the other cloud", () => {
    const environment = names.at(-1) ?? "";
    const job = { repository, event: "push", ref: main, environment, workflow: applyFile, called: applyHere };
    const at = (audience: string, some: Partial<TrustDocuments>) =>
      mayAssume(
        { ...documents, ...some },
        tokenClaims({ job, issuer: `https://${issuer}`, audience, immutable: true }),
      );
    for (const { name } of documents.providers)
      expect(at(`https://iam.googleapis.com/${name}`, { accounts: [] })).toEqual([]);
    expect(at("sts.amazonaws.com", { roles: [] })).toEqual([]);
  });

  it("trusts no subject without numbers, and no other issuer", () => {
    for (const environment of names) {
      const job = { repository, event: "push", ref: main, environment, workflow: applyFile, called: applyHere };
      expect(reachable(documents, job, false)).toEqual([]);
      const claims = tokenClaims({
        job,
        issuer: "https://token.example.org/acme",
        audience: "sts.amazonaws.com",
        immutable: true,
      });
      expect(mayAssume(documents, claims)).toEqual([]);
    }
  });

  it("holds each claim to itself: without any of them nobody is anybody", () => {
    const environment = names.at(-1) ?? "";
    const job = { repository, event: "push", ref: main, environment, workflow: applyFile, called: applyHere };
    for (const audience of [
      "sts.amazonaws.com",
      ...documents.providers.map(({ name }) => `https://iam.googleapis.com/${name}`),
    ]) {
      const claims = tokenClaims({ job, issuer: `https://${issuer}`, audience, immutable: true });
      for (const claim of ["iss", "aud", "sub", "repository_id", "ref", "job_workflow_ref"]) {
        const { [claim]: _, ...rest } = claims;
        expect([claim, mayAssume(documents, rest)]).toEqual([claim, []]);
      }
    }
  });
});

describe("a hole that is put back", () => {
  const documents = documentsOf(trusting("trunk-demo"));
  const subject = `${issuer}:sub`;
  const whole = "repo:acme@4711/delivery@815000:environment";
  type Values = Readonly<Record<string, readonly string[]>>;
  const { owner, name, ownerId, id } = repository;
  const ours = { issuer: `https://${issuer}`, owner, name, ownerId: String(ownerId), id: String(id) };
  const without = (equals: Values, ...claims: readonly string[]): Values =>
    Object.fromEntries(Object.entries(equals).filter(([key]) => !claims.includes(key.slice(issuer.length + 1))));

  const holes: readonly (readonly [string, (equals: Values) => Readonly<Record<string, Values>>])[] = [
    [
      "L1: every environment",
      (equals) => ({ StringEquals: without(equals, "sub"), StringLike: { [subject]: [`${whole}:*`] } }),
    ],
    [
      "L1: everything, behind an exact value",
      (equals) => ({ StringEquals: without(equals, "sub"), StringLike: { [subject]: [`${whole}:prod`, "*"] } }),
    ],
    [
      "L2: pull requests",
      (equals) => ({
        StringEquals: {
          ...without(equals, "ref", "job_workflow_ref"),
          [subject]: ["repo:acme@4711/delivery@815000:pull_request"],
        },
      }),
    ],
    [
      "L3: the environment of another",
      (equals) => ({ StringEquals: { ...equals, [subject]: [`${whole}:prod`, `${whole}:demo-test`] } }),
    ],
    ["L4: any ref", (equals) => ({ StringEquals: without(equals, "ref") })],
    ["L10: any workflow", (equals) => ({ StringEquals: without(equals, "job_workflow_ref") })],
    ["L27: all of no values", (equals) => ({ "ForAllValues:StringEquals": equals })],
    ["L27: where there is one", (equals) => ({ StringEqualsIfExists: equals })],
    [
      "L28: a name",
      (equals) => ({
        StringEquals: {
          ...without(equals, "repository_id", "job_workflow_ref"),
          [subject]: [`${whole}:prod`, "repo:acme/delivery:environment:prod"],
        },
      }),
    ],
  ];

  it.each(holes)("is found: %s", (_name, put) => {
    const roles = documents.roles.map((role) => {
      if (!role.arn.endsWith("-prod-apply")) return role;
      const { Statement } = role.trust as {
        readonly Statement: readonly { readonly Condition: { readonly StringEquals: Values } }[];
      };
      const changed = Statement.map((one) => ({ ...one, Condition: put(one.Condition.StringEquals) }));
      return { ...role, trust: { Statement: changed } };
    });
    const altered = { ...documents, roles };
    const wrong = wrongBy(altered, "trunk-demo", "ours").wrong;
    expect(wrong.length + openTrustOf(altered, ours).length).toBeGreaterThan(0);
  });
});
