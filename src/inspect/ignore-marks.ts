import { type InFile, inFile } from "./in-file.ts";
import { spotAt } from "./spot.ts";

/** A comment that says that something on its line may stay, and why. */
export interface IgnoreMark {
  /** The code of the problem that it speaks of. */
  readonly code: string;
  readonly reason: string;
  /** The line that it speaks of: its own, or the next one when it has a line to itself. */
  readonly about: number;
}

const mark = /^(.*?)(?:#|\/\/|--|;|\/\*|<!--)[ \t]*plangate:ignore\b[ \t]*([a-z][a-z-]*[a-z])?[ \t:,—-]*(.*)$/gm;

/** `# plangate:ignore secret-in-file: opens nothing, made for this test` */
export function ignoreMarksIn(text: string, file: string): readonly InFile<IgnoreMark>[] {
  if (!text.includes("plangate:ignore")) return [];
  return [...text.matchAll(mark)].map((found) => {
    const [whole, before = "", code = "", rest = ""] = found;
    const spot = spotAt(text, found.index + whole.indexOf("plangate:ignore"));
    const reason = rest.replace(/\s*(?:\*\/|-->).*$/, "").trim();
    return inFile(file, { code, reason, about: before.trim() === "" ? spot.line + 1 : spot.line, ...spot });
  });
}
