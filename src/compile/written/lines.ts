/** A line of a text, without its end, and where it stands. */
export interface Line {
  readonly text: string;
  /** Counted from 1. */
  readonly number: number;
  readonly from: number;
  /** Behind the line's end. */
  readonly to: number;
}

/** Lines as editors count them: ended by a line feed, with or without a carriage return before it. */
export function linesOf(text: string): readonly Line[] {
  const lines: Line[] = [];
  for (let from = 0, number = 1; from < text.length; number++) {
    const end = text.indexOf("\n", from);
    const to = end === -1 ? text.length : end + 1;
    lines.push({ text: text.slice(from, to).replace(/\r?\n$/, ""), number, from, to });
    from = to;
  }
  return lines;
}

/** How a text ends its lines, by its first one. */
export function endOf(text: string): "\r\n" | "\n" {
  return /^[^\n]*\r\n/.test(text) ? "\r\n" : "\n";
}

/** The same text whatever ends the lines: Git may write them otherwise on another machine. */
export function withLineFeeds(text: string): string {
  return text.replaceAll("\r\n", "\n");
}
