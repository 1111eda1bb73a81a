import { randomBytes } from "node:crypto";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { UnknownToRunner } from "../errors.ts";
import { type Action, type ActionAt, Failed } from "./action.ts";
import { idToken } from "./id-token.ts";

/** Writes the file that libraries take credentials from, and tries it, so that what is wrong fails here. */
export const googleAuth: Action = {
  inputs: ["workload_identity_provider", "service_account", "project_id", "access_token_lifetime"],
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
    const file = writeFileOf(at, { base, audience, impersonation: account === "" ? null : impersonation });
    for (const name of [
      "GOOGLE_APPLICATION_CREDENTIALS",
      "CLOUDSDK_AUTH_CREDENTIAL_FILE_OVERRIDE",
      "GOOGLE_GHA_CREDS_PATH",
    ])
      at.machine.env.set(name, file);
    const project = at.with.project_id ?? /@([^.]+)\.iam\.gserviceaccount\.com$/.exec(account)?.[1] ?? "";
    for (const name of [
      "CLOUDSDK_CORE_PROJECT",
      "CLOUDSDK_PROJECT",
      "GCLOUD_PROJECT",
      "GCP_PROJECT",
      "GOOGLE_CLOUD_PROJECT",
    ])
      at.machine.env.set(name, project);
    return { credentials_file_path: file, project_id: project, auth_token: federated };
  },
};

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
