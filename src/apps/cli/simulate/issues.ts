import type * as z from "zod";
import type { Diagnostic } from "../../../domain/diagnostic.ts";

const hints = {
  event: "The events and their members are those of plangate's schema/cli.json under simulate; none may be left out.",
  facts: "plangate's schema/facts.json says what may stand where; --facts-template prints a file to fill in.",
};

/** More problems than this say nothing more. */
const most = 20;

/** What is wrong with a file, as sentences that say where. */
export function problemsOf(
  { issues }: z.ZodError,
  { file, what }: { readonly file: string; readonly what: "event" | "facts" },
): readonly Diagnostic[] {
  return issues
    .flatMap((issue) => innermost(issue, []))
    .slice(0, most)
    .map(({ path, message }) => ({
      severity: "error",
      code: `${what}-wrong`,
      summary: `${path === "" ? "The whole" : path}: ${message}.`,
      hint: hints[what],
      file,
    }));
}

interface Place {
  readonly path: string;
  readonly message: string;
}

/** Of the variants that a value could have been, the one that it came nearest to. */
function innermost(issue: z.core.$ZodIssue, above: readonly PropertyKey[]): readonly Place[] {
  const at = [...above, ...issue.path];
  if (issue.code === "invalid_union" && issue.errors.length > 0) {
    const nearest = issue.errors.map((errors) => errors.flatMap((error) => innermost(error, at)));
    return nearest.reduce((best, other) => (depthOf(other) > depthOf(best) ? other : best));
  }
  return [{ path: pathText(at), message: messageOf(issue) }];
}

function depthOf(places: readonly Place[]): number {
  return Math.max(0, ...places.map(({ path }) => path.length));
}

function messageOf(issue: z.core.$ZodIssue): string {
  if (issue.code === "unrecognized_keys")
    return `there is no ${issue.keys.map((key) => JSON.stringify(key)).join(", ")}`;
  if (issue.code === "invalid_type" && issue.message.endsWith(", received undefined")) return "it is missing";
  return issue.message.replace(/^Invalid input: e/, "e").replace(/^Invalid input$/, "it is not what stands here");
}

function pathText(path: readonly PropertyKey[]): string {
  return path
    .map((part) => (typeof part === "number" ? `[${part}]` : `.${String(part)}`))
    .join("")
    .replace(/^\./, "");
}
