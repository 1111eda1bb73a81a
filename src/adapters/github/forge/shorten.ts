import { commentText, keptMark, type Sections } from "../../../domain/own-comment.ts";

/** What GitHub takes as one comment, in characters. */
export const longestComment = 65_536;

/** Below this nothing is left of a section that would say anything. */
export const shortestSection = 400;

/**
 * The sections with the largest ones shortened, as far as is needed for all of them to stand in one comment; undefined
 * where they are too many for that. What matters most stands first in a section, and how much there is of everything.
 */
export function shortenedTo(sections: Sections, longest: number): Sections | undefined {
  const marks = lengthOf(commentText(new Map([...sections].map(([name]) => [name, ""]))));
  const most = levelOf([...sections.values()].map(lengthOf), longest - marks);
  if (most === null) return sections;
  if (most < shortestSection) return undefined;
  return new Map([...sections].map(([name, text]) => [name, shortened(text, most)]));
}

/** How long each may be, so that all together take no more room than there is; null where none has to give way. */
function levelOf(lengths: readonly number[], room: number): number | null {
  let left = room;
  for (const [index, length] of lengths.toSorted((one, other) => one - other).entries()) {
    const share = Math.floor(left / (lengths.length - index));
    if (length > share) return share;
    left -= length;
  }
  return null;
}

/** In characters, of which some take two places in a string. */
export function lengthOf(text: string): number {
  return text.length - (text.match(/[\ud800-\udbff][\udc00-\udfff]/g)?.length ?? 0);
}

/**
 * Cut at the end of a line, with what stands open closed, and with a sentence that says so. What is to be kept stands behind
 * a mark (else behind the last folded part): which plan it is, where all of it can be read, who may say yes. It gives way
 * only where it takes more than half, from its own end.
 */
export function shortened(text: string, longest: number): string {
  if (lengthOf(text) <= longest) return text;
  const at = keptFrom(text);
  const [begin, end] = [text.slice(0, at), text.slice(at)];
  const most = Math.max(Math.floor(longest / 2), longest - lengthOf(begin));
  const kept = lengthOf(end) <= most ? end : cut(end, most);
  return `${cut(begin, longest - lengthOf(kept))}${kept}`;
}

/** Where what is kept begins: at the text's end where nothing says so. */
function keptFrom(text: string): number {
  const mark = text.lastIndexOf(`\n${keptMark}\n`);
  if (mark >= 0) return mark;
  const end = text.lastIndexOf(folded);
  return end < 0 ? text.length : end + folded.length;
}

const folded = "</details>";

function cut(text: string, longest: number): string {
  if (lengthOf(text) <= longest) return text;
  const all = text.split("\n").length;
  const room = Math.max(0, longest - lengthOf(notice(all)) - longestClosing);
  const begin = [...text].slice(0, room).join("");
  const lines = begin.slice(0, Math.max(begin.lastIndexOf("\n"), 0)).split("\n");
  return `${lines.join("\n")}${closing(lines)}${notice(all - lines.length)}`;
}

function notice(lines: number): string {
  return `\n\n**Shortened: ${lines} more lines are left out, since GitHub takes no longer comments.** What is counted above is the whole plan.`;
}

const longestClosing = 100;

/** The end of a block of code and of folded parts that the cut left open. */
function closing(lines: readonly string[]): string {
  let fence: string | null = null;
  let folded = 0;
  for (const line of lines) {
    const mark = /^ {0,3}(`{3,}|~{3,})/.exec(line)?.[1];
    if (fence !== null) {
      if (mark?.startsWith(fence) === true) fence = null;
    } else if (mark !== undefined) fence = mark;
    else folded += (line.match(/<details>/g)?.length ?? 0) - (line.match(/<\/details>/g)?.length ?? 0);
  }
  return `${fence === null ? "" : `\n${fence}`}${"\n\n</details>".repeat(Math.min(Math.max(folded, 0), 5))}`;
}
