/** The public keys of a repository, as its default branch has them: there a change of them takes a review. */
export interface PublicKeys {
  /** Closes bundles. */
  readonly seal: string;
  /** Whose signatures an apply takes. */
  readonly verify: string;
}

export const publicKeysFile = ".github/plangate/keys.json";

/** Which variable of the repository hands which key to jobs. */
export const publicKeyVariables = {
  seal: "PLANGATE_SEAL_KEY",
  verify: "PLANGATE_VERIFY_KEY",
} as const satisfies Readonly<Record<keyof PublicKeys, string>>;

const names = Object.keys(publicKeyVariables) as readonly (keyof PublicKeys)[];

/** As it is committed. */
export function publicKeysText({ seal, verify }: PublicKeys): string {
  return `${JSON.stringify({ seal: seal.trim(), verify: verify.trim() }, null, 2)}\n`;
}

/** The keys in the file's text; `undefined` where it is not what `publicKeysText` gives. */
export function parsePublicKeys(text: string): PublicKeys | undefined {
  const written = parseJson(text);
  if (typeof written !== "object" || written === null) return undefined;
  const given: Partial<Record<keyof PublicKeys, unknown>> = written;
  const { seal, verify } = given;
  if (typeof seal !== "string" || typeof verify !== "string" || Object.keys(given).length !== names.length)
    return undefined;
  return seal.trim() === "" || verify.trim() === "" ? undefined : { seal, verify };
}

/** Variables that hold another key than the file. One that is not there, or is empty, holds none. */
export function replacedVariables(
  known: PublicKeys,
  live: Readonly<Record<string, string | undefined>>,
): readonly { readonly variable: string; readonly known: string; readonly live: string }[] {
  return names.flatMap((name) => {
    const [variable, key] = [publicKeyVariables[name], known[name].trim()];
    const given = live[variable]?.trim() ?? "";
    return given === "" || given === key ? [] : [{ variable, known: key, live: given }];
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
