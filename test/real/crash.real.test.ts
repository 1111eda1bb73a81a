import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { bundledProgram } from "../bundled.ts";
import { documentOf, run } from "./support/command-line.ts";
import type { Applied, Survived, Task } from "./support/delivery-process.ts";
import { ordinaryRepository } from "./support/made-repositories.ts";
import type { TestRepository } from "./support/repository.ts";

const program = await bundledProgram("test/real/support/delivery-process.ts");
/** Runs a task in a process of its own; says by what it ended. */
async function child<T>(
  { top, around, git }: TestRepository,
  what: Task["do"],
): Promise<{ ended: string; answer: T; said: string }> {
  const task: Task = { top, commit: git("rev-parse", "HEAD").trim(), stack: "dev/web", do: what };
  const started = spawn(process.execPath, [program, JSON.stringify(task)], { stdio: ["ignore", "ignore", "pipe"] });
  let said = "";
  started.stderr.setEncoding("utf8").on("data", (text: string) => {
    said += text;
  });
  const ended = await new Promise<string>((resolve) => {
    started.once("close", (code, signal) => resolve(signal ?? `exit ${code}`));
  });
  const file = join(around, `${what.kind}.json`);
  if (!existsSync(file)) throw new Error(`${ended} before it began: ${said}`);
  return { ended, answer: JSON.parse(readFileSync(file, "utf8")) as T, said };
}

const untouched = ordinaryRepository();
const undisturbed = await child<Applied>(untouched, { kind: "apply", askedBy: "person", kill: null });
const steps = undisturbed.answer.writes;

describe("an apply that nobody disturbs", () => {
  it("records every step, of which each is a place to be killed at", () => {
    expect(undisturbed.ended, undisturbed.said).toBe("exit 0");
    expect(untouched.effects()).toEqual(["applied"]);
    expect(new Set(steps).size, "a step is told by its name").toBe(steps.length);
    const recorded = steps.flatMap((step) => step.split(", "));
    expect(recorded).toEqual(
      expect.arrayContaining([
        "decided local-apply",
        "run-advanced approved",
        "lease-taken",
        "decided apply-ready",
        "run-advanced applying",
        "apply-started",
        "apply-spawned",
        "run-advanced applied",
        "apply-ended",
        "run-advanced verifying",
        "run-advanced verified",
        "verified",
        "lease-ended",
      ]),
    );
  });
});

const kills = steps.flatMap((step) => (["before", "after"] as const).map((when) => ({ step, when })));

describe("an apply that a person asked for, whose process is killed", () => {
  it.concurrent.each(kills)("$when it records: $step", async (kill) => {
    const repository = ordinaryRepository();
    const killed = await child<Applied>(repository, { kind: "apply", askedBy: "person", kill });
    expect(killed.ended, killed.said).toBe("SIGKILL");

    const entries = await ledgerOf(repository);
    const hasStarted = entries.includes("apply-started");
    const hasEnded = entries.includes("apply-ended");
    const shown = documentOf(await run(repository.top, ["runs", "--json"]));
    expect(shown.ok).toBe(true);
    expect(shown.runs).toEqual([expect.objectContaining({ id: killed.answer.run, ...expectedBefore(entries) })]);

    const { ended, answer, said } = await child<Survived>(repository, { kind: "survive" });
    expect(ended, said).toBe("exit 0");
    expect(answer).toMatchObject({ leases: 0, brokenAt: null });
    if (hasStarted && !hasEnded) expect(answer).toMatchObject({ recovered: "interrupted", tried: "interrupted" });
    else expect(answer).toMatchObject({ recovered: hasStarted ? "verified" : "waiting", tried: "verified" });
    expect(answer.after.at(-1)).toBe("no-changes");
    await repository.untilQuiet();
    expect(repository.effects()).toEqual(["applied"]);
  });

  async function ledgerOf({ top }: TestRepository): Promise<readonly string[]> {
    const { entries } = documentOf(await run(top, ["ledger", "list", "--json"]));
    return (entries as readonly { kind: string }[]).map((entry) => entry.kind);
  }

  /** What `plangate runs` says before anybody recovered anything. */
  function expectedBefore(entries: readonly string[]): object {
    if (!entries.includes("lease-taken"))
      return { state: "waiting", lost: false, next: expect.stringContaining("apply") };
    if (entries.includes("verified")) return { state: "verified", lost: false, next: null };
    const next = entries.includes("apply-ended")
      ? expect.stringContaining("plangate verify dev/web")
      : expect.stringContaining(entries.includes("apply-started") ? "plangate plan dev/web" : "plangate apply dev/web");
    return { lost: true, next };
  }
});

describe("an apply that the flow asked for, whose process is killed before anything was started", () => {
  it.concurrent.each([
    { when: "before", step: "run-advanced approved, lease-taken", recovered: "planned" },
    { when: "after", step: "run-advanced approved, lease-taken", recovered: "verified" },
    { when: "after", step: "decided apply-ready", recovered: "verified" },
    { when: "before", step: "run-advanced applying, apply-started", recovered: "verified" },
  ] as const)(
    "is begun once more, under a lease of its own: $when it records: $step",
    async ({ recovered, ...kill }) => {
      const repository = ordinaryRepository();
      const killed = await child<Applied>(repository, { kind: "apply", askedBy: "flow", kill });
      expect(killed.ended, killed.said).toBe("SIGKILL");

      const { ended, answer, said } = await child<Survived>(repository, { kind: "survive" });
      expect(ended, said).toBe("exit 0");
      expect(answer).toMatchObject({ leases: 0, brokenAt: null, recovered, tried: "verified", after: ["no-changes"] });
      expect(repository.effects()).toEqual(["applied"]);
    },
  );
});
