import { describe, expect, it } from "vitest";
import { type Environment, parseFlow, renderPreset } from "../../flow/index.ts";
import { mustBeAtHome } from "./identity-at-home.ts";

function environmentWith(identity: Environment["identity"]): Environment {
  const [first] = parseFlow(renderPreset("gitflow"), { file: "f" }).value?.environments ?? [];
  if (first === undefined) throw new Error("the preset has no environment");
  return { ...first, identity };
}

const nothing = { awsProfile: null, awsRole: null, gcpServiceAccount: null, awsAccount: null, gcpProject: null };
const aws = environmentWith({ ...nothing, awsAccount: "123456789012" });
const ofRole = environmentWith({ ...nothing, awsRole: "arn:aws-cn:iam::123456789012:role/people" });
const gcp = environmentWith({ ...nothing, gcpProject: "acme-delivery" });
const ofDomain = environmentWith({ ...nothing, gcpProject: "acme.example:delivery" });
const unknown = environmentWith(null);

const role = (account: string, name = "plangate-prod") => ({
  PLANGATE_AWS_ROLE: `arn:aws:iam::${account}:role/${name}`,
});
const google = (PLANGATE_GCP_SERVICE_ACCOUNT: string) => ({
  PLANGATE_GCP_PROVIDER: "projects/1/locations/global/workloadIdentityPools/p/providers/p",
  PLANGATE_GCP_SERVICE_ACCOUNT,
});

describe("the identity that an environment's variables name", () => {
  it.each([
    { name: "a role of the account", environment: aws, env: role("123456789012", "path/of/role") },
    { name: "a role of the account that people have theirs in", environment: ofRole, env: role("123456789012") },
    { name: "none at all", environment: aws, env: { PLANGATE_AWS_ROLE: "" } },
    {
      name: "a service account of the project",
      environment: gcp,
      env: google("p@acme-delivery.iam.gserviceaccount.com"),
    },
    {
      name: "one of a project that a domain has",
      environment: ofDomain,
      env: google("p@delivery.acme.example.iam.gserviceaccount.com"),
    },
    {
      name: "anything where the flow names no place",
      environment: unknown,
      env: { ...role("999999999999"), ...google("") },
    },
  ])("may be $name", ({ environment, env }) => {
    expect(() => mustBeAtHome(env, environment, "prod")).not.toThrow();
  });

  it.each([
    { name: "a role of another account", environment: aws, env: role("999999999999") },
    {
      name: "one with the account in its name",
      environment: aws,
      env: role("999999999999", "arn:aws:iam::123456789012:role/x"),
    },
    { name: "a role without its account", environment: aws, env: { PLANGATE_AWS_ROLE: "plangate-prod" } },
    { name: "a role with a line behind it", environment: aws, env: role("123456789012", "x\n") },
    { name: "a role elsewhere than people's", environment: ofRole, env: role("999999999999") },
    { name: "a service account of another project", environment: gcp, env: google("p@evil.iam.gserviceaccount.com") },
    {
      name: "one with the project in its name",
      environment: gcp,
      env: google("p@evil@acme-delivery.iam.gserviceaccount.com"),
    },
    { name: "a provider without a service account", environment: gcp, env: google("") },
  ])("ends the job where it is $name", ({ environment, env }) => {
    expect(() => mustBeAtHome(env, environment, "prod")).toThrowError(
      expect.objectContaining({ code: "identity-elsewhere", message: expect.stringContaining("environment prod") }),
    );
  });
});
