import { nearestName } from "./diagnostic.ts";
import { type Digest, parseDigest } from "./digest.ts";
import { parseStackName, type StackName } from "./names.ts";

const words = ["plan", "approve", "take-back", "reject", "hold", "release-hold"] as const;

/** What a person asks of plangate in a comment: a line that starts with `/plangate`. */
export interface Command {
  readonly says: (typeof words)[number];
  /** Null: every stack that is shown there. */
  readonly stack: StackName | null;
  /** Binds an answer to this plan alone. */
  readonly plan: Digest | null;
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
  for (const operand of operands) {
    const digest = parseDigest(operand);
    const name = parseStackName(operand);
    if (digest !== undefined && plan === null && says !== "plan") plan = digest;
    else if (name !== undefined && stack === null) stack = name;
    else return `"${operand}" is neither a stack such as prod/network nor the whole digest of a plan.`;
  }
  return { says, stack, plan };
}
