import { type FileReach, isLocalSource, reachesNothing } from "../../domain/file-reach.ts";
import {
  attributeEnd,
  type Cursor,
  notPlain,
  skipBlank,
  skipExpression,
  skipString,
  skipWord,
} from "./quick-expression.ts";

/**
 * Reads a configuration file that is plain: well formed, and without anything that reaches for a file, runs a program
 * or makes a path. Nearly all files are, and this takes a twentieth of the parser's time. `undefined` for every other
 * file, which says nothing about it; whatever it answers is what the parser finds.
 */
export function readQuickly(text: string): FileReach | undefined {
  // Control characters, and line ends that are none.
  if (!/^[\t\n\r -~\u0080-\uffff]*$/.test(text) || (text.includes("\r") && /\r(?!\n)/.test(text))) return undefined;
  const cursor: Cursor = { text, at: 0 };
  const sources: string[] = [];
  try {
    for (skipBlank(cursor, true); cursor.at < text.length; skipBlank(cursor, true)) skipBlock(cursor, sources, 0);
  } catch (error) {
    // What fills the stack nests deeper than anybody writes.
    if (error === notPlain || error instanceof RangeError) return undefined;
    throw error;
  }
  if (sources.length === 0) return reachesNothing;
  const local = sources.filter(isLocalSource);
  return { ...reachesNothing, sources: local, remote: sources.length - local.length };
}

/** A block at the top of the file. */
function skipBlock(cursor: Cursor, sources: string[], depth: number): void {
  const type = skipWord(cursor);
  skipBlank(cursor, false);
  blockFrom(cursor, type, sources, depth);
}

/** What is behind a block's type: labels and body. */
function blockFrom(cursor: Cursor, type: string, sources: string[], depth: number): void {
  const labels: string[] = [];
  for (; cursor.text[cursor.at] !== "{"; skipBlank(cursor, false)) {
    labels.push(cursor.text[cursor.at] === '"' ? skipString(cursor, "label") : skipWord(cursor));
  }
  cursor.at++;
  const runs = type === "provisioner" || (depth === 0 && labels[0] === "external");
  if (runs || (type === "module" && (depth > 0 || labels.length !== 1))) throw notPlain;
  const source = skipBody(cursor, { sources, depth, isModule: type === "module" });
  if (type !== "module") return;
  // Terraform refuses a module without a source; what else that may be is the parser's to say.
  if (source === undefined) throw notPlain;
  sources.push(source);
}

/** Up to the closing brace. Gives the source that a module's body names. */
function skipBody(
  cursor: Cursor,
  about: { readonly sources: string[]; readonly depth: number; readonly isModule: boolean },
): string | undefined {
  let source: string | undefined;
  for (;;) {
    skipBlank(cursor, true);
    if (cursor.text[cursor.at] === "}") break;
    const name = skipWord(cursor);
    skipBlank(cursor, false);
    if (cursor.text[cursor.at] !== "=" || cursor.text[cursor.at + 1] === "=") {
      blockFrom(cursor, name, about.sources, about.depth + 1);
      continue;
    }
    cursor.at++;
    skipBlank(cursor, false);
    if (about.isModule && name === "source") {
      if (source !== undefined || cursor.text[cursor.at] !== '"') throw notPlain;
      source = skipString(cursor, "source");
    } else {
      skipExpression(cursor, false);
    }
    attributeEnd(cursor);
  }
  cursor.at++;
  return source;
}
