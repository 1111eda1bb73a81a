import type { Verdict } from "../../domain/verdict.ts";
import { becauseText, flagText, type Happened } from "../happened.ts";
import type { Because, Expectation } from "../step.ts";
import type { World } from "../world.ts";
import type { Story } from "./story.ts";

/** How a story went. */
export interface StoryResult {
  readonly story: string;
  readonly file: string;
  readonly holds: boolean;
  /** How many steps were played, expectations among them. */
  readonly steps: number;
  readonly failed?: FailedExpectation;
}

/** The first expectation that did not come true. */
export interface FailedExpectation {
  readonly line: number;
  /** The kinds that differ only, as the story has them. */
  readonly expected: Told;
  /** The same kinds, as it went. */
  readonly happened: Told;
  /** Why, as the decisions since the expectation before put it. */
  readonly reasons: readonly Verdict[];
}

/** What happened, kind by kind, in the words of a story. */
export type Told = Readonly<Record<string, boolean | readonly string[] | Readonly<Record<string, string>>>>;

/**
 * Plays a story up to the first expectation that does not come true. What happens after the last one is compared with
 * an empty one, so that a surprise apply fails a story wherever it comes.
 */
export async function runStory(story: Story, world: World): Promise<StoryResult> {
  const about = { story: story.story, file: story.file };
  let steps = 0;
  for (const step of story.steps) {
    steps++;
    if (step.kind !== "expect") {
      // A world that answers at once is not waited for: stories on the model take microseconds a step.
      const pending = world.perform(step);
      if (pending !== undefined) await pending;
      continue;
    }
    const failed = compare(step, world.happened(), step.at.line);
    if (failed !== undefined) return { ...about, holds: false, steps, failed };
  }
  const failed = compare(
    { kind: "expect", applied: [], destroyed: [] },
    world.happened(),
    story.steps.at(-1)?.at.line ?? 1,
  );
  return failed === undefined ? { ...about, holds: true, steps } : { ...about, holds: false, steps, failed };
}

const lists = [
  "applied",
  "destroyed",
  "planned",
  "verified",
  "superseded",
  "commented",
  "released",
  "drifted",
  "opened",
] as const;
const becauses = ["refused", "waiting", "interrupted"] as const;

/** The kinds that an expectation names and that came out otherwise. */
export function compare(expectation: Expectation, happened: Happened, line: number): FailedExpectation | undefined {
  const expected: Record<string, Told[string]> = {};
  const actual: Record<string, Told[string]> = {};
  const differ = (kind: string, wanted: Told[string], got: Told[string]) => {
    if (JSON.stringify(wanted) === JSON.stringify(got)) return;
    expected[kind] = wanted;
    actual[kind] = got;
  };
  for (const kind of lists) {
    const wanted = expectation[kind];
    if (wanted !== undefined) differ(kind, sorted(wanted), happened[kind]);
  }
  for (const kind of becauses) {
    const wanted = expectation[kind];
    if (wanted !== undefined) differ(kind, sorted(texts(wanted)), sorted(texts(happened[kind])));
  }
  if (expectation.flagged !== undefined)
    differ("flagged", sorted(expectation.flagged.map(flagText)), sorted(happened.flagged.map(flagText)));
  if (expectation.issues !== undefined) differ("issues", issueTexts(expectation.issues), issueTexts(happened.issues));
  if (expectation.checks !== undefined) differ("checks", orderedKeys(expectation.checks), orderedKeys(happened.checks));
  if (expectation.blocked !== undefined) differ("blocked", expectation.blocked, happened.blocked);
  if (Object.keys(expected).length === 0) return undefined;
  return { line, expected, happened: actual, reasons: happened.reasons };
}

function sorted(items: readonly string[]): readonly string[] {
  return [...new Set(items)].sort();
}

function texts(list: readonly Because[]): readonly string[] {
  return list.map(becauseText);
}

function issueTexts({ opened, closed }: Happened["issues"]): readonly string[] {
  return [...sorted(closed).map((code) => `closed ${code}`), ...sorted(opened).map((code) => `opened ${code}`)];
}

function orderedKeys(checks: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(checks).sort());
}
