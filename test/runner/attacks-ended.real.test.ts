import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pausing } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { at, infra } from "../github/small-github.ts";
import { rootModule, stateOf } from "./stage-files.ts";
import { patient, whole } from "./story-of-a-repository.ts";
import { openThirdWorld, type Person, type ThirdWorld } from "./third-world.ts";

/** What somebody who may write, or the time, does to an apply that is about to happen or has begun. */

const sweep = "7,22,37,52 * * * *";
const applying = (jobs: readonly string[]) => jobs.filter((job) => /: (?:Apply to |Demo \()/.test(job));

/** Files by which a test and programs of jobs speak to each other. */
interface Marks {
  readonly of: (name: string) => string;
  put(name: string): void;
  has(name: string): boolean;
  /** Waits until it is there. */
  seen(name: string): Promise<void>;
}

function marksIn(dir: string): Marks {
  const of = (name: string) => join(dir, `mark-${name}`);
  const has = (name: string) => existsSync(of(name));
  return {
    of,
    has,
    put: (name) => writeFileSync(of(name), ""),
    async seen(name) {
      while (!has(name)) await pausing(50);
    },
  };
}

/**
 * Terraform as it is; but where `slow` is there an apply is under way for ever. Interrupted, it waits for that to end, and told
 * to leave it writes its state and fails, as Terraform does. And Git as it is, but that a push waits while `hold` is there.
 */
function standIns(programs: string, { of }: Marks, state: string): void {
  const which = (name: string) => execFileSync("which", [name], { encoding: "utf8" }).trim();
  const terraform = `#!/bin/sh
if [ "\${1-}" = apply ]; then echo applied >> "${of("applies")}"; fi
if [ "\${1-}" != apply ] || [ ! -f "${of("slow")}" ]; then exec "${which("terraform")}" "$@"; fi
rm "${of("slow")}"
"${which("terraform")}" "$@" && mv "${state}" "${state}.under-way"
trap 'echo interrupted >> "${of("signals")}"' INT
trap 'echo told to leave >> "${of("signals")}"; mv "${state}.under-way" "${state}"; exit 1' TERM
: > "${of("began")}"
while :; do sleep 0.1; done
`;
  const git = `#!/bin/sh
case " $* " in
  *" push "*)
    if [ -f "${of("hold")}" ]; then
      rm "${of("hold")}"
      : > "${of("pushing")}"
      while [ ! -f "${of("let-go")}" ]; do sleep 0.1; done
    fi ;;
esac
exec "${which("git")}" "$@"
`;
  for (const [name, script] of Object.entries({ terraform, git }))
    writeFileSync(join(programs, name), script, { mode: 0o755 });
}

let world: ThirdWorld;
let marks: Marks;
let people: readonly [ann: Person, bob: Person, eve: Person];
let change = 0;
beforeAll(async () => {
  world = await openThirdWorld({
    preset: "trunk-demo",
    quick: true,
    opened: async ({ dir, programs }) => {
      marks = marksIn(dir);
      standIns(programs, marks, stateOf(join(dir, "states"), "test", "infra"));
    },
  });
  await world.settled();
  people = [world.as("ann"), world.as("bob"), world.as("eve")];
  const [, , eve] = people;
  await (await eve.clone()).pushed("feature/NET-1", {
    from: "main",
    files: { "infra/main.tf": rootModule("infra", "two") },
  });
  change = await eve.opens({ head: "feature/NET-1", base: "main" });
  await world.settled();
}, patient.timeout);
afterAll(() => world?.close());

const applies = () => (marks.has("applies") ? readFileSync(marks.of("applies"), "utf8").split("\n").length - 1 : 0);
const swept = async () => {
  await world.runner.schedule(sweep);
  return world.settled();
};
const eveCan = async () => (await world.stage.as("eve")).rest;

describe("an apply that has begun", patient, () => {
  it("ends in good order when somebody cancels its run: the state is whole, its deployment failed, and nobody repeats it", async () => {
    const [ann, bob] = people;
    await ann.dispatches("prepare-for-demo.yml", { job: "Demo (apply)", ref: "feature/NET-1" });
    await world.settled();
    const run = world.runner.runs.findLast(({ conclusion }) => conclusion === null);
    marks.put("slow");
    expect(await bob.answers("demo-test", "approved")).toBe(1);
    const settling = world.settled();
    await marks.seen("began");
    await (await eveCan()).actions.cancelWorkflowRun({ ...at, run_id: run?.id ?? 0 });
    const [job = ""] = applying(await settling);
    expect(job).toContain("Demo (apply) / apply cancelled");
    expect(readFileSync(marks.of("signals"), "utf8")).toBe("interrupted\ntold to leave\n");
    expect(world.stands("test", "infra")).toBe("two");

    // The job said so itself, or had no time to, and the next one finds that it is gone.
    const shown = await swept();
    expect(shown).toEqual(["plangate.yml schedule: Decide success"]);
    const logs = world.runner.runs.flatMap(({ jobs }) => jobs.map(({ log }) => log)).join("");
    expect(logs).toMatch(/test\/infra: (?:the apply failed, stopped on request|interrupted)/);
    expect(await world.deployments()).toMatchObject({ "demo-test": "failure" });
    expect(applying(await swept())).toEqual([]);
    expect([applies(), await bob.answers("demo-test", "approved")]).toEqual([1, 0]);
    expect(await world.verified()).toMatch(whole);
  });
});

describe("an apply that waits for its people", patient, () => {
  /** Says yes to production, and how the job that this starts ended. */
  const answered = async () => {
    const [ann] = people;
    expect(await ann.answers("prod", "approved")).toBe(1);
    return applying(await world.settled());
  };
  /** What is on GitHub under the record's branch. */
  const record = async () => {
    const { data } = await (await world.stage.as("root")).rest.git.getRef({ ...at, ref: "heads/plangate/record" });
    return data.object.sha;
  };

  it("is planned and asked anew when its bundle expired meanwhile", async () => {
    const [ann, , eve] = people;
    await ann.approves(change);
    expect(await eve.merges(change, "squash")).toBe("merged");
    await world.settled();
    const { github } = world.stage;
    const bundles = github.kept(infra).artifacts.filter(({ name }) => name.startsWith("plangate-bundles-"));
    expect(bundles.length).toBeGreaterThan(0);
    for (const bundle of bundles) bundle.expiresAt = Date.now() - 1;
    expect(await ann.answers("prod", "approved")).toBe(1);
    const jobs = await world.settled();
    expect(applying(jobs)).toHaveLength(1);
    expect(jobs).toContain("plangate.yml workflow_dispatch: Present success");
    expect([applies(), world.stands("prod", "infra")]).toEqual([1, null]);
  });

  it("is refused while something stands on the record that plangate did not write", async () => {
    const clone = await people[2].clone();
    await clone.git("fetch", "--quiet", "origin", "plangate/record");
    await clone.git("checkout", "--quiet", "-B", "record", "FETCH_HEAD", "--no-track");
    const right = await clone.git("rev-parse", "HEAD");
    const state = `${await clone.git("show", "HEAD:state.json")}\n`;
    const altered = state.replaceAll('"waiting"', '"approved"');
    expect(altered).not.toBe(state);
    clone.write({ "state.json": altered });
    await clone.git("commit", "--quiet", "--all", "--message", "Approve it");
    await clone.git("push", "--quiet", "origin", "record:refs/heads/plangate/record");
    expect(await answered()).toEqual([expect.stringMatching(/apply failure(?:.|\n)*record-corrupt/)]);
    expect([applies(), world.stands("prod", "infra")]).toEqual([1, null]);
    const { repos } = (await world.stage.as("root")).rest;
    const { data: rulesets } = await repos.getRepoRulesets(at);
    const enforced = async (enforcement: "active" | "disabled") => {
      for (const { id } of rulesets) await repos.updateRepoRuleset({ ...at, ruleset_id: id, enforcement });
    };
    await enforced("disabled");
    await clone.git("push", "--quiet", "--force", "origin", `${right}:refs/heads/plangate/record`);
    await enforced("active");
    expect(await swept()).toContain("plangate.yml schedule: Decide success");
  });

  it("is applied once though another job moved the record at the moment of its push", async () => {
    const [, , eve] = people;
    await (await eve.clone()).pushed("feature/NET-2", {
      from: "main",
      files: { "infra/main.tf": rootModule("infra", "three") },
    });
    const before = await record();
    marks.put("hold");
    const answering = answered();
    await marks.seen("pushing");
    await eve.opens({ head: "feature/NET-2", base: "main" });
    while ((await record()) === before) await pausing(200);
    marks.put("let-go");
    expect(await answering).toEqual([expect.stringContaining("Apply to prod / apply success")]);
    expect([applies(), world.stands("prod", "infra")]).toEqual([2, "two"]);
    expect(await world.verified()).toMatch(whole);
    rmSync(marks.of("let-go"));
  });
});
