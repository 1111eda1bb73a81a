import { describe, expect, it } from "vitest";
import { evaluateCel } from "./cel.ts";
import { mayAssume } from "./may-assume.ts";
import type { Claims, GoogleProvider } from "./trust.ts";

const pool = "projects/1/locations/global/workloadIdentityPools/prod";
const provider: GoogleProvider = {
  name: `${pool}/providers/github`,
  issuer: "https://token.example.org",
  mapping: { "google.subject": "assertion.sub", "attribute.repository": "assertion.repository" },
  condition: "assertion.repository_id == '74'",
  audiences: [],
};
const claims: Claims = {
  iss: "https://token.example.org",
  aud: `https://iam.googleapis.com/${pool}/providers/github`,
  sub: "repo:acme/infra:environment:prod",
  repository: "acme/infra",
  repository_id: "74",
};
const subject = `principal://iam.googleapis.com/${pool}/subject/repo:acme/infra:environment:prod`;
const email = "apply@acme.iam.gserviceaccount.com";

interface Case {
  readonly provider?: Partial<GoogleProvider>;
  readonly members?: readonly string[];
  readonly claims?: Claims;
}

const may = (about: Case) =>
  mayAssume(
    {
      roles: [],
      providers: [{ ...provider, ...about.provider }],
      accounts: [{ email, members: about.members ?? [subject] }],
    },
    { ...claims, ...about.claims },
  ).map(({ certain }) => (certain ? "yes" : "perhaps"));

describe("mayAssume: a service account of Google", () => {
  it.each<[string, Case, readonly string[]]>([
    ["its subject", {}, ["yes"]],
    ["another subject", { claims: { sub: "repo:acme/infra:environment:test" } }, []],
    ["another repository", { claims: { repository_id: "75" } }, []],
    ["a claim that is not there", { claims: { repository_id: undefined } }, []],
    ["no condition", { provider: { condition: null }, claims: { repository_id: "75" } }, ["yes"]],
    ["another issuer", { claims: { iss: "https://elsewhere.example.org" } }, []],
    ["an audience of somebody else", { claims: { aud: "sts.amazonaws.com" } }, []],
    ["its own name as audience", { claims: { aud: `//iam.googleapis.com/${provider.name}` } }, ["yes"]],
    ["an audience that it names", { provider: { audiences: ["x"] }, claims: { aud: "x" } }, ["yes"]],
    ["its own name where it names another", { provider: { audiences: ["x"] } }, []],
    ["everybody in the pool", { members: [`principalSet://iam.googleapis.com/${pool}/*`] }, ["yes"]],
    ["everybody", { members: ["allUsers"] }, ["yes"]],
    ["the pool of another", { members: [subject.replace("/prod/", "/test/")] }, []],
    [
      "whoever has an attribute",
      { members: [`principalSet://iam.googleapis.com/${pool}/attribute.repository/acme/infra`] },
      ["yes"],
    ],
    [
      "whoever has another attribute",
      { members: [`principalSet://iam.googleapis.com/${pool}/attribute.repository/acme/web`] },
      [],
    ],
    ["a subject that is too long", { claims: { sub: "x".repeat(128) }, members: [`${subject}`] }, []],
    ["a mapping without its claim", { provider: { mapping: { "google.subject": "assertion.none" } } }, []],
    ["a condition that nobody reads", { provider: { condition: "assertion.sub.matches('x')" } }, ["perhaps"]],
    ["a subject that nobody reads", { provider: { mapping: { "google.subject": "f(assertion.sub)" } } }, ["perhaps"]],
    [
      "a condition over the subject",
      { provider: { condition: "google.subject.endsWith(':environment:prod')" } },
      ["yes"],
    ],
    ["a user", { members: ["user:ann@example.org"] }, []],
  ])("%s", (_name, about, expected) => {
    expect(may(about)).toEqual(expected);
  });
});

describe("evaluateCel", () => {
  const names = { assertion: { sub: "repo:a/b", ref: "refs/heads/main", n: 7, list: ["x"] } };
  it.each<[string, unknown]>([
    ["assertion.sub == 'repo:a/b'", true],
    ['assertion.sub != "repo:a/b"', false],
    ["assertion.ref in ['refs/heads/main', 'x']", true],
    ["'x' in assertion.list", true],
    ["'sub' in assertion", true],
    ["assertion['sub'] == assertion.sub", true],
    ["!(assertion.sub == 'x') && assertion.n == 7", true],
    ["assertion.sub.startsWith('repo:a/') && assertion.sub.contains('/') && assertion.sub.endsWith('b')", true],
    ["'repo:' + 'a/b' == assertion.sub", true],
    ["has(assertion.none) || assertion.sub == 'repo:a/b'", true],
    ["has(assertion.sub) ? assertion.n == 7 : false", true],
    ["assertion.none == 'x' || true", true],
    ["assertion.none == 'x' && false", false],
    ["false || false && true", false],
    ["assertion.sub == 'it\\'s'", false],
    ["assertion.none == 'x'", "error"],
    ["!assertion.none", "error"],
    ["!'x'", "error"],
    ["assertion.sub.matches('^repo')", "unknown"],
    ["assertion.none == 'x' || f(assertion)", "unknown"],
    ["assertion.sub ==", "unknown"],
    ["assertion.sub == 'x", "unknown"],
    ["assertion.sub == 'x' 'y'", "unknown"],
    ["`x`", "unknown"],
    ["", "unknown"],
    ["(".repeat(5000), "unknown"],
    ["other.sub == 'x'", "unknown"],
  ])("%s", (text, expected) => {
    const result = evaluateCel(text, names);
    expect(result.kind === "value" ? result.value : result.kind).toBe(expected);
  });
});
