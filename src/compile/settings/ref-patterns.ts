/**
 * Patterns of the flow as GitHub's rulesets and environments read them: there `**` crosses folders only as a folder of
 * its own, and nothing stands for a ticket. What cannot be said is said wider, so that a rule never covers less.
 */
export function refPatterns(patterns: readonly string[]): readonly string[] {
  return [...new Set(patterns.flatMap((pattern) => spelled(pattern.replaceAll("{ticket}", "*"))))];
}

/** `dev/**` is `dev/**` + `/*` there; stars in the middle of a word may cross folders or not, so both are named. */
function spelled(pattern: string): readonly string[] {
  const at = pattern.search(/\*\*(?!\/)|(?<!^|\/)\*\*\//);
  if (at === -1) return [pattern];
  const before = pattern.slice(0, at);
  const rest = pattern.slice(at + 2);
  if (rest === "" && (before === "" || before.endsWith("/"))) return [`${before}**/*`];
  const after = rest.startsWith("/") ? spelled(rest) : spelled(`*${rest}`);
  return after.flatMap((tail) => [
    `${before}${tail.startsWith("*") ? "" : "*"}${tail}`,
    `${before}*/**/${tail.replace(/^\//, "")}`,
  ]);
}

/** Whether a pattern of the flow has a wildcard, so that branches of its class come and go. */
export function isWild(pattern: string): boolean {
  return /[*?[{]/.test(pattern.replaceAll(/\\./g, ""));
}
