import type { Login } from "../../../domain/names.ts";
import type { Octokit } from "../client.ts";
import type { Connection } from "../settings/connection.ts";
import type { GitHubForgeAbout } from "./about.ts";
import type { Activity } from "./activity.ts";

/** What every part of the adapter works with. */
export interface Room {
  readonly about: GitHubForgeAbout;
  /** Asks and changes. */
  readonly to: Connection;
  /** Asks alone, and need not be spaced. */
  readonly reader: Octokit;
  readonly activity: Activity;
  /** People with write access, and apps left out: theirs are the words that count. */
  readonly pushers: () => Promise<ReadonlySet<Login>>;
  /** Who is behind addresses, as far as GitHub told it by the way. */
  readonly emails: Map<string, Login>;
}

/** Keeps an answer for a while, so that what is asked in one go is asked once. */
export function kept<Operand, Answer>(
  { clock, keep = 5_000 }: Pick<GitHubForgeAbout, "clock" | "keep">,
  ask: (operand: Operand) => Promise<Answer>,
): (operand: Operand) => Promise<Answer> {
  const answers = new Map<Operand, { readonly until: number; readonly answer: Promise<Answer> }>();
  return (operand) => {
    const known = answers.get(operand);
    if (known !== undefined && clock.now() < known.until) return known.answer;
    const answer = ask(operand);
    answers.set(operand, { until: clock.now() + keep, answer });
    // What failed is asked again.
    answer.catch(() => answers.delete(operand));
    return answer;
  };
}
