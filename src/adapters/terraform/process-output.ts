import { StringDecoder } from "node:string_decoder";

/** A line longer than this is cut, and said to be: one endless line must not fill the memory or the log. */
const longestLine = 64 * 1024;
/** Held on top of it while looking for what must be redacted, so that no secret is shown in part because of the cut. */
const overlap = 8 * 1024;

/** Turns bytes as they come into whole redacted lines. Redaction sees one line at a time, without its line end. */
export function redactLines(redact: (line: string) => string, emit: (line: string) => void) {
  const decoder = new StringDecoder("utf8");
  let pending = "";
  let cut = false;

  const add = (piece: string) => {
    if (cut) return;
    pending += piece;
    if (pending.length <= longestLine + overlap) return;
    pending = pending.slice(0, longestLine + overlap);
    cut = true;
  };
  const end = () => {
    const line = redact(pending.endsWith("\r") ? pending.slice(0, -1) : pending);
    emit(
      cut || line.length > longestLine ? `${line.slice(0, longestLine)} … (the rest of the line is left out)` : line,
    );
    pending = "";
    cut = false;
  };
  const take = (text: string) => {
    let from = 0;
    for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", from)) {
      add(text.slice(from, at));
      end();
      from = at + 1;
    }
    add(text.slice(from));
  };

  return {
    write: (chunk: Buffer) => take(decoder.write(chunk)),
    end: () => {
      take(decoder.end());
      if (pending !== "") end();
    },
  };
}

/** Keeps the first and the last lines of a text within a budget of characters, and says how much is missing between. */
export function keepEnds(headBudget: number, tailBudget: number) {
  const head: string[] = [];
  let tail: string[] = [];
  let headSize = 0;
  let tailSize = 0;
  let dropped = 0;

  return {
    add(line: string): void {
      if (tail.length === 0 && dropped === 0 && headSize + line.length <= headBudget) {
        head.push(line);
        headSize += line.length + 1;
        return;
      }
      tail.push(line);
      tailSize += line.length + 1;
      if (tailSize <= 2 * tailBudget) return;
      let first = 0;
      for (; tailSize > tailBudget && first < tail.length - 1; first++) tailSize -= (tail[first]?.length ?? 0) + 1;
      dropped += first;
      tail = tail.slice(first);
    },
    text(): string {
      const gap = dropped === 0 ? [] : [`… (${dropped} lines left out)`];
      return [...head, ...gap, ...tail].join("\n");
    },
  };
}
