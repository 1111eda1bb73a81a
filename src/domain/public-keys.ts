import { isRecord } from "./unknown-value.ts";

/** The public keys of a repository, as its default branch has them: there a change of them takes a review. */
export interface PublicKeys {
  /** Closes for whoever presents, which opens the plans of all environments. */
  readonly seal: string;
  /** Whose signatures an apply takes. */
  readonly verify: string;
  /** By environment of the flow, what closes for whoever applies there, which opens nothing of another one. */
  readonly environments: Readonly<Record<string, string>>;
}

export const publicKeysFile = ".github/plangate/keys.json";

/**
 * Which variable of the repository hands which key to jobs. Those of environments are in none, so that nobody replaces one
 * outside of a review.
 */
export const publicKeyVariables = {
  seal: "PLANGATE_SEAL_KEY",
  verify: "PLANGATE_VERIFY_KEY",
} as const satisfies Partial<Readonly<Record<keyof PublicKeys, string>>>;

const inVariables = Object.keys(publicKeyVariables) as readonly (keyof typeof publicKeyVariables)[];

/** As it is committed. */
export function publicKeysText({ seal, verify, environments }: PublicKeys): string {
  const sorted = Object.entries(environments).sort(([left], [right]) => (left < right ? -1 : 1));
  const named = Object.fromEntries(sorted.map(([name, key]) => [name, key.trim()]));
  return `${JSON.stringify({ seal: seal.trim(), verify: verify.trim(), environments: named }, null, 2)}\n`;
}

/** The keys in the file's text; `undefined` where it is not what `publicKeysText` gives. */
export function parsePublicKeys(text: string): PublicKeys | undefined {
  const written = parseJson(text);
  if (!isRecord(written) || Object.keys(written).length !== 3) return undefined;
  const { seal, verify, environments } = written;
  if (!isKey(seal) || !isKey(verify) || !isRecord(environments)) return undefined;
  const entries = Object.entries(environments);
  if (!entries.every((entry): entry is [string, string] => isKey(entry[1]))) return undefined;
  return { seal, verify, environments: Object.fromEntries(entries) };
}

/** What closes for whoever applies to an environment; null where nothing does. */
export function keyOfEnvironment({ environments }: Pick<PublicKeys, "environments">, name: string): string | null {
  return Object.hasOwn(environments, name) ? (environments[name] ?? null) : null;
}

/** Variables that hold another key than the file. One that is not there, or is empty, holds none. */
export function replacedVariables(
  known: PublicKeys,
  live: Readonly<Record<string, string | undefined>>,
): readonly { readonly variable: string; readonly known: string; readonly live: string }[] {
  return inVariables.flatMap((name) => {
    const [variable, key] = [publicKeyVariables[name], known[name].trim()];
    const given = live[variable]?.trim() ?? "";
    return given === "" || given === key ? [] : [{ variable, known: key, live: given }];
  });
}

function isKey(written: unknown): written is string {
  return typeof written === "string" && written.trim() !== "";
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
