/**
 * The one place where text from outside is made harmless for where it is shown. Outside is everything that a person,
 * a branch name, a resource's name or a plan's value can bring. Each function is for one place and is applied once,
 * last.
 */

/** Text that may be printed where the function that made it says. */
export type Inert = string;

const zeroWidth = "\u200b";

/**
 * For a terminal and for a run's log: no escape sequences or other control characters, nothing that turns the
 * direction of text or is invisible, and no workflow commands, which runners read from any program's output. Line ends
 * and tabs stay.
 */
export function inertText(text: string): Inert {
  return text
    .replaceAll(/\r\n?/g, "\n")
    .replaceAll(unseen, visible)
    .replaceAll(/^(\s*):(?=:)/gm, `$1:${zeroWidth}`)
    .replaceAll("##[", `#${zeroWidth}#[`);
}

/** For one line of such text. */
export function inertLine(text: string): Inert {
  return inertText(text).replaceAll("\n", "\\n");
}

/**
 * For inside a fenced block of Markdown that `fenced` writes: as `inertText`, and no run of backticks or tildes can end
 * the fence, no mention calls anybody if it were ended all the same.
 */
export function inertCode(text: string): Inert {
  return withoutMentions(inertText(text)).replaceAll(/`{3,}|~{3,}/g, (run) => [...run].join(zeroWidth));
}

/** A fenced block around such text. */
export function fenced(language: string, text: Inert): string {
  return `\`\`\`${language}\n${text}\n\`\`\``;
}

/** A code span for running Markdown text: one line, closed whatever backticks the text has. */
export function inlineCode(text: string): string {
  const inert = withoutMentions(inertLine(text));
  const longest = Math.max(0, ...[...inert.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  const pad = inert === "" || inert.startsWith("`") || inert.endsWith("`") || inert.startsWith(" ") ? " " : "";
  return `${fence}${pad}${inert}${pad}${fence}`;
}

/** A code span for a cell of a Markdown table, where a bar would end the cell. */
export function tableCode(text: string): string {
  return inlineCode(text).replaceAll("|", "\\|");
}

/** For a file of JSON: what would not be seen is written as an escape, so that each value stays what it is. */
export function inertJson(json: string): Inert {
  return json.replaceAll(unseen, (character) =>
    [...Array(character.length).keys()]
      .map((at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, "0")}`)
      .join(""),
  );
}

/** For HTML text and attribute values, also inside Markdown. */
export function inertHtml(text: string): Inert {
  return withoutMentions(inertLine(text)).replaceAll(/[&<>"'`]/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** For running Markdown text: every character that could begin markup or a link is escaped. */
export function inertMarkdown(text: string): Inert {
  return withoutMentions(inertLine(text))
    .replaceAll(/[\\`*_{}[\]()<>#+.!|~&"'-]/g, "\\$&")
    .replaceAll("://", `:${zeroWidth}//`)
    .replaceAll(/\b(www|GH)(?=\\[.-])/gi, `$1${zeroWidth}`);
}

/** For a title, which the forge shows as one line of plain text with code spans, and cuts by itself when it is longer. */
export function inertTitle(text: string): Inert {
  const inert = withoutMentions(inertLine(text)).replaceAll("`", "'").replaceAll("://", `:${zeroWidth}//`);
  return inert.length > mostOfTitle ? `${inert.slice(0, mostOfTitle - 1)}…` : inert;
}

const mostOfTitle = 200;

function withoutMentions(text: string): string {
  return text.replaceAll(/@(?=[\p{L}\p{N}_])/gu, `@${zeroWidth}`);
}

/** Control characters but tab and line feed, marks of direction, and characters that show as nothing at all. */
const unseen =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: finding them is the point
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|[\u{e0000}-\u{e007f}]|\p{Surrogate}/gu;

function visible(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  return code > 0xffff ? `\\u{${code.toString(16)}}` : `\\u${code.toString(16).padStart(4, "0")}`;
}
