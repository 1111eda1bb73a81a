import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { makeDigestKey, makeSealingKeys, makeSigningKeys, recipientOf } from "../../adapters/keys/index.ts";
import { presentEnvironment } from "../../compile/names.ts";
import { DeliveryError, InputError } from "../../domain/errors.ts";
import { keyFileOf } from "../../domain/forge-keys.ts";
import {
  keyOfEnvironment,
  type PublicKeys,
  parsePublicKeys,
  publicKeysFile,
  publicKeysText,
} from "../../domain/public-keys.ts";
import { keyVariables } from "./job-keys.ts";
import type { CiResult } from "./open-job.ts";

/** A key that was made, and where it belongs, in the words of GitHub's own command line. */
interface MadeKey {
  readonly name: string;
  readonly file: string;
  readonly belongs: string;
}

/**
 * Makes the keys of a repository, a file each in a folder that is not there yet; in one that is there, those of environments
 * that it has none for. They are shown nowhere: what is printed stays in a terminal's history, and in the log of whoever
 * runs this in a job.
 */
export async function keysCommand(folder: string, environments: readonly string[]): Promise<CiResult> {
  const isNew = !existsSync(folder);
  const first = isNew ? await makeShared(folder) : { keys: readKnown(folder), made: [] };
  const own = await makeOwn(folder, first.keys, environments);
  writeKnown(folder, { ...first.keys, environments: { ...first.keys.environments, ...own.recipients } });
  const made = [...first.made, ...own.made];
  const known = join(folder, basename(publicKeysFile));
  const text = made.length === 0 ? nothingMade(known) : [...listOf(made, known), "", ...whatNext(isNew)];
  return { exitCode: 0, text: text.join("\n"), fields: { keys: made } };
}

/** What there is one of in a repository. */
async function makeShared(folder: string): Promise<{ readonly keys: PublicKeys; readonly made: readonly MadeKey[] }> {
  const keys = { ...(await makeSealingKeys()), ...makeSigningKeys(), ...makeDigestKey() };
  makeFolder(folder);
  makeFolder(join(folder, presentEnvironment));
  const places = {
    recipient: "a variable of the repository",
    trusted: "a variable of the repository",
    secret: `a secret of the environment ${presentEnvironment}, and of each that is applied to`,
    identity: `a secret of the environment ${presentEnvironment} alone: it opens the plans of all`,
    signing: `a secret of the environment ${presentEnvironment} alone`,
  } as const satisfies Readonly<Record<keyof typeof keys, string>>;
  const made = (Object.keys(places) as (keyof typeof places)[]).map((key) => {
    const name = keyVariables[key];
    const file = join(folder, keyFileOf(name, presentEnvironment));
    writeKey(file, keys[key]);
    return { name, file, belongs: places[key] };
  });
  return { keys: { seal: keys.recipient, verify: keys.trusted, environments: {} }, made };
}

/** What each environment has for itself. One whose key is there already, or is known to be elsewhere, keeps it. */
async function makeOwn(
  folder: string,
  known: PublicKeys,
  environments: readonly string[],
): Promise<{ readonly recipients: PublicKeys["environments"]; readonly made: readonly MadeKey[] }> {
  const recipients: [string, string][] = [];
  const made: MadeKey[] = [];
  const name = keyVariables.identity;
  for (const environment of environments) {
    if (environment.toLowerCase() === presentEnvironment) throw takenName(environment);
    if (keyOfEnvironment(known, environment) !== null) continue;
    const file = join(folder, keyFileOf(name, environment));
    // Made before, by a command that ended too early to say so.
    if (existsSync(file)) recipients.push([environment, await readRecipient(file)]);
    else {
      const { identity, recipient } = await makeSealingKeys();
      makeFolder(join(folder, environment));
      writeKey(file, identity);
      recipients.push([environment, recipient]);
    }
    const belongs = `a secret of the environment ${environment}, and of gates of rows that apply there`;
    made.push({ name, file, belongs });
  }
  return { recipients: Object.fromEntries(recipients), made };
}

function takenName(environment: string): InputError {
  const summary = `The flow has an environment "${environment}", which is the name of plangate's own on GitHub.`;
  return new InputError([{ severity: "error", code: "environment-twice", summary, hint: "Rename it." }]);
}

function readKnown(folder: string): PublicKeys {
  const file = join(folder, basename(publicKeysFile));
  const keys = reading(file, () => parsePublicKeys(readFileSync(file, "utf8")));
  if (keys !== undefined) return keys;
  throw unusable(`reading ${file}: it is not what \`plangate ci keys\` wrote`);
}

async function readRecipient(file: string): Promise<string> {
  const recipient = await recipientOf(reading(file, () => readFileSync(file, "utf8")).trim());
  if (recipient !== null) return recipient;
  throw unusable(`reading ${file}: it is no key`);
}

function reading<Value>(file: string, read: () => Value): Value {
  try {
    return read();
  } catch (error) {
    throw unusable(`reading ${file}: ${(error as Error).message}`, error);
  }
}

function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { mode: 0o700 });
  } catch (error) {
    // One of an environment, left by a command that ended too early.
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return;
    throw unusable(`making the folder ${folder} for the keys: ${(error as Error).message}`, error);
  }
}

function writeKey(file: string, key: string): void {
  writeFileSync(file, `${key.trim()}\n`, { mode: 0o600, flag: "wx" });
}

/** Whole or not at all: what it does not name is made anew. */
function writeKnown(folder: string, keys: PublicKeys): void {
  const file = join(folder, basename(publicKeysFile));
  writeFileSync(`${file}.new`, publicKeysText(keys), { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

function unusable(message: string, cause?: unknown): DeliveryError {
  return new DeliveryError({
    code: "keys-unreachable",
    message,
    reaction: "stop",
    hint: "Name a folder that is not there yet, outside of any repository, or a copy of one that this command made: keys that are in use are never replaced.",
    cause,
  });
}

function listOf(made: readonly MadeKey[], known: string): readonly string[] {
  return [
    ...made.map(({ name, file, belongs }) => `${name}: ${belongs}\n  ${file}`),
    `${publicKeysFile}: on the default branch`,
    `  ${known}`,
  ];
}

function nothingMade(known: string): readonly string[] {
  return [
    "Every environment of the flow has a key already, and keys that are in use are never replaced.",
    `${publicKeysFile}: on the default branch`,
    `  ${known}`,
  ];
}

function whatNext(isNew: boolean): readonly string[] {
  return [
    `Commit the last one first, with \`cp FILE ${publicKeysFile}\`: jobs take no plan for an environment that it has no key of,`,
    "hold the variables to it, since everybody with write access can replace those, and end with an error where it is not there.",
    "",
    "Put each other where it belongs, such as with `gh secret set PLANGATE_SIGN_KEY --env plangate < FILE` and",
    "`gh variable set PLANGATE_SEAL_KEY < FILE`: `plangate audit` says which is missing where, and which file it is, until none",
    `is. ${isNew ? "Keep a copy where only you can read it, for environments that the flow names later, and delete the folder." : "Keep the copy as it is now."}`,
  ];
}
