import type { GitHubForgeAbout } from "./about.ts";

/** In milliseconds. */
export const defaultKeep = 2_000;

/** Keeps an answer for a while, so that what is asked in one go is asked once. */
export function kept<Operand, Answer>(
  { clock, keep = defaultKeep }: Pick<GitHubForgeAbout, "clock" | "keep">,
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
