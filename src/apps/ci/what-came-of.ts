import * as z from "zod";
import type { Delivered } from "../../delivery/deliver.ts";
import type { Delivery } from "../../delivery/delivery.ts";
import type { Repository } from "../../delivery/ports.ts";
import type { Command } from "../../domain/command.ts";
import type { RefusedCommand } from "../../domain/command-answer.ts";
import type { Action, Decision } from "../../domain/decision.ts";
import type { Verdict } from "../../domain/verdict.ts";
import { whyUnheard } from "../../engine/index.ts";
import type { SaidHere } from "./happened.ts";

/** What came of a comment, command by command. */
export interface WhatCame {
  /** `/plangate plan test/app`: what is done, or counts from here on. */
  readonly done: readonly string[];
  readonly refused: readonly RefusedCommand[];
}

export interface CameAbout {
  readonly delivery: Pick<Delivery, "store" | "forge" | "flow" | "clock">;
  readonly delivered: readonly Delivered[];
  /** The ledger's last entry before anything of this was delivered. */
  readonly since: number;
  readonly repository: Pick<Repository, "resolve">;
}

/** What came of the commands of somebody who may write, by what was decided about each and by what the forge refused. */
export async function whatCameOf(said: SaidHere, about: CameAbout): Promise<WhatCame> {
  const [done, refused]: [string[], RefusedCommand[]] = [[], []];
  for (const { command, event } of said.asked) {
    const text = commandText(command);
    const decision = about.delivered.find((one) => one.event === event)?.decision;
    const obstacle =
      event.kind === "answer"
        ? await whyNoAnswer(said, command, about)
        : ((decision && whyNotDecided(decision)) ?? (await whyNotMoved(said, command, about)));
    if (obstacle === null) done.push(text);
    else refused.push({ command: text, ...obstacle });
  }
  return { done, refused: [...refused, ...said.problems.map((why) => ({ command: null, why: [why], codes: [] }))] };
}

function commandText({ says, stack, plan, commit }: Command): string {
  return ["/plangate", says, stack, plan, commit].filter((word) => word !== null).join(" ");
}

type Obstacle = Pick<RefusedCommand, "why" | "codes">;

/** What tells people that nothing is done, or only looks. */
const nothingDone: ReadonlySet<Action["kind"]> = new Set(["refuse", "wait", "check", "flag"]);

function whyNotDecided({ actions, reasons }: Decision): Obstacle | null {
  if (actions.some(({ kind }) => !nothingDone.has(kind))) return null;
  const obstacles = reasons.filter(({ answer }) => answer !== "yes");
  return {
    why: [...new Set(obstacles.map(sentenceOf))],
    codes: [...new Set(obstacles.flatMap(({ code }) => code ?? []))],
  };
}

function sentenceOf({ sentence, after }: Verdict): string {
  return after === undefined ? sentence : `${sentence}; it takes ${after}`;
}

/** An answer counts where what it is about is judged. One that names nothing that is there counts nowhere. */
async function whyNoAnswer(said: SaidHere, command: Command, about: CameAbout): Promise<Obstacle | null> {
  const { says, commit } = command;
  if (says === "approve" || says === "reject") return whyNotCounted(said, { ...command, says }, about);
  if (says !== "accept") return null;
  if (commit === null) return { why: ['"accept" names the commit that is meant: /plangate accept 0123abc'], codes: [] };
  if ((await about.repository.resolve(commit))?.startsWith(commit) === true) return null;
  return { why: [`${commit} is the beginning of no commit of this repository, or of several`], codes: [] };
}

async function whyNotCounted(
  { on, by }: SaidHere,
  { says, stack }: Command & { readonly says: "approve" | "reject" },
  { delivery }: CameAbout,
): Promise<Obstacle | null> {
  const { store, forge, flow, clock } = delivery;
  const [change, teams, maintainers, runs] = await Promise.all([
    forge.pullRequest(on),
    forge.teams(),
    forge.maintainers(),
    store.runs({ pullRequest: on }),
  ]);
  if (change === undefined) return null;
  const facts = { now: clock.now(), teams, maintainers, stacks: [] };
  const verdict = whyUnheard(flow, facts, { by, says, stack, change, runs });
  return verdict && { why: [sentenceOf(verdict)], codes: verdict.code === undefined ? [] : [verdict.code] };
}

const refusedMove = z.object({ pullRequest: z.int(), branch: z.string(), by: z.string(), why: z.string() });

/** What plangate may do GitHub may refuse all the same, such as for a check that is red. */
async function whyNotMoved(
  { on, by }: SaidHere,
  { says }: Command,
  { delivery, since }: CameAbout,
): Promise<Obstacle | null> {
  if (says !== "merge") return null;
  for await (const { kind, body } of delivery.store.ledger(since)) {
    const move = kind === "fast-forward-refused" ? refusedMove.safeParse(body).data : undefined;
    if (move?.pullRequest !== on || move.by !== by) continue;
    const next = "Mend what it names, such as a check that is not green, and say it again";
    return { why: [`${move.branch} is not moved: ${move.why}`, next], codes: [] };
  }
  return null;
}
