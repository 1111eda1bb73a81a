import { describe, expect, it } from "vitest";
import { workflowsOf } from "../../../test/compile/flow-under-test.ts";
import { documentsOf, issuer, repository, trusting } from "../../../test/compile/trust-documents.ts";
import {
  applyFile,
  applyHere,
  held,
  mainRef,
  reachable,
  repositories,
  wrongBy,
} from "../../../test/compile/trust-table.ts";
import { statementsOf } from "../../domain/policy-document.ts";
import { mayAssume } from "../../domain/trust/may-assume.ts";
import { takesStrangers } from "../../domain/trust/open-pool.ts";
import { openStatementsOf } from "../../domain/trust/open-statements.ts";
import type { TrustDocuments } from "../../domain/trust/trust.ts";
import { presetNames } from "../../flow/index.ts";
import { tokenClaims } from "../../testing/actions-token.ts";
import { expression } from "../workflows/expressions.ts";

/** A job of a compiled workflow, as far as its token goes. */
interface Job {
  readonly permissions?: Readonly<Record<string, string>>;
  readonly environment?: string;
  readonly uses?: string;
  readonly with?: { readonly environment?: string };
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
    for (const { trust } of documents.roles) {
      const statements = statementsOf(trust, () => ({ line: 1, column: 1 })) ?? [];
      expect(statements.length).toBeGreaterThan(0);
      expect(openStatementsOf(statements)).toEqual([]);
    }
    expect(documents.providers.filter(takesStrangers)).toEqual([]);
  });

  it("takes no token that was made for the other cloud", () => {
    const environment = names.at(-1) ?? "";
    const job = { repository, event: "push", ref: mainRef, environment, workflow: applyFile, called: applyHere };
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
      const job = { repository, event: "push", ref: mainRef, environment, workflow: applyFile, called: applyHere };
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
    const job = { repository, event: "push", ref: mainRef, environment, workflow: applyFile, called: applyHere };
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
