import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type KeyFile, keyFiles } from "../../adapters/keys/index.ts";
import { keyedDigestOf } from "../../domain/digest.ts";
import { publicKeyVariables } from "../../domain/public-keys.ts";
import { type Env, mustHave } from "./job.ts";
import { bundleVariables } from "./job-bundles.ts";

/** Which variable holds which key. */
export const keyVariables = {
  recipient: publicKeyVariables.seal,
  identity: "PLANGATE_OPEN_KEY",
  signing: "PLANGATE_SIGN_KEY",
  trusted: publicKeyVariables.verify,
} as const;

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

/**
 * Writes the keys of this kind of job into a folder of its own. The key for digests of secret values follows from the one
 * that opens, so that nobody has to keep another secret and every job that compares inputs has the same.
 */
export function placeJobKeys(kind: JobKind, env: Env, under: string): JobKeys {
  const dir = join(under, "keys");
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  for (const file of keysOf[kind]) {
    const content = file === "secret" ? digestKey(keyIn(env, keyVariables.identity)) : keyIn(env, keyVariables[file]);
    writeFileSync(join(dir, keyFiles[file]), `${content.trim()}\n`, { mode: 0o600, flag: "wx" });
  }
  return { dir, remove: () => rmSync(dir, { recursive: true, force: true }) };
}

function keyIn(env: Env, name: string): string {
  return mustHave(env, name, "It is a variable or secret on GitHub: `plangate audit` says where which key is missing.");
}

function digestKey(openKey: string): string {
  return keyedDigestOf(Buffer.from(openKey.trim()), "digests of secret values").slice("hmac:".length);
}

/** What opens something and is nobody's to see. */
const secretVariables: ReadonlySet<string> = new Set([
  keyVariables.identity,
  keyVariables.signing,
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
