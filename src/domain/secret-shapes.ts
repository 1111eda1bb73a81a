/** What stands where a secret stood. */
export const redacted = "(redacted)";

/** A kind of secret that shows what it is. Looked for only in texts that have one of its `marks`. */
export interface SecretShape {
  readonly marks: readonly string[];
  readonly pattern: RegExp;
  /** What stays of it, with `redacted` for the secret part. The whole match goes when absent. */
  readonly keep?: string;
  /** What it is called, when it opens something for long and is certain enough to be complained about in a file. */
  readonly longLived?: string;
}

export const secretShapes: readonly SecretShape[] = [
  {
    marks: ["PRIVATE KEY"],
    pattern:
      /-----BEGIN [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----(?:(?!-----END )[\s\S])*(?:-----END [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----|$)/g,
    longLived: "a private key",
  },
  {
    marks: ["://"],
    pattern: /(\b[a-zA-Z][a-zA-Z0-9+.-]{0,30}:\/\/[^\s/:@"'`]{0,500}):[^\s/@"'`]{1,2000}@/g,
    keep: `$1:${redacted}@`,
  },
  {
    marks: ["gh", "github_pat_"],
    pattern: /\b(?:gh[pousr]_[A-Za-z0-9_]{20,}|github_pat_[A-Za-z0-9_]{20,})/g,
    longLived: "a GitHub token",
  },
  { marks: ["AKIA", "ASIA"], pattern: /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g, longLived: "an AWS access key" },
  {
    marks: ["ecret", "ECRET"],
    pattern:
      /((?:aws_?)?secret_?(?:access_?)?key["']?\s{0,20}(?:=>?|:)\s{0,20}["']?)[A-Za-z0-9/+=]{40}(?![A-Za-z0-9/+=])/gi,
    keep: `$1${redacted}`,
    longLived: "an AWS secret access key",
  },
  { marks: ["eyJ"], pattern: /\beyJ[A-Za-z0-9_-]{8,8000}\.[A-Za-z0-9_-]{8,8000}(?:\.[A-Za-z0-9_-]{0,8000}){1,3}/g },
  { marks: ["AIza"], pattern: /\bAIza[A-Za-z0-9_-]{35}/g, longLived: "a Google API key" },
  { marks: ["ya29."], pattern: /\bya29\.[A-Za-z0-9_-]{20,}/g },
  { marks: ["GOCSPX-"], pattern: /\bGOCSPX-[A-Za-z0-9_-]{20,}/g, longLived: "a Google OAuth client secret" },
  { marks: ["xox", "xapp-"], pattern: /\b(?:xox[abeoprs]|xapp)-[A-Za-z0-9-]{10,}/g, longLived: "a Slack token" },
  {
    marks: ["hooks.slack.com"],
    pattern: /(hooks\.slack\.com\/(?:services|workflows)\/)[A-Za-z0-9/_-]+/g,
    keep: `$1${redacted}`,
    longLived: "a Slack webhook",
  },
  { marks: ["glpat-"], pattern: /\bglpat-[A-Za-z0-9_-]{20,}/g, longLived: "a GitLab token" },
  { marks: ["npm_"], pattern: /\bnpm_[A-Za-z0-9]{36}/g, longLived: "an npm token" },
  { marks: ["_live_", "_test_"], pattern: /\b[srp]k_(?:live|test)_[A-Za-z0-9]{16,}/g },
  { marks: ["hvs.", "hvb."], pattern: /\bhv[sb]\.[A-Za-z0-9_-]{20,}/g, longLived: "a Vault token" },
  {
    marks: [".atlasv1."],
    pattern: /\b[A-Za-z0-9]{14}\.atlasv1\.[A-Za-z0-9_-]{60,}/g,
    longLived: "an HCP Terraform token",
  },
  { marks: ["AGE-SECRET-KEY-"], pattern: /AGE-SECRET-KEY-[A-Z0-9-]{20,}/g, longLived: "an age private key" },
  {
    marks: ["AccountKey="],
    pattern: /(AccountKey=)[A-Za-z0-9+/=]{20,}/g,
    keep: `$1${redacted}`,
    longLived: "an Azure storage account key",
  },
  {
    marks: ["uthorization", "UTHORIZATION"],
    pattern: /(authorization["']?\s{0,20}[:=]\s{0,20}["']?(?:bearer|basic|token)\s+)[^\s"',]+/gi,
    keep: `$1${redacted}`,
  },
  {
    marks: ["="],
    pattern:
      /((?:^|[\s?&;"'_-])(?:password|passwd|pwd|passphrase|secret|token|api_?key|client_secret|session_token|sig|signature)=)(?!\(redacted\))[^\s&;"'`,)]+/gi,
    keep: `$1${redacted}`,
  },
];

/** A secret in a text: what it is called and where it begins, and never the secret itself. */
export interface FoundSecret {
  readonly kind: string;
  readonly index: number;
}

/** Documents show keys that open nothing: cut short, or called an example. */
const shownOnly = /EXAMPLE/;
/** Whatever lines it is broken into, also where line ends are written as escapes. */
const keyMaterial =
  /-----(?:\s|\\[nr])*(?:[\w-]+: [^\n\\]*(?:\s|\\[nr])*)*(?:[A-Za-z0-9+/=](?:[\r\n][ \t]*|\\[nr])*){40}/;

/** Keys and tokens in a file that open something for long, whoever they belong to. */
export function findSecrets(text: string): readonly FoundSecret[] {
  const found: FoundSecret[] = [];
  for (const { marks, pattern, longLived } of secretShapes) {
    if (longLived === undefined || !marks.some((mark) => text.includes(mark))) continue;
    for (const match of text.matchAll(pattern)) {
      const [whole] = match;
      if (shownOnly.test(whole) || (whole.startsWith("-----BEGIN") && !keyMaterial.test(whole))) continue;
      found.push({ kind: kindOf(whole, longLived, text), index: match.index });
    }
  }
  return found;
}

function kindOf(secret: string, kind: string, text: string): string {
  const isGoogle = secret.startsWith("-----BEGIN") && /"type"\s*:\s*"service_account"/.test(text);
  return isGoogle ? "the key of a Google service account" : kind;
}
