import { digestOfJson } from "../domain/digest.ts";
import {
  type CommitSha,
  parseCommitSha,
  parseStackName,
  parseTreeSha,
  type StackName,
  type TreeSha,
} from "../domain/names.ts";
import type { PlanMode } from "../domain/plan.ts";
import type { Order } from "./roles/work.ts";

/** What is to be planned somewhere else: everything that whoever plans there needs, and nothing that they have to believe. */
export interface PlanOrder {
  readonly stack: StackName;
  /** What people call the content. */
  readonly commit: CommitSha;
  /** What the commit was merged with to get the content; null where it is the commit's own. */
  readonly base: CommitSha | null;
  readonly tree: TreeSha;
  readonly mode: PlanMode;
}

export function planOrderOf({ stack, commit, base, tree, mode }: Order): PlanOrder {
  return { stack: stack.name, commit, base, tree, mode };
}

/** Plans of one stack, content and mode are for one another: the commit is only what people call it. */
export function planOrderKey({ stack, tree, mode }: PlanOrder): string {
  return digestOfJson([stack, tree, mode]).slice("sha256:".length);
}

const modes: ReadonlySet<string> = new Set(["normal", "destroy", "refresh-only"] satisfies PlanMode[]);

/** Parses orders as another job gives them; `undefined` when they are not what they should be. */
export function parsePlanOrders(text: string): readonly PlanOrder[] | undefined {
  let written: unknown;
  try {
    written = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!Array.isArray(written)) return undefined;
  const orders = written.map(parsePlanOrder);
  return orders.every((order) => order !== undefined) ? orders : undefined;
}

function parsePlanOrder(written: unknown): PlanOrder | undefined {
  if (typeof written !== "object" || written === null) return undefined;
  const given = written as Readonly<Record<keyof PlanOrder, unknown>>;
  const text = (value: unknown) => (typeof value === "string" ? value : "");
  const [stack, commit] = [parseStackName(text(given.stack)), parseCommitSha(text(given.commit))];
  const [tree, mode] = [parseTreeSha(text(given.tree)), text(given.mode)];
  const base = given.base === null ? null : parseCommitSha(text(given.base));
  if (stack === undefined || commit === undefined || base === undefined || tree === undefined || !modes.has(mode))
    return undefined;
  return { stack, commit, base, tree, mode: mode as PlanMode };
}
