import { readFileSync } from "node:fs";

/** The version that this copy was published as; from sources, that of the package. */
export function version(): string {
  for (const place of ["./package.json", "../../../package.json"]) {
    try {
      const { name, version: found } = JSON.parse(readFileSync(new URL(place, import.meta.url), "utf8")) as {
        name?: string;
        version?: string;
      };
      if (name === "plangate" && found !== undefined) return found;
    } catch {
      // Not there: the other place is tried.
    }
  }
  return "unknown";
}
