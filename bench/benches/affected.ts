import { execFileSync } from "node:child_process";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { branches, makeLargeRepository } from "../affected/make.ts";
import type { Bench, Context, Row } from "../bench.ts";
import { compareProcesses, type Program } from "../measure.ts";

export const bench: Bench = {
  name: "affected",
  about:
    "Which stacks a change touches, in a repository of 10,000 root modules with 8 files each and 50 local modules, whole command. Bare is `git diff --name-only`, which knows no stacks, or a scan that reads every file on disk and knows module sources only.",
  run: async (context) => {
    const stacks = context.quick ? 1_000 : 10_000;
    const dir = join(context.folder, "repository");
    makeLargeRepository(dir, stacks);
    return [
      await coldRow(context, dir, stacks),
      ...(await keptRows(context, dir, stacks)),
      await followedRow(context, dir, stacks),
      await againstGit(context, dir, stacks),
    ];
  },
};

const affected = (context: Context, dir: string, head: string, base = "main"): Program => ({
  argv: [process.execPath, context.needsBuild(), "affected", base, head, "--json"],
  cwd: dir,
});

const naive = ({ root }: Context, dir: string, head: string, base = "main"): Program => ({
  argv: [process.execPath, join(root, "bench/affected/naive.ts"), base, head],
  cwd: dir,
});

/** Nothing kept: the cache is thrown away before each run, within the time that is measured. */
async function coldRow(context: Context, dir: string, stacks: number): Promise<Row> {
  const ours = affected(context, dir, "module");
  const cold: Program = { ...ours, argv: ["sh", "-c", 'rm -rf .plangate/cache; exec "$@"', "sh", ...ours.argv] };
  const compared = await compareProcesses({ ours: cold, bare: naive(context, dir, "module") }, context.runs(7));
  const work = `a module's change, ${stacks.toLocaleString("en")} stacks, nothing kept; bare: the scan`;
  return { work, ...compared, aim: "at most 1.2 s", holds: compared.measured.wallMs.median <= 1_200 };
}

async function keptRows(context: Context, dir: string, stacks: number): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (const branch of Object.keys(branches)) {
    const document = JSON.parse(
      execFileSync(process.execPath, [context.needsBuild(), "affected", "main", branch, "--json"], {
        cwd: dir,
        encoding: "utf8",
      }),
    ) as { readonly stacks: readonly unknown[] };
    const compared = await compareProcesses(
      { ours: affected(context, dir, branch), bare: naive(context, dir, branch) },
      context.runs(9),
    );
    const work = `${branch.replaceAll("-", " ")} (${document.stacks.length} of ${stacks.toLocaleString("en")}), main's index kept; bare: the scan`;
    rows.push({ work, ...compared, aim: "at most 0.2 s", holds: compared.measured.wallMs.median <= 200 });
  }
  return rows;
}

/** What is kept of the base itself is thrown away before each run, as if the base had just moved. */
async function followedRow(context: Context, dir: string, stacks: number): Promise<Row> {
  const tree = execFileSync("git", ["rev-parse", "later^{tree}"], { cwd: dir, encoding: "utf8" }).trim();
  const ours = affected(context, dir, "latest", "later");
  const argv: Program["argv"] = ["sh", "-c", `rm -f .plangate/cache/affected/*-${tree}; exec "$@"`, "sh", ...ours.argv];
  const bare = naive(context, dir, "latest", "later");
  const compared = await compareProcesses({ ours: { ...ours, argv }, bare }, context.runs(9));
  const work = `one stack of ${stacks.toLocaleString("en")}, index kept of a commit before the base; bare: the scan`;
  return { work, ...compared, aim: "at most 0.3 s", holds: compared.measured.wallMs.median <= 300 };
}

async function againstGit(context: Context, dir: string, stacks: number): Promise<Row> {
  const bare: Program = { argv: ["git", "diff", "--name-only", "main...one-stack"], cwd: dir };
  const compared = await compareProcesses({ ours: affected(context, dir, "one-stack"), bare }, context.runs(9));
  rmSync(dir, { recursive: true });
  const work = `one stack of ${stacks.toLocaleString("en")}, main's index kept; bare: git diff --name-only`;
  return { work, ...compared, aim: "at most 0.2 s", holds: compared.measured.wallMs.median <= 200 };
}
