/**
 * Plans that one job made and another one takes up: sealed parts in a folder of their own, with a claim beside them of what
 * they are. Whoever reads them believes nothing of it.
 */
import { constants } from "node:fs";
import { lstat, mkdir, open, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { PlanOutcome, SealedPlan } from "../../delivery/ports.ts";
import { digestOf } from "../../domain/digest.ts";
import { DeliveryError } from "../../domain/errors.ts";

/** A plan without the run that it is for: the job that made it knows of none. */
export type HandedPlan = Omit<SealedPlan, "run">;

/** Larger than any plan of a real stack; a folder of another job may hold anything. */
const mostBytes = 512 * 1024 * 1024;
const mostParts = 2_000;
const mostClaimBytes = 1024 * 1024;

interface Claim {
  readonly outcome: PlanOutcome;
  /** Names of the parts, in the order of their files. */
  readonly parts: readonly string[];
}

/** Writes a plan into a folder under `dir`, called after its key. */
export async function writeHandedPlan(dir: string, key: string, { outcome, parts }: HandedPlan): Promise<void> {
  const folder = join(dir, key);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const names = Object.keys(parts);
  for (const [index, name] of names.entries())
    await writeFile(partFile(folder, index), parts[name] ?? new Uint8Array());
  const claim: Claim = { outcome: outcomeHanded(outcome), parts: names };
  await writeFile(claimFile(folder), JSON.stringify(claim));
}

/** Of a failure what people read at the change: all that the tool said stays with the job that heard it. */
function outcomeHanded(outcome: PlanOutcome): PlanOutcome {
  if (outcome.kind !== "failed") return outcome;
  const { kind, summary, stateLock } = outcome;
  return { kind, summary, stateLock };
}

/**
 * The plan of a key in one of some folders; `undefined` when none has it. Two that differ are none: whoever handed over
 * both cannot be asked which one is meant.
 */
export async function readHandedPlan(dirs: readonly string[], key: string): Promise<HandedPlan | undefined> {
  if (!/^[0-9a-f]{64}$/.test(key)) return undefined;
  const found: HandedPlan[] = [];
  for (const dir of dirs) {
    const folder = join(dir, key);
    const about = await lstat(folder).catch(() => undefined);
    if (about?.isDirectory() === true) found.push(await readFolder(folder));
  }
  const [first, ...others] = found;
  if (first === undefined) return undefined;
  if (others.some((other) => fingerprint(other) !== fingerprint(first)))
    throw unusable("there are several that differ");
  return first;
}

async function readFolder(folder: string): Promise<HandedPlan> {
  const claim = parseClaim(await bounded(claimFile(folder), mostClaimBytes));
  if (claim === undefined) throw unusable("what it says of itself cannot be read");
  let left = mostBytes;
  const parts: [name: string, content: Uint8Array][] = [];
  for (const [index, name] of claim.parts.entries()) {
    const part = await bounded(partFile(folder, index), left);
    left -= part.byteLength;
    parts.push([name, part]);
  }
  // Not one by one: a part called `__proto__` would become the parts' own prototype.
  return { outcome: claim.outcome, parts: Object.fromEntries(parts) };
}

/** Reads a plain file and nothing else: a link would lead out of the folder, a pipe would never end. */
async function bounded(path: string, most: number): Promise<Uint8Array> {
  const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants;
  const file = await open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK).catch(() => undefined);
  if (file === undefined) throw unusable("a part of it is missing");
  try {
    const about = await file.stat();
    if (!about.isFile()) throw unusable("a part of it is no file");
    if (about.size > most) throw unusable("it is larger than any plan");
    return await file.readFile();
  } finally {
    await file.close();
  }
}

function parseClaim(bytes: Uint8Array): Claim | undefined {
  let written: unknown;
  try {
    written = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    return undefined;
  }
  if (typeof written !== "object" || written === null) return undefined;
  const { outcome, parts } = written as { readonly outcome?: unknown; readonly parts?: unknown };
  if (!Array.isArray(parts) || parts.length > mostParts || new Set(parts).size !== parts.length) return undefined;
  if (!parts.every((name) => typeof name === "string" && name.isWellFormed())) return undefined;
  const told = parseOutcome(outcome);
  return told === undefined ? undefined : { outcome: told, parts: parts as readonly string[] };
}

function parseOutcome(written: unknown): PlanOutcome | undefined {
  if (typeof written !== "object" || written === null) return undefined;
  const { kind, summary, stateLock } = written as Readonly<Record<string, unknown>>;
  if (kind === "changes" || kind === "no-changes") return { kind };
  if (kind !== "failed" || typeof summary !== "string") return undefined;
  return { kind, summary: summary.slice(0, 20_000), stateLock: parseLock(stateLock) };
}

function parseLock(written: unknown): (PlanOutcome & { kind: "failed" })["stateLock"] {
  if (typeof written !== "object" || written === null) return null;
  const given = written as Readonly<Record<string, unknown>>;
  const text = (value: unknown) => (typeof value === "string" ? value.slice(0, 1_000) : null);
  return { id: text(given.id), who: text(given.who), operation: text(given.operation), since: text(given.since) };
}

/** Sealing the same twice gives other bytes, so two plans that were really made are never the same. */
function fingerprint({ outcome, parts }: HandedPlan): string {
  return JSON.stringify([outcome, Object.entries(parts).map(([name, content]) => [name, digestOf(content)])]);
}

function claimFile(folder: string): string {
  return join(folder, "claim.json");
}

function partFile(folder: string, index: number): string {
  return join(folder, `part-${index}`);
}

function unusable(why: string): DeliveryError {
  return new DeliveryError({
    code: "handed-plan-unusable",
    message: `taking up a plan that another job handed over: ${why}`,
    reaction: "stop",
    hint: "Ask for a new plan with `/plangate plan`, and look at who changed the workflow that plans.",
  });
}
