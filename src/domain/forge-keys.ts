/** Which keys belong where on the forge, by their names alone: what they are is nobody's to see. */
export interface KeysWanted {
  /** Variables of the repository. */
  readonly variables: readonly string[];
  /** For each environment the secrets that it has to hold; of the keys it may hold no other. */
  readonly environments: readonly { readonly name: string; readonly secrets: readonly string[] }[];
}

/** The names that are there, in upper case, as the forge keeps them. */
export interface SeenKeys {
  /** With their values, which are nobody's secret. */
  readonly variables: Readonly<Record<string, string>>;
  readonly environments: readonly { readonly name: string; readonly secrets: readonly string[] }[];
  /** The text of `publicKeysFile` on the default branch; null where there is none. */
  readonly publicKeys: string | null;
}

/** A key that nothing can be delivered without, and where it belongs. `environment`: null for a variable of the repository. */
export interface MissingKey {
  readonly name: string;
  readonly environment: string | null;
}
