/** Which keys belong where on the forge, by their names alone: what they are is nobody's to see. */
export interface KeysWanted {
  /** Variables of the repository. */
  readonly variables: readonly string[];
  readonly environments: readonly EnvironmentKeys[];
  /** Environments of the flow: the file of public keys has to have one of each. */
  readonly closedFor: readonly string[];
}

/** The secrets that an environment on the forge has to hold; of the keys it may hold no other. */
export interface EnvironmentKeys {
  readonly name: string;
  readonly secrets: readonly string[];
  /** Whose own keys it holds: its own, or those of the environment of the flow that a gate applies to. */
  readonly keysOf: string;
}

/** The names that are there, in upper case, as the forge keeps them. */
export interface SeenKeys {
  /** With their values, which are nobody's secret. */
  readonly variables: Readonly<Record<string, string>>;
  readonly environments: readonly { readonly name: string; readonly secrets: readonly string[] }[];
  /** The text of `publicKeysFile` on the default branch; null where there is none. */
  readonly publicKeys: string | null;
}

/** A key that nothing can be delivered without, and where it belongs. */
export interface MissingKey {
  readonly name: string;
  /** Null for a variable of the repository. */
  readonly environment: string | null;
  /** Where it lies in the folder that `ci keys` made; null for one that it does not make. */
  readonly file: string | null;
}

/** What the forge itself hands out for an app. */
export const keysOfApp: ReadonlySet<string> = new Set(["PLANGATE_APP_ID", "PLANGATE_APP_KEY"]);

/** What one environment has for itself lies in a folder of its name. */
const ownKeys: ReadonlySet<string> = new Set(["PLANGATE_OPEN_KEY", "PLANGATE_SIGN_KEY"]);

/** Where the folder that `ci keys` makes has a key, seen from an environment whose keys are those of `keysOf`. */
export function keyFileOf(name: string, keysOf: string): string {
  return ownKeys.has(name) ? `${keysOf}/${name}` : name;
}
