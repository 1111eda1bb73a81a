import type { PersonalAnswer } from "./answer.ts";
import { nearestName } from "./diagnostic.ts";
import { type Digest, parseDigest } from "./digest.ts";
import { parseStackName, type StackName } from "./names.ts";

const words = [
  "plan",
  "approve",
  "take-back",
  "reject",
  "hold",
  "release-hold",
  "accept",
  "acknowledge",
  "forget",
  "release",
  "take",
  "merge",
] as const;

/** Answers that can be bound to one plan. */
const takesPlan: ReadonlySet<(typeof words)[number]> = new Set([
  "approve",
  "take-back",
  "reject",
  "hold",
  "release-hold",
  "acknowledge",
]);

/** What would be too much for every stack at once. */
const namesStack: ReadonlySet<(typeof words)[number]> = new Set(["forget", "release", "take"]);

/** What a person asks of plangate in a comment: a line that starts with `/plangate`. */
export interface Command {
  readonly says: (typeof words)[number];
  /** Null: every stack that is shown there. */
  readonly stack: StackName | null;
  /** Binds an answer to this plan alone. */
  readonly plan: Digest | null;
  /** For `accept`: the commit, in full or its first seven digits or more; null where the comment is on the commit itself. */
  readonly commit: string | null;
}

/** What a command asks for is done once; what it answers goes on counting. */
export function isAnswer(says: Command["says"]): says is PersonalAnswer["says"] & Command["says"] {
  return says !== "plan" && says !== "release" && says !== "take" && says !== "merge";
}

/**
 * What of a comment goes on counting once it was edited. Everybody with write access may edit what others wrote: what
 * opens something counts no more, what holds something does.
 */
export function countsOnceEdited({ says }: Command): boolean {
  return says === "hold" || says === "reject" || says === "take-back";
}

/** What a comment holds for plangate: commands in order, and sentences about lines that are none. */
export interface CommentCommands {
  readonly commands: readonly Command[];
  readonly problems: readonly string[];
}

/**
 * Finds the commands of a comment. Only lines that begin with `/plangate` are meant for us: a quote, an indented
 * line or a fenced block tells about commands and gives none.
 */
export function parseCommands(body: string): CommentCommands {
  const commands: Command[] = [];
  const problems: string[] = [];
  let fence: string | null = null;
  for (const line of body.split(/\r?\n/)) {
    const mark = /^ {0,3}(`{3,}|~{3,})/.exec(line)?.[1];
    if (fence !== null) {
      if (mark?.startsWith(fence) === true) fence = null;
    } else if (mark !== undefined) fence = mark;
    else if (/^\/plangate(?:\s|$)/.test(line)) {
      const parsed = parseCommand(line);
      if (typeof parsed === "string") problems.push(parsed);
      else commands.push(parsed);
    }
  }
  return { commands, problems };
}

function parseCommand(line: string): Command | string {
  const [, word, ...operands] = line.trim().split(/\s+/);
  const says = words.find((known) => known === word);
  if (says === undefined) {
    const meant = nearestName(word ?? "", words);
    const instead = meant === undefined ? `It is one of ${words.join(", ")}.` : `Did you mean "${meant}"?`;
    return `${word === undefined ? "A command is missing." : `"${word}" is no command.`} ${instead}`;
  }
  let stack: StackName | null = null;
  let plan: Digest | null = null;
  let commit: string | null = null;
  for (const operand of operands) {
    const digest = parseDigest(operand);
    const name = parseStackName(operand);
    if (says === "accept") {
      if (commit !== null || !/^[0-9a-f]{7,64}$/i.test(operand)) return `"${operand}" is not the id of a commit.`;
      commit = operand.toLowerCase();
    } else if (says === "merge") return `"merge" is about the whole pull request, and takes no "${operand}".`;
    else if (digest !== undefined && plan === null && takesPlan.has(says)) plan = digest;
    else if (name !== undefined && stack === null) stack = name;
    else return `"${operand}" is neither a stack such as prod/network nor the whole digest of a plan.`;
  }
  if (namesStack.has(says) && stack === null)
    return `"${says}" names the stack that is meant: /plangate ${says} dev/app.`;
  return { says, stack, plan, commit };
}
