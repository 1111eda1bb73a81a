/** A place in the text, moved on as it is read. Thrown away at the first thing that is not plain. */
export interface Cursor {
  readonly text: string;
  at: number;
}

/** Not plain: the parser has to look. Carries nothing, since it is no failure. */
export const notPlain = Symbol("not plain");

/** Functions that read files or make paths; any name that begins so. */
const reaches = /^(?:file|template|dirname|basename|abspath|pathexpand|core$|provider$)/;

/** Spaces and comments; with `lines` also line ends. A comment's own line end stays when lines count. */
export function skipBlank(cursor: Cursor, lines: boolean): void {
  const { text } = cursor;
  for (;;) {
    const code = text.charCodeAt(cursor.at);
    if (code === 32 || code === 9) cursor.at++;
    else if (code === 10 || code === 13) {
      if (!lines) return;
      cursor.at++;
    } else if (code === 35 || (code === 47 && text.charCodeAt(cursor.at + 1) === 47)) {
      const end = text.indexOf("\n", cursor.at);
      cursor.at = end < 0 ? text.length : end;
    } else if (code === 47 && text.charCodeAt(cursor.at + 1) === 42) {
      const end = text.indexOf("*/", cursor.at + 2);
      if (end < 0) throw notPlain;
      cursor.at = end + 2;
    } else return;
  }
}

const isLetter = (code: number) => (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || code === 95;
const isDigit = (code: number) => code >= 48 && code <= 57;

export function skipWord(cursor: Cursor): string {
  const { text } = cursor;
  const from = cursor.at;
  if (!isLetter(text.charCodeAt(from))) throw notPlain;
  let at = from + 1;
  for (let code = text.charCodeAt(at); isLetter(code) || isDigit(code) || code === 45; code = text.charCodeAt(++at));
  // Words may have letters of other scripts, which the parser knows.
  if (text.charCodeAt(at) > 127) throw notPlain;
  cursor.at = at;
  return text.slice(from, at);
}

/** A quoted text: with its interpolations, as a label without, or as a source, which alone may be a path. */
export function skipString(cursor: Cursor, as: "text" | "label" | "source"): string {
  const { text } = cursor;
  const from = ++cursor.at;
  for (;;) {
    const code = text.charCodeAt(cursor.at);
    if (code === 34) break;
    if (Number.isNaN(code) || code === 10 || code === 13) throw notPlain;
    if (code === 92) skipEscape(cursor);
    else if ((code === 36 || code === 37) && /^[$%{]/.test(text.slice(cursor.at + 1, cursor.at + 2))) {
      if (as !== "text" || code === 37 || text[cursor.at + 1] !== "{") throw notPlain;
      skipInterpolation(cursor);
    } else cursor.at++;
  }
  const inside = text.slice(from, cursor.at++);
  if (as !== "text" && inside.includes("\\")) throw notPlain;
  if (as !== "source" && (inside.startsWith("./") || inside.includes(".."))) throw notPlain;
  return inside;
}

function skipEscape(cursor: Cursor): void {
  if (!/^[nrt"\\]/.test(cursor.text.slice(cursor.at + 1, cursor.at + 2))) throw notPlain;
  cursor.at += 2;
}

function skipInterpolation(cursor: Cursor): void {
  cursor.at += 2;
  skipBlank(cursor, false);
  skipExpression(cursor, false);
  skipBlank(cursor, false);
  expect(cursor, "}");
}

/** Nothing but a line's end may follow, or the end of the block. */
export function attributeEnd(cursor: Cursor): void {
  skipBlank(cursor, false);
  const code = cursor.text.charCodeAt(cursor.at);
  if (code !== 10 && code !== 13 && code !== 125) throw notPlain;
}

function expect(cursor: Cursor, character: string): void {
  if (cursor.text[cursor.at] !== character) throw notPlain;
  cursor.at++;
}

const operator = /(?:==|!=|<=|>=|&&|\|\||[-+*/%<>])/y;

/** `lines`: it stands in parentheses or brackets, where a line's end means nothing. */
export function skipExpression(cursor: Cursor, lines: boolean): void {
  skipTerm(cursor, lines);
  for (;;) {
    const before = cursor.at;
    skipBlank(cursor, lines);
    operator.lastIndex = cursor.at;
    if (operator.test(cursor.text)) {
      cursor.at = operator.lastIndex;
      skipBlank(cursor, lines);
      skipTerm(cursor, lines);
    } else if (cursor.text[cursor.at] === "?") {
      cursor.at++;
      skipBlank(cursor, lines);
      skipExpression(cursor, lines);
      skipBlank(cursor, lines);
      expect(cursor, ":");
      skipBlank(cursor, lines);
      skipExpression(cursor, lines);
      return;
    } else {
      cursor.at = before;
      return;
    }
  }
}

function skipTerm(cursor: Cursor, lines: boolean): void {
  const { text } = cursor;
  const code = text.charCodeAt(cursor.at);
  switch (code) {
    case 33: // !
    case 45: // -
      cursor.at++;
      if (text[cursor.at] === "=") throw notPlain;
      skipTerm(cursor, lines);
      return;
    case 34: // "
      skipString(cursor, "text");
      return;
    case 40: // (
      cursor.at++;
      skipBlank(cursor, true);
      skipExpression(cursor, true);
      skipBlank(cursor, true);
      expect(cursor, ")");
      skipSteps(cursor);
      return;
    case 91: // [
      skipList(cursor, "]");
      return;
    case 123: // {
      skipObject(cursor);
      return;
    default:
      if (isDigit(code)) skipNumber(cursor);
      else skipTraversal(cursor);
  }
}

const number = /\d+(?:\.\d+)?(?:[eE][-+]?\d+)?(?![\w.])/y;

function skipNumber(cursor: Cursor): void {
  number.lastIndex = cursor.at;
  if (!number.test(cursor.text)) throw notPlain;
  cursor.at = number.lastIndex;
}

/** A name, or a function's call, and what is taken of it. */
function skipTraversal(cursor: Cursor): void {
  const name = skipWord(cursor);
  if (cursor.text[cursor.at] === "(") {
    if (reaches.test(name)) throw notPlain;
    skipList(cursor, ")");
  } else if (name === "path" || name === "for") throw notPlain;
  skipSteps(cursor);
}

function skipSteps(cursor: Cursor): void {
  for (;;) {
    const character = cursor.text[cursor.at];
    if (character === ".") {
      cursor.at++;
      skipWord(cursor);
    } else if (character === "[") {
      cursor.at++;
      if (cursor.text.startsWith("*]", cursor.at)) {
        cursor.at += 2;
        continue;
      }
      skipBlank(cursor, true);
      skipExpression(cursor, true);
      skipBlank(cursor, true);
      expect(cursor, "]");
    } else if (character === "(" || character === ":") {
      // A call through a name that is none, or a function of a provider.
      if (character === "(" || cursor.text[cursor.at + 1] === ":") throw notPlain;
      return;
    } else return;
  }
}

/** From the opening bracket on: expressions with commas, the last one allowed. */
function skipList(cursor: Cursor, end: string): void {
  cursor.at++;
  for (;;) {
    skipBlank(cursor, true);
    if (cursor.text[cursor.at] === end) break;
    skipExpression(cursor, true);
    skipBlank(cursor, true);
    if (cursor.text[cursor.at] === end) break;
    expect(cursor, ",");
  }
  cursor.at++;
}

function skipObject(cursor: Cursor): void {
  cursor.at++;
  for (;;) {
    skipBlank(cursor, true);
    if (cursor.text[cursor.at] === "}") break;
    if (cursor.text[cursor.at] === '"') skipString(cursor, "text");
    else if (skipWord(cursor) === "for") throw notPlain;
    skipBlank(cursor, false);
    if (!/^(?::|=(?!=))/.test(cursor.text.slice(cursor.at, cursor.at + 2))) throw notPlain;
    cursor.at++;
    skipBlank(cursor, false);
    skipExpression(cursor, false);
    skipBlank(cursor, false);
    const code = cursor.text.charCodeAt(cursor.at);
    if (code === 44) cursor.at++;
    else if (code !== 10 && code !== 13 && code !== 125) throw notPlain;
  }
  cursor.at++;
}
