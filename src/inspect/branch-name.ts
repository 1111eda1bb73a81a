/** Words that say nothing about a change. */
const empty: ReadonlySet<string> = new Set(
  (
    "a an and asdf bar baz branch bug bugfix change changes check commit dev development draft feat feature first fix " +
    "fixes foo hotfix issue local main master misc my new next old patch pr second stuff task temp test testing tests " +
    "the thing things ticket tmp todo try update updates wip work xxx"
  ).split(" "),
);

/** `JIRA-123`, `#12`, and a number that a name, or the part behind its prefix, begins with. */
const ticket = /(?:^|[/_-])(?:[A-Z][A-Z0-9]+-\d+|#\d+)(?![A-Za-z0-9])|(?:^|\/)\d+(?:[-_]|$)/;

/** Whether what stands behind a branch's prefix says what it is for: it names a ticket, or a word that means something. */
export function isDescriptive(slug: string): boolean {
  if (ticket.test(slug)) return true;
  const parts = slug.split(/[^A-Za-z0-9]+/).filter((part) => part !== "");
  const words = parts.filter(
    (part) => part.length > 1 && /[A-Za-z]/.test(part) && !empty.has(part.toLowerCase().replace(/\d+$/, "")),
  );
  return words.some((word) => word.length > 2) || (parts.length > 1 && words.length > 0);
}

/** Whether a name means nothing to a shell, a workflow or a terminal: anybody who may push chooses it. */
export function isPlain(name: string): boolean {
  return /^[\p{L}\p{N}_.#@+=,/-]+$/u.test(name);
}
