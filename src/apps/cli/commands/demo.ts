import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { DeliveryError, InputError } from "../../../domain/errors.ts";
import { checkLedger } from "../../../domain/ledger.ts";
import { type Context, directoryOf, type Given, type Result } from "../context.ts";
import { acts, NotAsTold } from "../demo/acts.ts";
import { openDemoStage } from "../demo/stage.ts";
import { prepareHome } from "../home.ts";
import type { Fields } from "../schema.ts";

interface ToldStep {
  readonly title: string;
  readonly seconds: number;
  readonly outcome: string;
}

/** Plays the life of a change in a folder of its own, with the real tool, and says at each step what happens and why. */
export async function demoCommand(context: Context, { options }: Given): Promise<Result> {
  const dir = await folderFor(context, options.dir);
  const keep = options.keep === true;
  try {
    return await play(context, dir, keep);
  } finally {
    if (!keep) await rm(dir, { recursive: true, force: true, maxRetries: 3 });
  }
}

async function folderFor(context: Context, asked: unknown): Promise<string> {
  if (typeof asked !== "string") return mkdtemp(join(tmpdir(), "plangate-demo-"));
  const dir = resolve(directoryOf(context.options), asked);
  const there = await readdir(dir).catch(() => []);
  if (there.length > 0)
    throw new InputError([
      {
        severity: "error",
        code: "folder-not-empty",
        summary: `The folder ${asked} is not empty.`,
        hint: "Give a folder that is empty or does not exist yet.",
      },
    ]);
  await mkdir(dir, { recursive: true });
  return dir;
}

async function play(context: Context, dir: string, keep: boolean): Promise<Result> {
  await prepareHome(dir);
  const stage = await openDemoStage(dir, context.env);
  const steps: ToldStep[] = [];
  try {
    for (const [index, act] of acts.entries()) {
      if (context.signal.aborted)
        throw new DeliveryError({ code: "cancelled", message: "the demo was stopped", reaction: "stop" });
      context.progress(`\n${index + 1}. ${act.title}`);
      const from = performance.now();
      const { outcome, seen } = await act.play(stage);
      const seconds = Math.round(performance.now() - from) / 1000;
      steps.push({ title: act.title, seconds, outcome });
      if (seen !== undefined && seen !== "") context.progress(excerpt(seen));
      context.progress(`   → ${outcome} (${seconds.toFixed(1)} s)`);
    }
    const check = checkLedger(await Array.fromAsync(stage.world.delivery.store.ledger()));
    const ledger = { entries: check.entries, head: check.head, verified: check.brokenAt === null };
    return {
      exitCode: 0,
      fields: { dir: keep ? dir : null, steps, ledger } satisfies Fields<"demo">,
      text: closing(dir, keep, steps),
    };
  } catch (error) {
    if (!(error instanceof NotAsTold)) throw error;
    const diagnostic = {
      severity: "error",
      code: "demo-failed",
      summary: `The demo did not go as told: ${error.message}`,
    } as const;
    return { exitCode: 1, diagnostics: [diagnostic], fields: { dir: keep ? dir : null, steps }, text: "" };
  } finally {
    await stage.world.close();
    if (keep) await checkOutMain(dir);
  }
}

function closing(dir: string, keep: boolean, steps: readonly ToldStep[]): string {
  const seconds = steps.reduce((sum, step) => sum + step.seconds, 0).toFixed(1);
  const told = `${steps.length} steps in ${seconds} s, all as told.`;
  if (!keep) return `${told} Run it with --keep --dir DIR to look at everything with the other commands.`;
  return `${told}\nEverything is in ${dir}. Try:\n  plangate -C ${dir} runs\n  plangate -C ${dir} ledger verify\n  plangate -C ${dir} plan test/app`;
}

/** As much as fits beside the telling; the whole is on the forge, in the run's log, in the store. */
function excerpt(seen: string): string {
  const lines = seen.split("\n");
  const shown =
    lines.length <= mostLines
      ? lines
      : [...lines.slice(0, mostLines - 1), `… ${lines.length - mostLines + 1} more lines`];
  return shown.map((line) => `   │ ${line}`.trimEnd()).join("\n");
}

const mostLines = 24;

/** Makes the folder a checkout of the demo's main branch, so that the other commands work in it. */
async function checkOutMain(dir: string): Promise<void> {
  const git = (...args: readonly string[]) => promisify(execFile)("git", ["-C", dir, ...args]);
  await git("init", "--quiet", "--initial-branch=main");
  await git("remote", "add", "origin", join(dir, ".plangate", "demo", "forge", "acme", "infra.git"));
  await git("fetch", "--quiet", "origin");
  await git("reset", "--quiet", "--hard", "origin/main");
}
