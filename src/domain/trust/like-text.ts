/** Whether a text fits a pattern of AWS: `*` is any text, `?` any one character, and there is no other sign. */
export function likeText(pattern: string, text: string): boolean {
  // Not as a regular expression, which takes its time over many stars.
  let [at, from] = [0, 0];
  let star = -1;
  let taken = 0;
  while (at < text.length) {
    if (from < pattern.length && pattern[from] === "*") {
      star = from++;
      taken = at;
    } else if (from < pattern.length && (pattern[from] === "?" || pattern[from] === text[at])) {
      at++;
      from++;
    } else if (star >= 0) {
      from = star + 1;
      at = ++taken;
    } else return false;
  }
  while (pattern[from] === "*") from++;
  return from === pattern.length;
}
