/**
 * The sections of a pull request's text that somebody filled in, in lower case and in the order they come: headings
 * (`## Why`, or a line `why:`) with words of their own below or behind them. Comments, such as those of a template, are
 * no words. A heading's section goes on through the smaller headings below it.
 */
export function sectionsOf(body: string): readonly string[] {
  const filled = new Set<string>();
  const order: string[] = [];
  let open: readonly Open[] = [];
  let fence: string | null = null;
  const start = (name: string, level: number) => {
    open = [...open.filter((outer) => outer.level < level), { name, level }];
    if (!order.includes(name)) order.push(name);
  };
  const fill = (text: string) => {
    if (/[\p{L}\p{N}]/u.test(text)) for (const { name } of open) filled.add(name);
  };

  const lines = withoutComments(body).split(/\r\n?|\n/);
  for (const [index, line] of lines.entries()) {
    const marks = /^ {0,3}(`{3,}|~{3,})/.exec(line)?.[1];
    if (fence !== null) {
      if (marks?.startsWith(fence) === true) fence = null;
      else fill(line);
      continue;
    }
    if (marks !== undefined) {
      fence = marks;
      continue;
    }
    const heading = headingOf(line, lines[index + 1] ?? "");
    if (heading !== undefined) start(heading.name, heading.level);
    const label = heading === undefined ? labelOf(line) : undefined;
    if (label !== undefined) start(label.name, labelLevel);
    if (heading === undefined) fill(label?.words ?? line);
  }
  return order.filter((name) => filled.has(name));
}

interface Open {
  readonly name: string;
  readonly level: number;
}

/** Below every heading: Markdown has six. */
const labelLevel = 7;

/** One that nothing closes hides the rest of the text. */
function withoutComments(text: string): string {
  let kept = "";
  let at = 0;
  for (let next = text.indexOf("<!--"); next !== -1; next = text.indexOf("<!--", at)) {
    kept += text.slice(at, next);
    const end = text.indexOf("-->", next + 4);
    if (end === -1) return kept;
    at = end + 3;
  }
  return kept + text.slice(at);
}

function headingOf(line: string, below: string): Open | undefined {
  const [, marks, text] = /^ {0,3}(#{1,6})(?:[ \t]+(\S.*))?$/.exec(line) ?? [];
  if (marks !== undefined) return { name: nameOf(text ?? ""), level: marks.length };
  const underlined = /^ {0,3}(=|-)\1*[ \t]*$/.exec(below)?.[1];
  if (underlined === undefined || !/^ {0,3}[\p{L}\p{N}*_]/u.test(line)) return undefined;
  return { name: nameOf(line), level: underlined === "=" ? 1 : 2 };
}

/** `why: because …`, also in bold or as an item of a list. */
function labelOf(line: string): { readonly name: string; readonly words: string } | undefined {
  const end = line.indexOf(":");
  if (end === -1 || end > longestLabel) return undefined;
  const before = line.slice(0, end);
  const behind = /^(?:\*\*|__)?(?:[ \t](.*))?$/.exec(line.slice(end + 1));
  const isName = /^\s*(?:[-*+][ \t]+)?(?:\*\*|__)?\p{L}[\p{L}\p{N} -]*(?:\*\*|__)?$/u;
  return behind === null || !isName.test(before) ? undefined : { name: nameOf(before), words: behind[1] ?? "" };
}

const longestLabel = 60;

function nameOf(text: string): string {
  return text
    .replace(/^[^\p{L}\p{N}]+/u, "")
    .replace(/[^\p{L}\p{N}]+$/u, "")
    .replaceAll(/\s+/g, " ")
    .toLowerCase();
}
