import * as z from "zod";
import type { Delivered } from "../../delivery/deliver.ts";
import type { Delivery } from "../../delivery/delivery.ts";
import type { Forge, Reaction, Store } from "../../delivery/ports.ts";
import { entry, mustWrite } from "../../delivery/record.ts";
import type { AskedInVain } from "../../domain/command-answer.ts";
import { type Login, parseLogin } from "../../domain/names.ts";
import { parseReasonCode } from "../../domain/reason.ts";
import { environmentRedactor } from "../../domain/redaction.ts";
import { renderAsked, renderReply } from "../../views/asked.ts";
import type { SaidHere } from "./happened.ts";
import { secretsIn } from "./job-keys.ts";
import type { Ci, OpenJob } from "./open-job.ts";
import { telling } from "./told-applies.ts";
import { type WhatCame, whatCameOf } from "./what-came-of.ts";

/** More entries than are written while people talk about one change. */
const mostEntries = 4_000;

const longest = 2_000;
const sentence = z.string().max(longest);

/** What the ledger has of a comment that was answered. */
const answered = z.object({
  on: z.int().min(1),
  comment: z.int().min(1),
  by: z.string(),
  mayWrite: z.boolean(),
  done: z.array(sentence),
  refused: z.array(
    z.object({
      command: sentence.nullable(),
      why: z.array(sentence),
      codes: z.array(z.string()).transform((codes) => codes.flatMap((code) => parseReasonCode(code) ?? [])),
    }),
  ),
});

/**
 * Answers the comment that this job took up, where it was said: a reaction tells how it was taken, and what is not done
 * stands in plangate's own comment, with why and what to do. Nothing hangs on whether people can be told, and what they are
 * told permits nothing. Run again it tells the same in the same place.
 *
 * @param since the ledger's last entry before anything was delivered here.
 */
export async function answerComment(
  ci: Ci,
  { repository }: Pick<OpenJob, "repository">,
  about: {
    readonly delivery: Delivery;
    readonly said: SaidHere | null;
    readonly delivered: readonly Delivered[];
    readonly since: number;
  },
): Promise<void> {
  const { delivery, said } = about;
  if (said === null) return;
  const came = said.mayWrite ? await whatCameOf(said, { ...about, repository }) : { done: [], refused: [] };
  await reactTo(ci, delivery.forge, said.comment, reactionTo(said, came));
  if (said.onPullRequest) await showOn(ci, delivery, { said, came });
  else if (said.mayWrite && came.refused.length > 0) await replyOn(ci, delivery, { said, came });
}

/** Tells whoever asked that their comment could not be taken up, for whatever reason: the job's own log has it. */
export async function answerFailure(ci: Ci, forge: Forge, said: SaidHere | null): Promise<void> {
  if (said?.mayWrite === true) await reactTo(ci, forge, said.comment, "not-understood");
}

function reactTo(ci: Ci, forge: Forge, comment: number, reaction: Reaction): Promise<void> {
  return telling(ci, `how comment ${comment} was taken`, async () => forge.react?.(comment, reaction));
}

function reactionTo({ mayWrite }: SaidHere, { refused }: WhatCame): Reaction {
  if (!mayWrite || refused.some(({ command }) => command !== null)) return "refused";
  return refused.length > 0 ? "not-understood" : "taken-up";
}

interface Answering {
  readonly said: SaidHere;
  readonly came: WhatCame;
}

/** Rewrites the one place where people find it, where it has to say something else than before. */
async function showOn(ci: Ci, delivery: Delivery, { said, came }: Answering): Promise<void> {
  const { store, forge } = delivery;
  const before = await standing(store, said.on);
  const answer = answerOf(ci, said, came);
  const text = render(after(before, answer, delivery.clock.now()));
  if (text === render(before)) return;
  await telling(ci, `what is not done of comment ${said.comment}`, async () => {
    await forge.showAsked?.(said.on, text);
    await mustWrite(delivery, { ledger: [entry(delivery, "command-answered", answer)] });
  });
}

/** An issue has no comment of plangate's that could be rewritten: one short answer to each comment, and none to strangers. */
async function replyOn(ci: Ci, delivery: Delivery, { said, came }: Answering): Promise<void> {
  const there = await answeredOn(delivery.store, said.on);
  if (there.some(({ answer: { comment } }) => comment === said.comment)) return;
  const answer = answerOf(ci, said, came);
  await telling(ci, `what is not done of comment ${said.comment}`, async () => {
    await delivery.forge.reply?.(said.on, renderReply(said.by, answer.refused));
    await mustWrite(delivery, { ledger: [entry(delivery, "command-answered", answer)] });
  });
}

type Answer = z.output<typeof answered>;

/** What is kept of it. People's own words are among it. */
function answerOf({ env }: Ci, { on, comment, by, mayWrite }: SaidHere, { done, refused }: WhatCame): Answer {
  const redact = environmentRedactor(secretsIn(env));
  const short = (text: string) => redact(text.slice(0, longest)).slice(0, longest);
  return {
    on,
    comment,
    by,
    mayWrite,
    done: done.slice(0, mostKept).map(short),
    refused: refused.slice(0, mostKept).map(({ command, why, codes }) => ({
      command: command && short(command),
      why: why.slice(0, mostKept).map(short),
      codes: [...codes],
    })),
  };
}

/** Of one comment. */
const mostKept = 20;

/** What stands there: of each person what they asked for last, and whether somebody without a right asked too. */
interface Standing {
  readonly asked: ReadonlyMap<Login, AskedInVain>;
  readonly strangers: boolean;
}

async function answeredOn(store: Pick<Store, "ledger" | "ledgerHead">, on: number) {
  const { seq } = await store.ledgerHead();
  const found: { readonly at: number; readonly answer: Answer }[] = [];
  for await (const { kind, body, at } of store.ledger(Math.max(0, seq - mostEntries))) {
    const answer = kind === "command-answered" ? answered.safeParse(body).data : undefined;
    if (answer?.on === on) found.push({ at, answer });
  }
  return found;
}

async function standing(store: Pick<Store, "ledger" | "ledgerHead">, on: number): Promise<Standing> {
  let found: Standing = { asked: new Map(), strangers: false };
  for (const { at, answer } of await answeredOn(store, on)) found = after(found, answer, at);
  return found;
}

/** Whoever asks anew is answered anew; what somebody got done since, whoever asked for it before, is no longer in vain. */
function after({ asked, strangers }: Standing, { by, mayWrite, done, refused }: Answer, at: number): Standing {
  const who = parseLogin(by);
  if (!mayWrite || who === undefined) return { asked, strangers: strangers || !mayWrite };
  const others = [...asked].flatMap(([login, one]): [Login, AskedInVain][] => {
    const left = one.refused.filter(({ command }) => command === null || !done.includes(command));
    return login === who || left.length === 0 ? [] : [[login, { ...one, refused: left }]];
  });
  return { asked: new Map(refused.length === 0 ? others : [...others, [who, { at, by: who, refused }]]), strangers };
}

function render({ asked, strangers }: Standing): string | null {
  return renderAsked([...asked.values()], strangers);
}
