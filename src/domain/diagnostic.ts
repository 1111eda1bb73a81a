/**
 * Something a user wrote that cannot be taken as it stands. Diagnostics are returned beside the value, all of them
 * at once, never thrown.
 */
export interface Diagnostic {
  readonly severity: "error" | "warning";
  /** Stable, in kebab case, for scripts and searches. */
  readonly code: string;
  /** One sentence: what is wrong, with the offending name in quotes. */
  readonly summary: string;
  readonly detail?: string;
  /** What to do next. */
  readonly hint?: string;
  readonly file?: string;
  /** 1-based, as editors count. */
  readonly line?: number;
  /** 1-based, in characters. */
  readonly column?: number;
}

export function hasErrors(diagnostics: readonly Diagnostic[]): boolean {
  return diagnostics.some((diagnostic) => diagnostic.severity === "error");
}

/**
 * `file:line:column severity code: summary`, then detail and hint indented on lines of their own. Every line but the
 * first is indented, so that no name with a line end in it looks like another diagnostic.
 */
export function diagnosticText(diagnostic: Diagnostic): string {
  const place = [diagnostic.file, diagnostic.line, diagnostic.column].filter((part) => part !== undefined).join(":");
  const head = `${place === "" ? "" : `${place} `}${diagnostic.severity} ${diagnostic.code}: ${diagnostic.summary}`;
  return [head, diagnostic.detail, diagnostic.hint]
    .filter((part) => part !== undefined)
    .map((part, index) => `${index === 0 ? "" : "  "}${part.replaceAll(/\r\n?|\n/g, "\n  ")}`)
    .join("\n");
}

/** The candidate nearest to what was written, when it is near enough to be meant. */
export function nearestName(written: string, candidates: Iterable<string>): string | undefined {
  let best: string | undefined;
  let bestDistance = Math.max(2, Math.floor(written.length / 3)) + 1;
  for (const candidate of candidates) {
    const distance = editDistance(written.toLowerCase(), candidate.toLowerCase(), bestDistance);
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

function editDistance(left: string, right: string, limit: number): number {
  if (Math.abs(left.length - right.length) >= limit) return limit;
  let previous = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let row = 1; row <= left.length; row++) {
    const current = [row];
    for (let column = 1; column <= right.length; column++) {
      const substitution = (previous[column - 1] ?? 0) + (left[row - 1] === right[column - 1] ? 0 : 1);
      current.push(Math.min(substitution, (previous[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1));
    }
    previous = current;
  }
  return previous[right.length] ?? limit;
}
