/** Whether a variable of an environment changes from run to run without changing what a plan is. That such are still those of one identity, nothing here sees. */
export function isCredential(name: string): boolean {
  return credentials.has(name);
}

const credentials: ReadonlySet<string> = new Set([
  "AWS_ACCESS_KEY_ID",
  "AWS_SECRET_ACCESS_KEY",
  "AWS_SESSION_TOKEN",
  "AWS_WEB_IDENTITY_TOKEN_FILE",
  "GOOGLE_OAUTH_ACCESS_TOKEN",
  "GOOGLE_APPLICATION_CREDENTIALS",
  "ARM_OIDC_TOKEN",
  "ARM_CLIENT_SECRET",
]);
