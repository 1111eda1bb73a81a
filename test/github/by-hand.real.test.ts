import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { root } from "../../scripts/parts.ts";

const program = join(root, "scripts/github/main.ts");
let dir: string;
let running: ChildProcess | undefined;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "by hand-"));
});
afterEach(() => {
  running?.kill("SIGKILL");
  rmSync(dir, { recursive: true, force: true });
});

/** Starts it, and gives the file that makes a shell root's. */
async function start(): Promise<{ readonly shell: string; readonly ended: Promise<number | null> }> {
  const child = spawn(process.execPath, [program, "--plan", "team"], { stdio: ["ignore", "pipe", "inherit"] });
  running = child;
  const ended = new Promise<number | null>((end) => child.once("close", end));
  let told = "";
  for await (const chunk of child.stdout) {
    told += String(chunk);
    if (told.includes("Ctrl-C")) break;
  }
  const [, shell = ""] = /\. (\S+\/root) /.exec(told) ?? [];
  return { shell, ended };
}

function typed(shell: string, line: string) {
  const script = `. '${shell}'\n${line}`;
  const { status, stdout, stderr } = spawnSync("sh", ["-c", script], { cwd: dir, encoding: "utf8", timeout: 60_000 });
  return { status, said: `${stdout}${stderr}` };
}

it("gives people a shell each in which git, gh and plangate work, and leaves nothing behind", async () => {
  const { shell, ended } = await start();
  const all = typed(
    shell,
    `set -e
    git clone -q "$INFRA" infra; cd infra; test "$(gh auth token)" = "$GITHUB_TOKEN"
    echo hello > README.md; git add .; git commit -qm "Hello"; git push -q origin HEAD:main
    git switch -qc change; echo more >> README.md; git commit -qam "More"; git push -q origin change
    gh variable set GREETING --body hello; gh issue create --title "Why"; gh pr create --title "More" --body "Closes #1"
    plangate --version; gh wait; gh pr view 2; gh api repos/acme/infra/actions/variables`,
  );
  expect(all).toMatchObject({ status: 0, said: expect.stringContaining("root: change → main, open") });
  expect(all.said).toContain('"GREETING"');
  expect(typed(shell, "gh pr review 2 --approve")).toMatchObject({
    status: 1,
    said: expect.stringContaining("Can not approve your own pull request"),
  });
  expect(typed(shell, "gh pr merge 2 --quickly")).toMatchObject({
    status: 2,
    said: expect.stringContaining("gh pr merge NUMBER --squash|--merge|--rebase"),
  });
  expect(typed(shell, "gh secret set KEY --env nowhere --body x")).toMatchObject({ status: 1 });
  running?.kill("SIGINT");
  expect(await ended).toBe(0);
  expect(existsSync(dirname(shell))).toBe(false);
});

it("says what is wrong with what is typed, and where nothing runs", () => {
  const run = (...words: readonly string[]) => {
    const env = { ...process.env, PLANGATE_GITHUB: dir, GH_TOKEN: "x" };
    const { status, stderr } = spawnSync(process.execPath, [program, ...words], { env, encoding: "utf8" });
    return { status, stderr };
  };
  expect(run("--plan", "gold")).toEqual({
    status: 2,
    stderr: '"gold" is no plan of GitHub here: it is one of free, team, enterprise.\n',
  });
  expect(run("--nothing")).toMatchObject({ status: 2, stderr: expect.stringContaining("as PERSON WORDS") });
  expect(run("gh", "run", "list")).toMatchObject({ status: 2, stderr: expect.stringContaining("npm run github") });
});
