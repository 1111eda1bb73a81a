import * as z from "zod";
import type { LocalRepository } from "../../adapters/git/index.ts";
import { refName } from "../../adapters/github-events/index.ts";
import { recordBranch } from "../../compile/names.ts";
import type { Forge, Store } from "../../delivery/ports.ts";
import { InternalError } from "../../domain/errors.ts";
import type { Event } from "../../domain/event.ts";
import type { LedgerEntry } from "../../domain/ledger.ts";
import { type CommitSha, type Duration, emailLogin, type Instant, parseCommitSha } from "../../domain/names.ts";
import { rowsInto, rowsOfPush } from "../../engine/index.ts";
import type { Flow } from "../../flow/flow.ts";

/** So far back a look is searched for. Whoever finds the last one further back than half of it tells it anew. */
const mostEntries = 20_000;
/** More branches than anybody delivers from. */
const mostBranches = 2_000;
/** A push of somebody's own workflow run is delivered by that: it may wait for a machine. */
const patience: Duration = 10 * 60_000;

const looked = z.object({
  /** Delivered, or there before anybody looked. */
  heads: z.record(z.string(), z.string()),
  /** Not delivered, and since when that is known. */
  noticed: z.record(z.string(), z.object({ commit: z.string(), since: z.number() })),
});
const decided = z.object({
  event: z.object({ kind: z.enum(["push", "merge"]), branch: refName, commit: z.string().nullable() }),
});

export interface LostPushesAbout {
  readonly flow: Flow;
  readonly repository: Pick<LocalRepository, "branches" | "resolve">;
  readonly forge: Pick<Forge, "pusherOf">;
  readonly store: Pick<Store, "ledger" | "ledgerHead" | "write">;
  readonly now: Instant;
}

/**
 * Pushes that nobody delivered: GitHub starts no workflow for what a workflow pushes or merges with its own token. A head of
 * a branch that the flow delivers from, about which nothing was decided, is remembered when it is seen first, and is
 * delivered when it is still so after a while. Branches as the first look of all finds them count as delivered.
 */
export async function lostPushes(about: LostPushesAbout): Promise<readonly (Event & { kind: "push" })[]> {
  const { store, forge, now } = about;
  const current = await headsOf(about);
  const { seq } = await store.ledgerHead();
  const last = await lastLook(store, Math.max(0, seq - mostEntries));
  if (last === undefined) {
    await tell(store, now, { heads: Object.fromEntries(current), noticed: {} });
    return [];
  }
  const lost = [...current]
    .filter(([branch, commit]) => last.heads.get(branch) !== commit)
    .map(([branch, commit]) => {
      const before = last.noticed.get(branch);
      return { branch, commit, since: before?.commit === commit ? before.since : now };
    });
  if (lost.some(({ since }) => since === now) || seq - last.seq > mostEntries / 2) {
    const noticed = lost.map(({ branch, ...one }) => [branch, one] as const);
    // What is delivered stands as it was, not as it is: a decision says that somebody saw it.
    await tell(store, now, { heads: Object.fromEntries(last.heads), noticed: Object.fromEntries(noticed) });
  }
  const due = lost.filter(({ since }) => now - since >= patience);
  const events: (Event & { kind: "push" })[] = [];
  for (const { branch, commit } of due) {
    const by = (await forge.pusherOf(branch, commit)) ?? emailLogin("nobody");
    events.push({ kind: "push", branch, before: last.heads.get(branch) ?? null, commit, by });
  }
  return events;
}

/** Where the branches are that the flow delivers from. */
async function headsOf({ flow, repository }: LostPushesAbout): Promise<ReadonlyMap<string, CommitSha>> {
  const names = (await repository.branches()).filter(
    (name) => name !== recordBranch && (rowsInto(flow, "merge", name).length > 0 || rowsOfPush(flow, name).length > 0),
  );
  const found = new Map<string, CommitSha>();
  for (const name of names.slice(0, mostBranches)) {
    const commit = await repository.resolve(`refs/heads/${name}`);
    if (commit !== undefined) found.set(name, commit);
  }
  return found;
}

interface Look {
  readonly seq: number;
  readonly at: Instant;
  readonly heads: ReadonlyMap<string, CommitSha>;
  readonly noticed: ReadonlyMap<string, z.output<typeof looked>["noticed"][string]>;
}

/** The last look, with what was decided about since; `undefined` where there is none. */
async function lastLook(store: Pick<Store, "ledger">, after: number): Promise<Look | undefined> {
  let found: (Omit<Look, "heads"> & { readonly heads: Map<string, CommitSha> }) | undefined;
  for await (const entry of store.ledger(after)) {
    const look = entry.kind === "branches-looked-at" ? looked.safeParse(entry.body).data : undefined;
    if (look !== undefined)
      found = {
        seq: entry.seq,
        at: entry.at,
        heads: commitsIn(look.heads),
        noticed: new Map(Object.entries(look.noticed)),
      };
    const seen = decidedOf(entry);
    if (seen !== undefined) found?.heads.set(seen.branch, seen.commit);
  }
  return found;
}

function decidedOf({ kind, body }: LedgerEntry): { readonly branch: string; readonly commit: CommitSha } | undefined {
  const event = kind === "decided" ? decided.safeParse(body).data?.event : undefined;
  const commit = parseCommitSha(event?.commit ?? "");
  return event === undefined || commit === undefined ? undefined : { branch: event.branch, commit };
}

function commitsIn(record: z.output<typeof looked>["heads"]): Map<string, CommitSha> {
  const pairs = Object.entries(record).flatMap(([branch, text]) => {
    const commit = parseCommitSha(text);
    return commit === undefined ? [] : [[branch, commit] as const];
  });
  return new Map(pairs);
}

async function tell(store: Pick<Store, "write">, at: Instant, body: z.output<typeof looked>): Promise<void> {
  const written = await store.write({ ledger: [{ at, kind: "branches-looked-at", body }] });
  if (!written.ok) throw new InternalError("an entry of the ledger alone conflicts with nothing");
}
