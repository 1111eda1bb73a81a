import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type KeyFile, keyFiles } from "../../adapters/keys/index.ts";
import { publicKeyVariables } from "../../domain/public-keys.ts";
import { type Env, mustHave } from "./job.ts";
import { bundleVariables } from "./job-bundles.ts";

/** Which variable holds which key. */
export const keyVariables = {
  recipient: publicKeyVariables.seal,
  identity: "PLANGATE_OPEN_KEY",
  signing: "PLANGATE_SIGN_KEY",
  trusted: publicKeyVariables.verify,
  secret: "PLANGATE_DIGEST_KEY",
} as const satisfies Readonly<Record<KeyFile, string>>;

/** What each kind of job holds, and nothing beyond it. */
const keysOf = {
  plan: ["recipient"],
  present: ["recipient", "identity", "signing", "trusted", "secret"],
  apply: ["identity", "trusted", "secret"],
} as const satisfies Readonly<Record<string, readonly KeyFile[]>>;

export type JobKind = keyof typeof keysOf;

export interface JobKeys {
  /** The folder, for this user alone. */
  readonly dir: string;
  /** Takes the keys off the machine again. */
  remove(): void;
}

/** Writes the keys of this kind of job into a folder of its own. */
export function placeJobKeys(kind: JobKind, env: Env, under: string): JobKeys {
  const dir = join(under, "keys");
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  for (const file of keysOf[kind]) {
    const content = mustHave(env, keyVariables[file], missingKeyHint);
    writeFileSync(join(dir, keyFiles[file]), `${content.trim()}\n`, { mode: 0o600, flag: "wx" });
  }
  return { dir, remove: () => rmSync(dir, { recursive: true, force: true }) };
}

export const missingKeyHint = "It is a variable or secret on GitHub: `plangate audit` says where which key is missing.";

/** What opens something and is nobody's to see. */
const secretVariables: ReadonlySet<string> = new Set([
  keyVariables.identity,
  keyVariables.signing,
  keyVariables.secret,
  "PLANGATE_APP_KEY",
  "GITHUB_TOKEN",
  ...Object.values(bundleVariables),
]);

/** Plangate's own secrets among the variables. */
export function secretsIn(env: Env): Readonly<Record<string, string>> {
  return Object.fromEntries([...secretVariables].flatMap((name) => (env[name] ? [[name, env[name]]] : [])));
}

/** Variables without plangate's own keys and tokens, for whatever is started from here on. */
export function withoutKeys(env: Env): Env {
  const known: ReadonlySet<string> = new Set([...secretVariables, ...Object.values(keyVariables)]);
  return Object.fromEntries(Object.entries(env).filter(([name]) => !known.has(name)));
}
