import { DeliveryError } from "../../domain/errors.ts";
import type { GitResult } from "./run-git.ts";

/**
 * What a push that did not succeed means: that there is no right to it; `undefined` when the branch was not where it was
 * read; else what was said, and whether it was pushed cannot be told. Programs that keep repositories word it differently,
 * and a lock that two pushes want is the same thing as being late.
 */
export function pushFailure(name: string, result: GitResult): DeliveryError | string | undefined {
  const said = result.stdout.toString() + result.stderr;
  const rejected = /^!\t[^\t]*\t\[(?:remote )?rejected\] \((.*)\)$/m.exec(result.stdout.toString())?.[1];
  if (rejected !== undefined && isLate.test(rejected)) return undefined;
  if (rejected !== undefined || isForbidden.test(said)) return forbidden(name, said, rejected);
  const failure = remoteFailure(`pushing to ${name}`, result);
  return failure.reaction === "stop" ? failure : failure.message;
}

const isLate =
  /stale info|fetch first|non-fast-forward|cannot lock ref|failed to (?:update|lock)|reference already exists|incorrect old value|is at [0-9a-f]+ but expected/i;

const isForbidden = /Permission to .* denied|error: 403|Write access to repository not granted|\bdenied to\b/;

function forbidden(name: string, said: string, rejected: string | undefined): DeliveryError {
  const byRule = /rule|protected branch|hook declined/i.test(rejected ?? "");
  return new DeliveryError({
    code: "record-forbidden",
    message: `pushing to ${name}: ${byRule ? "a rule of the repository does not let us" : "the token has no right to"}`,
    reaction: "stop",
    hint: byRule
      ? "Let whoever plangate acts as pass the ruleset of that branch: `plangate audit` says what is declared and what is there."
      : "Give the job `contents: write`, or the app the right to write to contents.",
    detail: said.trim(),
  });
}

/** What a failed fetch means. */
export function remoteFailure(doing: string, result: GitResult): DeliveryError {
  const detail = result.stderr.trim();
  if (
    /Authentication failed|could not read Username|error: 40[13]|not found|does not appear to be a git repository/i.test(
      detail,
    )
  ) {
    return new DeliveryError({
      code: "record-unreadable",
      message: `${doing}: there is no such repository, or the token may not read it`,
      reaction: "stop",
      hint: "Give the job `contents: read` at least, and see that the address is the repository's.",
      detail,
    });
  }
  const [first = `exit code ${result.exitCode}`] = detail.split("\n");
  return new DeliveryError({
    code: "record-unreachable",
    message: `${doing}: ${first.replace(/^(?:fatal|error): /, "")}`,
    reaction: "retry",
    hint: "Try again when the repository can be reached.",
    detail,
  });
}
