import { commentText, type Sections } from "../../../domain/own-comment.ts";

/** What GitHub takes as one comment, in characters. */
export const longestComment = 65_536;

/** Below this nothing is left that would say anything. */
const shortest = 500;

/**
 * The sections with the largest ones shortened, as far as is needed for all of them to stand in one comment. What
 * matters most stands first in a section, and how much there is of everything.
 */
export function shortenedTo(sections: Sections, longest: number): Sections {
  let now = sections;
  for (;;) {
    const over = lengthOf(commentText(now)) - longest;
    if (over <= 0) return now;
    const [largest, next = shortest] = [...now.values()].map(lengthOf).sort((one, other) => other - one);
    if (largest === undefined || largest <= shortest) return now;
    const to = Math.max(shortest, Math.min(largest - 1, Math.max(next - 1, largest - over)));
    now = new Map([...now].map(([name, text]) => [name, lengthOf(text) === largest ? shortened(text, to) : text]));
  }
}

function lengthOf(text: string): number {
  return [...text].length;
}

/** Cut at the end of a line, with what stands open closed, and with a sentence that says so. */
export function shortened(text: string, longest: number): string {
  const characters = [...text];
  if (characters.length <= longest) return text;
  const room = Math.max(0, longest - lengthOf(notice(text.split("\n").length)) - 200);
  const cut = characters.slice(0, room).join("");
  const lines = cut.slice(0, Math.max(cut.lastIndexOf("\n"), 0)).split("\n");
  const left = text.split("\n").length - lines.length;
  return `${lines.join("\n")}${closing(lines)}${notice(left)}`;
}

function notice(lines: number): string {
  return `\n\n**Shortened: ${lines} more lines are left out, since a comment of GitHub takes no more.** What is counted above is the whole plan.`;
}

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
  return `${fence === null ? "" : `\n${fence}`}${"\n\n</details>".repeat(Math.min(Math.max(folded, 0), 10))}`;
}
