import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type HttpState, startHttpState } from "../../src/testing/http-state.ts";
import { documentOf, type Ran, type Running, run, start } from "./support/command-line.ts";
import { ordinaryRepository, planOf, web } from "./support/made-repositories.ts";
import {
  flowText,
  processesIn,
  quick,
  rootFile,
  rootModule,
  slow,
  type TestRepository,
  until,
} from "./support/repository.ts";

function apply({ top }: TestRepository, digest: string, more: { detached?: boolean } = {}): Running {
  return start(top, ["apply", web, "--plan", digest, "--json"], more);
}

async function runsOf({ top }: TestRepository): Promise<readonly Record<string, unknown>[]> {
  const ran = await run(top, ["runs", "--json"]);
  expect(ran.code).toBe(0);
  return documentOf(ran).runs as readonly Record<string, unknown>[];
}

/** Plans and applies until nothing is left to do, as a person would. */
async function bringToEnd(repository: TestRepository): Promise<void> {
  for (let tries = 0; tries < 4; tries++) {
    const made = await planOf(repository);
    if (made.run.state === "no-changes") return;
    await apply(repository, made.digest).ended;
  }
  throw new Error("there is always something left to apply");
}

async function expectWholeLedger({ top }: TestRepository): Promise<void> {
  expect((await run(top, ["ledger", "verify"])).code).toBe(0);
}

function diagnosticOf(ran: Ran) {
  const [first] = documentOf(ran).diagnostics;
  return { exit: ran.code, ...first };
}

describe("a plangate that is killed while terraform applies", () => {
  it("leaves terraform to end in good order: nobody disturbs it, nothing of what it made is forgotten", async () => {
    const repository = ordinaryRepository(slow);
    const { digest, run: first } = await planOf(repository);
    const applying = apply(repository, digest);
    await repository.untilEffect("began");
    applying.child.kill("SIGKILL");
    await applying.ended;

    expect(await runsOf(repository)).toEqual([
      expect.objectContaining({
        id: first.id,
        state: "applying",
        lost: true,
        next: expect.stringContaining("plangate plan dev/web"),
      }),
    ]);
    const asked = new Date();
    const meanwhile = diagnosticOf(await run(repository.top, ["plan", web, "--json"]));
    expect(meanwhile).toMatchObject({ exit: 1, code: "state-locked" });
    const since = /locked by \S+@\S+ since (\S+) for apply/.exec(meanwhile.summary ?? "")?.[1];
    expect(Math.abs(asked.getTime() - Date.parse(since ?? ""))).toBeLessThan(30_000);
    expect((await runsOf(repository)).at(-1)).toMatchObject({ id: first.id, state: "interrupted" });

    repository.letGo();
    await repository.untilQuiet();
    expect(repository.effects()).toEqual(["began", "applied"]);
    expect((await planOf(repository)).run.state).toBe("no-changes");
    const again = await run(repository.top, ["apply", web, "--plan", digest, "--break-glass", "now", "--json"], {
      stdin: `${web}\n`,
    });
    expect(diagnosticOf(again)).toMatchObject({ exit: 3, code: "plan-spent" });
    expect(repository.effects()).toEqual(["began", "applied"]);
    await expectWholeLedger(repository);
  });
});

describe("two processes on one stack", () => {
  it("that apply two plans: one applies, the other says which run holds the stack", async () => {
    const repository = ordinaryRepository(slow);
    const [first, second] = [await planOf(repository), await planOf(repository)];
    const one = apply(repository, first.digest);
    await repository.untilEffect("began");
    const other = diagnosticOf(await apply(repository, second.digest).ended);
    expect(other).toMatchObject({
      exit: 3,
      code: "stack-leased",
      summary: expect.stringContaining(`${first.run.id} holds dev/web since `),
    });
    const same = diagnosticOf(await apply(repository, first.digest).ended);
    expect(same).toMatchObject({ exit: 3, summary: expect.stringContaining("applying") });
    repository.letGo();
    expect((await one.ended).code).toBe(0);
    expect(repository.effects()).toEqual(["began", "applied"]);
    await expectWholeLedger(repository);
  });

  it("that start in the same moment, on one plan or on two: exactly one applies", async () => {
    const repository = ordinaryRepository();
    const { digest } = await planOf(repository);
    const same = await Promise.all([apply(repository, digest).ended, apply(repository, digest).ended]);
    expectOneWinner(same);
    expect(repository.effects()).toEqual(["applied"]);
    repository.commit({ [rootFile]: rootModule({ value: "two", command: [repository.around, quick] }) });
    const [left, right] = [await planOf(repository), await planOf(repository)];
    expectOneWinner(await Promise.all([apply(repository, left.digest).ended, apply(repository, right.digest).ended]));
    expect(repository.effects()).toEqual(["applied", "applied"]);
    await expectWholeLedger(repository);
  });

  function expectOneWinner(ran: readonly Ran[]): void {
    const told = ran.map(diagnosticOf);
    expect(
      told.filter(({ exit }) => exit === 0),
      JSON.stringify(told),
    ).toHaveLength(1);
    const loser = told.find(({ exit }) => exit !== 0);
    // Which words depends on how far the other was; none of them says that nothing is known.
    expect(loser?.exit, JSON.stringify(loser)).toBe(loser?.code === "store-conflict" ? 1 : 3);
    expect(loser?.summary).toMatch(/run-|state|another process/);
  }
});

describe("Ctrl-C", () => {
  /** To everything the terminal started, and to our process alone. */
  const targets = [
    { name: "of the whole group", group: true },
    { name: "of node alone", group: false },
  ];
  const interrupt = ({ child }: Running, group: boolean) =>
    void process.kill(group ? -(child.pid ?? 0) : (child.pid ?? 0), "SIGINT");

  it.each(targets)("$name while a plan waits for the state: ends it, and nothing is left behind", async ({ group }) => {
    const state: HttpState = await startHttpState();
    const repository = ordinaryRepository();
    repository.commit({
      "plangate.yaml": flowText.replace(
        /backend: \[.*?\]/,
        `backend: ["address=${state.url}/{environment}", "lock_address=${state.url}/{environment}", "unlock_address=${state.url}/{environment}"]`,
      ),
      [rootFile]: rootModule({}).replace('backend "local"', 'backend "http"'),
    });
    state.lock("/dev", { id: "held", who: "bob@laptop" });
    try {
      const planning = start(repository.top, ["plan", web, "--json"], {
        detached: true,
        env: { PLANGATE_LOCK_TIMEOUT: "5m" },
      });
      await until("terraform plan", () => processesIn(join(repository.top, ".plangate", "work")).length > 0);
      await until("waiting", () => /planning/.test(planning.told()));
      await new Promise((resolve) => setTimeout(resolve, 500));
      interrupt(planning, group);
      const ended = await planning.ended;
      expect(diagnosticOf(ended), ended.stderr).toMatchObject({
        exit: 1,
        code: "cancelled",
        summary: expect.stringMatching(/^Stopped on request: /),
      });
      await repository.untilQuiet();
      expect(state.lockedBy("/dev")).toBe("held");
      expect((await runsOf(repository))[0]).toMatchObject({ state: "failed", lost: false });
    } finally {
      await state.close();
    }
  });

  it.each(targets)(
    "$name while terraform applies: it ends gracefully, and its outcome is recorded",
    async ({ group }) => {
      const repository = ordinaryRepository(slow);
      const made = await planOf(repository);
      const applying = apply(repository, made.digest, { detached: true });
      await repository.untilEffect("began");
      interrupt(applying, group);
      const ended = await applying.ended;
      expect(diagnosticOf(ended), ended.stderr).toMatchObject({
        exit: 1,
        code: "cancelled",
        summary: expect.stringContaining("stopped on request"),
        hint: expect.stringContaining("plangate plan dev/web"),
      });
      await repository.untilQuiet();
      expect(repository.effects()).toEqual(["began"]);
      expect((await runsOf(repository))[0]).toMatchObject({ id: made.run.id, state: "failed", lost: false });
      repository.letGo();
      await bringToEnd(repository);
      expect(repository.effects()).toEqual(["began", "began", "applied"]);
      await expectWholeLedger(repository);
    },
  );

  /** Some of the moments at which an apply may be met; each is told on standard error, or is so long after the start. */
  const moments = [120, 280, 380, 460, 600];
  it.each(moments)(
    "%i ms after an apply began: no child is left, nothing is applied twice, and one can go on",
    async (after) => {
      const repository = ordinaryRepository();
      const { digest, run: made } = await planOf(repository);
      const applying = apply(repository, digest, { detached: true });
      await new Promise((resolve) => setTimeout(resolve, after));
      if (applying.child.exitCode === null) interrupt(applying, after % 40 === 0);
      const ended = await applying.ended;
      await repository.untilQuiet();
      // Before the program runs at all, nothing of it can answer.
      expect(ended.signal === "SIGINT" || ended.code === 0 || ended.code === 1, ended.stderr).toBe(true);
      if (ended.code === 1)
        expect(diagnosticOf(ended)).toMatchObject({
          code: "cancelled",
          hint: expect.stringMatching(/plangate (apply|plan|verify) dev\/web/),
        });
      const [found] = await runsOf(repository);
      expect(found).toMatchObject({
        id: made.id,
        state: expect.stringMatching(/^(waiting|failed|applied|verifying|verified)$/),
      });
      await bringToEnd(repository);
      expect(repository.effects()).toEqual(["applied"]);
      await expectWholeLedger(repository);
    },
  );

  it("at the question for the stack's name: nothing is applied", async () => {
    const repository = ordinaryRepository();
    const ran = await run(repository.top, ["plan", "prod/web", "--json"]);
    const { digest } = documentOf(ran).bundle as { digest: string };
    const asking = start(repository.top, ["apply", "prod/web", "--plan", digest, "--break-glass", "now", "--json"], {
      stdin: null,
    });
    await until("the question", () => asking.told().includes("Type the stack's name"));
    interrupt(asking, false);
    expect(diagnosticOf(await asking.ended)).toMatchObject({ exit: 1, code: "cancelled" });
    expect(repository.effects()).toEqual([]);
  });
});
