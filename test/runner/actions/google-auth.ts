import { randomBytes } from "node:crypto";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { UnknownToRunner } from "../errors.ts";
import { type Action, type ActionAt, Failed, flag } from "./action.ts";
import { idToken } from "./id-token.ts";

/** Writes the file that libraries take credentials from, and tries it, so that what is wrong fails here. */
export const googleAuth: Action = {
  inputs: [
    "workload_identity_provider",
    "service_account",
    "project_id",
    "access_token_lifetime",
    "access_token_scopes",
    "token_format",
    "create_credentials_file",
    "export_environment_variables",
  ],
  async run(at) {
    const { workload_identity_provider: provider = "", service_account: account = "" } = at.with;
    if (provider === "") throw new UnknownToRunner("google-github-actions/auth without a provider");
    if (at.clouds === null) throw new UnknownToRunner("google-github-actions/auth without a stand-in of Google Cloud");
    const base = at.clouds.google.replace(/\/$/, "");
    const audience = `//iam.googleapis.com/${provider}`;
    const token = await idToken(at, `https:${audience}`);
    const federated = await exchanged(base, audience, token);
    at.machine.masks.add(federated);
    const impersonation = `${base}/v1/projects/-/serviceAccounts/${encodeURIComponent(account)}:generateAccessToken`;
    const exported = flag(at, "export_environment_variables", true);
    const outputs: Record<string, string> = { auth_token: federated };
    if (flag(at, "create_credentials_file", true)) {
      const file = writeFileOf(at, { base, audience, impersonation: account === "" ? null : impersonation });
      outputs.credentials_file_path = file;
      if (exported) for (const name of fileVariables) at.machine.env.set(name, file);
    }
    outputs.project_id = at.with.project_id ?? /@([^.]+)\.iam\.gserviceaccount\.com$/.exec(account)?.[1] ?? "";
    if (exported) for (const name of projectVariables) at.machine.env.set(name, outputs.project_id);
    const format = at.with.token_format ?? "";
    if (format === "access_token") outputs.access_token = await accessToken(at, impersonation, federated);
    else if (format !== "") throw new UnknownToRunner(`google-github-actions/auth with the token format ${format}`);
    return outputs;
  },
};

const fileVariables = [
  "GOOGLE_APPLICATION_CREDENTIALS",
  "CLOUDSDK_AUTH_CREDENTIAL_FILE_OVERRIDE",
  "GOOGLE_GHA_CREDS_PATH",
];
const projectVariables = [
  "CLOUDSDK_CORE_PROJECT",
  "CLOUDSDK_PROJECT",
  "GCLOUD_PROJECT",
  "GCP_PROJECT",
  "GOOGLE_CLOUD_PROJECT",
];

async function accessToken(at: ActionAt, impersonation: string, federated: string): Promise<string> {
  const scope = (at.with.access_token_scopes ?? "https://www.googleapis.com/auth/cloud-platform").split(",");
  const answer = await fetch(impersonation, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${federated}` },
    body: JSON.stringify({ lifetime: at.with.access_token_lifetime ?? "3600s", scope }),
  });
  if (!answer.ok) throw new Failed(`failed to generate Google Cloud OAuth 2.0 Access Token: ${await answer.text()}`);
  const { accessToken: token } = (await answer.json()) as { readonly accessToken: string };
  at.machine.masks.add(token);
  return token;
}

async function exchanged(base: string, audience: string, subjectToken: string): Promise<string> {
  const answer = await fetch(`${base}/v1/token`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      audience,
      grantType: "urn:ietf:params:oauth:grant-type:token-exchange",
      requestedTokenType: "urn:ietf:params:oauth:token-type:access_token",
      scope: "https://www.googleapis.com/auth/cloud-platform",
      subjectTokenType: "urn:ietf:params:oauth:token-type:jwt",
      subjectToken,
    }),
  });
  if (!answer.ok)
    throw new Failed(`failed to generate Google Cloud federated token for ${audience}: ${await answer.text()}`);
  const { access_token: token } = (await answer.json()) as { readonly access_token: string };
  return token;
}

interface FileAbout {
  readonly base: string;
  readonly audience: string;
  readonly impersonation: string | null;
}

function writeFileOf({ machine, env }: ActionAt, { base, audience, impersonation }: FileAbout): string {
  const file = join(machine.workspace, `gha-creds-${randomBytes(8).toString("hex")}.json`);
  const source = {
    url: `${env.ACTIONS_ID_TOKEN_REQUEST_URL}&audience=${encodeURIComponent(`https:${audience}`)}`,
    headers: { Authorization: `Bearer ${env.ACTIONS_ID_TOKEN_REQUEST_TOKEN}` },
    format: { type: "json", subject_token_field_name: "value" },
  };
  const content = {
    type: "external_account",
    audience,
    subject_token_type: "urn:ietf:params:oauth:token-type:jwt",
    token_url: `${base}/v1/token`,
    credential_source: source,
    ...(impersonation === null ? {} : { service_account_impersonation_url: impersonation }),
  };
  writeFileSync(file, JSON.stringify(content), { mode: 0o640 });
  machine.after.push(() => rmSync(file, { force: true }));
  return file;
}
