import { mkdirSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { makeSealingKeys, makeSigningKeys } from "../../adapters/keys/index.ts";
import { DeliveryError } from "../../domain/errors.ts";
import { publicKeysFile, publicKeysText } from "../../domain/public-keys.ts";
import { keyVariables } from "./job-keys.ts";
import type { CiResult } from "./open-job.ts";

/** Where each key belongs, in the words of GitHub's own command line. */
const places = {
  recipient: "a variable of the repository",
  identity: "a secret of the environment plangate, and of each environment that is applied to",
  signing: "a secret of the environment plangate alone",
  trusted: "a variable of the repository",
} as const;

/**
 * Makes the keys of a repository, a file each in a folder that is not there yet. They are shown nowhere: what is printed
 * stays in a terminal's history, and in the log of whoever runs this in a job.
 */
export async function keysCommand(folder: string): Promise<CiResult> {
  const keys = { ...(await makeSealingKeys()), ...makeSigningKeys() };
  try {
    mkdirSync(folder, { mode: 0o700 });
  } catch (error) {
    throw new DeliveryError({
      code: "keys-unreachable",
      message: `making the folder ${folder} for the keys: ${(error as Error).message}`,
      reaction: "stop",
      hint: "Name a folder that is not there yet, outside of any repository. Keys that are in use are never replaced.",
      cause: error,
    });
  }
  const files = (Object.keys(places) as (keyof typeof places)[]).map((key) => {
    const file = join(folder, keyVariables[key]);
    writeFileSync(file, `${keys[key].trim()}\n`, { mode: 0o600, flag: "wx" });
    return { name: keyVariables[key], file, belongs: places[key] };
  });
  const known = join(folder, basename(publicKeysFile));
  writeFileSync(known, publicKeysText({ seal: keys.recipient, verify: keys.trusted }), {
    mode: 0o600,
    flag: "wx",
  });
  const lines = files.map(({ name, file, belongs }) => `${name}: ${belongs}\n  ${file}`);
  return {
    exitCode: 0,
    text: [
      ...lines,
      `${publicKeysFile}: on the default branch`,
      `  ${known}`,
      "",
      `Commit the last one first, with \`cp FILE ${publicKeysFile}\`: jobs hold the variables to it, since everybody with`,
      "write access can replace those, and end with an error where it is not there.",
      "",
      "Put each other where it belongs, such as with `gh secret set PLANGATE_SIGN_KEY --env plangate < FILE` and",
      "`gh variable set PLANGATE_SEAL_KEY < FILE`: `plangate audit` says which is missing where, until none is. Keep a copy",
      "where only you can read it, and delete the folder.",
    ].join("\n"),
    fields: { keys: files },
  };
}
