/** Where something stands in the flow file: 1-based, as editors count. Spread it into a diagnostic. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** The way to a value from the top of the file: keys, and indexes of lists. */
export type Path = readonly (string | number)[];

/** What stands at a path of plain data; undefined where it leads nowhere. */
export function valueAt(data: unknown, path: Path): unknown {
  let value = data;
  for (const step of path) {
    if (typeof value !== "object" || value === null) return undefined;
    value = (value as Record<string | number, unknown>)[step];
  }
  return value;
}
