import { createReadStream } from "node:fs";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { findWorktree } from "../../../adapters/git/index.ts";
import type { Differing } from "../../../adapters/record-branch/index.ts";
import { openSqliteStore } from "../../../adapters/store/index.ts";
import { systemClock } from "../../../adapters/system/index.ts";
import type { Diagnostic } from "../../../domain/diagnostic.ts";
import { type Digest, parseDigest } from "../../../domain/digest.ts";
import { InputError } from "../../../domain/errors.ts";
import {
  checkLedger,
  type LedgerCheck,
  type LedgerEntry,
  ledgerLine,
  parseLedgerLine,
} from "../../../domain/ledger.ts";
import { instantText } from "../../../domain/names.ts";
import { inertLine } from "../../../views/inert.ts";
import { type Context, directoryOf, type Given, type Result } from "../context.ts";
import { prepareHome } from "../home.ts";
import type { Fields } from "../schema.ts";
import { type BranchAbout, checkBranchRecord, readBranchLedger } from "./branch-ledger.ts";

export async function ledgerCommand(context: Context, { operands, options }: Given): Promise<Result> {
  const action = String(operands[0]);
  const file = typeof options.file === "string" ? options.file : undefined;
  const remote = typeof options.branch === "string" ? options.branch : undefined;
  switch (action) {
    case "list":
      return list(await entriesOf(context, { remote }), limitOf(options.limit));
    case "export":
      return exported(await entriesOf(context, { remote }));
    case "verify":
      return verified(await entriesOf(context, { file, remote }), {
        head: headOf(options.head),
        differing: remote === undefined || file !== undefined ? [] : await checkBranchRecord(branchIn(context, remote)),
      });
    default:
      throw new InputError([
        {
          severity: "error",
          code: "unknown-action",
          summary: `The ledger knows no "${action}".`,
          hint: "It is list, verify or export.",
        },
      ]);
  }
}

/** Where a ledger is read from: an export, the record on a branch as it was last fetched, or else the store. */
interface Place {
  readonly file?: string | undefined;
  readonly remote?: string | undefined;
}

function branchIn({ options, env }: Context, remote: string): BranchAbout {
  return { remote, dir: directoryOf(options), env };
}

async function entriesOf(context: Context, { file, remote }: Place): Promise<readonly LedgerEntry[]> {
  if (file !== undefined) return readExport(file, resolve(directoryOf(context.options), file));
  if (remote !== undefined) return readBranchLedger(branchIn(context, remote));
  const worktree = await findWorktree(directoryOf(context.options), context.env as NodeJS.ProcessEnv);
  const store = await openSqliteStore(join(await prepareHome(worktree.mainTop), "store.sqlite"), {
    clock: systemClock,
  });
  try {
    return await Array.fromAsync(store.ledger());
  } finally {
    await store.close();
  }
}

async function readExport(file: string, path: string): Promise<readonly LedgerEntry[]> {
  const entries: LedgerEntry[] = [];
  let line = 0;
  try {
    for await (const text of createInterface({
      input: createReadStream(path, "utf8"),
      crlfDelay: Number.POSITIVE_INFINITY,
    })) {
      line++;
      if (text.trim() === "") continue;
      const entry = parseLedgerLine(text);
      if (entry === undefined)
        throw new InputError([
          {
            severity: "error",
            code: "not-a-ledger",
            summary: "This line is no ledger entry.",
            hint: "Give a file as `plangate ledger export` writes it.",
            file,
            line,
            column: 1,
          },
        ]);
      entries.push(entry);
    }
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw new InputError([
      {
        severity: "error",
        code: "file-unreadable",
        summary: `The file ${file} cannot be read.`,
        hint: "Give a file as `plangate ledger export` writes it.",
        file,
      },
    ]);
  }
  return entries;
}

function limitOf(written: unknown): number {
  const limit = Number(written);
  if (Number.isInteger(limit) && limit >= 1) return limit;
  throw new InputError([
    {
      severity: "error",
      code: "not-a-number",
      summary: `--limit takes a number from 1, not "${String(written)}".`,
      hint: "Leave it out for the newest 50.",
    },
  ]);
}

function headOf(written: unknown): Digest | undefined {
  if (written === undefined) return undefined;
  const head = parseDigest(String(written));
  if (head === undefined)
    throw new InputError([
      {
        severity: "error",
        code: "not-a-digest",
        summary: `"${String(written)}" is no hash: it is written sha256:<64 hex digits>.`,
        hint: "Take it from where the head was witnessed: a deployment, a comment, an earlier `plangate ledger verify`.",
      },
    ]);
  return head;
}

function list(entries: readonly LedgerEntry[], limit: number): Result {
  const shown = entries.slice(-limit);
  return {
    exitCode: 0,
    fields: {
      entries: shown.map((entry) => ({ ...entry, at: instantText(entry.at) })),
      head: entries.at(-1)?.hash ?? null,
    } satisfies Fields<"ledger">,
    text: shown
      .map(
        (entry) =>
          `${String(entry.seq).padStart(5)}  ${instantText(entry.at)}  ${entry.kind.padEnd(16)}  ${inertLine(about(entry))}`,
      )
      .join("\n"),
  };
}

/** The few words of an entry's body that tell entries apart. */
function about({ body }: LedgerEntry): string {
  const words = [body.stack, body.state, body.run, body.why ?? body.reason].filter((word) => typeof word === "string");
  const event = body.event;
  if (words.length === 0 && typeof event === "object" && event !== null && "kind" in event)
    words.push(String(event.kind));
  return words.join("  ");
}

function exported(entries: readonly LedgerEntry[]): Result {
  return {
    exitCode: 0,
    fields: { entries: entries.map((entry) => JSON.parse(ledgerLine(entry))), head: entries.at(-1)?.hash ?? null },
    text: entries.map(ledgerLine).join("\n"),
  };
}

function verified(
  entries: readonly LedgerEntry[],
  { head, differing }: { readonly head: Digest | undefined; readonly differing: readonly Differing[] },
): Result {
  const check: LedgerCheck = checkLedger(entries, head);
  const fields = {
    entries: check.entries,
    head: check.head,
    ...(check.brokenAt === null ? {} : { brokenAt: check.brokenAt }),
    ...(differing.length === 0 ? {} : { differing }),
  } satisfies Fields<"ledger">;
  const whole = check.brokenAt === null;
  if (differing.length > 0 && whole) return { exitCode: 3, diagnostics: differing.map(differs), fields, text: "" };
  if (check.brokenAt === null)
    return {
      exitCode: 0,
      fields,
      text: `The ledger is whole: ${check.entries} ${check.entries === 1 ? "entry" : "entries"}, head ${check.head}.`,
    };
  return {
    exitCode: 3,
    diagnostics: [
      {
        severity: "error",
        code: "ledger-broken",
        summary: `The ledger is broken at entry ${check.brokenAt.seq}: ${check.brokenAt.why}.`,
        hint: "Find out who altered it; compare with the head that a deployment or a comment holds.",
      },
      ...differing.map(differs),
    ],
    fields,
    text: "",
  };
}

function differs({ file, why }: Differing): Diagnostic {
  return {
    severity: "error",
    code: "record-differs",
    summary: `${inertLine(file)} of the record is not what its other files say: ${inertLine(why)}.`,
    hint: "Nothing is applied from it. Find out who pushed to the branch, and put it back to the last commit of plangate's.",
  };
}
