import { UnknownToRunner } from "../errors.ts";
import { type Action, Failed, flag } from "./action.ts";
import { idToken } from "./id-token.ts";

export const awsCredentials: Action = {
  inputs: [
    "role-to-assume",
    "aws-region",
    "mask-aws-account-id",
    "role-duration-seconds",
    "role-session-name",
    "audience",
    "output-credentials",
    "output-env-credentials",
  ],
  async run(at) {
    const { "role-to-assume": role = "", "aws-region": region = "" } = at.with;
    if (region === "") throw new Failed("Input required and not supplied: aws-region");
    if (role === "") throw new UnknownToRunner("configure-aws-credentials without a role");
    if (at.clouds === null) throw new UnknownToRunner("configure-aws-credentials without a stand-in of AWS");
    const token = await idToken(at, at.with.audience ?? "sts.amazonaws.com");
    const answer = await fetch(`${at.clouds.aws.replace(/\/$/, "")}/`, {
      method: "POST",
      body: new URLSearchParams({
        Action: "AssumeRoleWithWebIdentity",
        Version: "2011-06-15",
        RoleArn: role,
        RoleSessionName: at.with["role-session-name"] ?? "GitHubActions",
        DurationSeconds: at.with["role-duration-seconds"] ?? "3600",
        WebIdentityToken: token,
      }),
    });
    const told = await answer.text();
    const field = (name: string) => new RegExp(`<${name}>([^<]*)</${name}>`).exec(told)?.[1];
    if (!answer.ok) throw new Failed(`Could not assume role with OIDC: ${field("Code") ?? answer.status}`);
    const made = {
      AWS_ACCESS_KEY_ID: field("AccessKeyId"),
      AWS_SECRET_ACCESS_KEY: field("SecretAccessKey"),
      AWS_SESSION_TOKEN: field("SessionToken"),
    };
    const exported = flag(at, "output-env-credentials", true);
    for (const [name, value] of Object.entries(made)) {
      if (value === undefined) throw new UnknownToRunner(`an answer of AWS without ${name}`);
      if (exported) at.machine.env.set(name, value);
      at.machine.masks.add(value);
    }
    if (exported) for (const name of ["AWS_REGION", "AWS_DEFAULT_REGION"]) at.machine.env.set(name, region);
    const account = /^arn:aws:iam::(\d+):/.exec(role)?.[1] ?? "";
    if (flag(at, "mask-aws-account-id", false)) at.machine.masks.add(account);
    at.log("Authenticated as assumedRoleId");
    const outputs = Object.entries(made).map(([name, value]) => [name.toLowerCase().replaceAll("_", "-"), value ?? ""]);
    return {
      "aws-account-id": account,
      ...(flag(at, "output-credentials", false) ? Object.fromEntries(outputs) : {}),
    };
  },
};
