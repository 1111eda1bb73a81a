import type { Spot } from "../domain/configuration-facts.ts";
import type { Place } from "../flow/place.ts";

/** Something in a file, with its place. */
export type InFile<T> = T & Spot & { readonly file: string };

export function inFile<T extends Spot>(file: string, fact: T): T & { readonly file: string } {
  return { ...fact, file };
}

/** Of something in a file only where it is. */
export function placeOf({ file, line, column }: Place): Place {
  return { file, line, column };
}
