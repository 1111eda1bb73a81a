import { chmodSync, cpSync, existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openWriter } from "../../src/adapters/git/index.ts";
import type { CommitSha, RunId, StackName } from "../../src/domain/names.ts";
import type { Run } from "../../src/domain/run.ts";
import { type Forge, openForge } from "../../src/worlds/real/forge/index.ts";
import { must } from "../../src/worlds/real/forge/small-forge.ts";
import { openRealWorld, type RealStage } from "../../src/worlds/real/index.ts";
import { bot, repository } from "../../src/worlds/real/story-forge.ts";
import type { WorldStep } from "../../src/worlds/step.ts";
import { sceneOf } from "../../src/worlds/stories/index.ts";
import { readStory, storiesOf } from "../scenarios/stories.ts";
import { type Hooks, openWorkflows, type RanJob } from "./support/ci-workflows.ts";
import { withWorldFolder } from "./support/world-folder.ts";

const stack = "test/app" as StackName;

interface Stage {
  readonly world: RealStage;
  readonly workflows: ReturnType<typeof openWorkflows>;
  readonly dir: string;
  /** Plays steps of the story of a good life up to one of this kind, that one too. */
  upTo(kind: WorldStep["kind"]): Promise<void>;
  newest(): Promise<Run>;
  /** Something happens on the forge that starts no workflow, as with what a workflow does by its own token. */
  unheard(work: (forge: Forge) => Promise<unknown>): Promise<void>;
}

/** The good life of a change, in which somebody hostile gets in between. */
async function withStage(hooks: Hooks | ((dir: string) => Hooks), use: (stage: Stage) => Promise<void>): Promise<void> {
  const file = storiesOf("trunk-stored-plan").find(({ name }) => name === "good-life");
  if (file === undefined) throw new Error("the story is gone");
  const { story, flow } = readStory(file);
  const scene = sceneOf(flow, story);
  const steps = story.steps.flatMap((step): readonly WorldStep[] => (step.kind === "expect" ? [] : [step]));
  await withWorldFolder(async (dir) => {
    const opened: ReturnType<typeof openWorkflows>[] = [];
    const forges: (() => Forge)[] = [];
    const world = await openRealWorld({
      dir,
      scene,
      env: process.env,
      host: async (about) => {
        const given = typeof hooks === "function" ? hooks(dir) : hooks;
        forges.push(() => openForge({ dir: about.forgeDir, clock: about.common.clock }));
        opened.push(openWorkflows(about, { ...scene, flow: about.common.flow }, given));
        return opened[0] as ReturnType<typeof openWorkflows>;
      },
    });
    const [workflows] = opened;
    if (workflows === undefined) throw new Error("no workflows were opened");
    const newest = async () => {
      const [run] = await world.delivery.store.runs({ stack, limit: 1 });
      if (run === undefined) throw new Error("there is no run");
      return run;
    };
    const upTo = async (kind: WorldStep["kind"]) => {
      const count = steps.findIndex((step) => step.kind === kind) + 1;
      for (const step of steps.splice(0, count)) await world.perform(step);
    };
    const unheard: Stage["unheard"] = async (work) => {
      await world.forge.save();
      const other = forges[0]?.();
      if (other === undefined) throw new Error("no forge was opened");
      await work(other);
      await other.save();
      Object.assign(world.forge.state, other.state);
      other.close();
    };
    try {
      await use({ world, workflows, dir, upTo, newest, unheard });
    } finally {
      await world.close();
    }
  });
}

/** The folders of plans in an artifact of a plan job. */
const plansIn = (dir: string) => (existsSync(dir) ? readdirSync(dir).map((name) => join(dir, name)) : []);

describe("what a plan job hands over", () => {
  const refused = async (uploaded: NonNullable<Hooks["uploaded"]>, why: RegExp) =>
    withStage({ uploaded }, async ({ upTo, newest }) => {
      await upTo("open");
      const run = await newest();
      expect(["failed", "refused"]).toContain(run.state);
      expect(run.why).toMatch(why);
      expect(run.plan).toBeNull();
    });

  it("is refused when it is the plan of another stack", async () => {
    const others: string[] = [];
    await refused((name, dir) => {
      if (name.startsWith("plangate-plan-ephemeral")) others.push(...plansIn(dir));
      const [other] = others;
      if (!name.startsWith("plangate-plan-test") || other === undefined) return;
      for (const plan of plansIn(dir)) cpSync(other, plan, { recursive: true, force: true });
    }, /writes to another backend than the flow names/);
  });

  it("is refused when there are two that differ", async () => {
    await refused((name, dir) => {
      if (!name.startsWith("plangate-plan-test")) return;
      const twin = `${dir}-twin`;
      cpSync(dir, twin, { recursive: true });
      for (const plan of plansIn(twin)) writeFileSync(join(plan, "part-0"), "something else");
    }, /several that differ/);
  });

  it("is refused when somebody altered what was closed", async () => {
    await refused((name, dir) => {
      if (!name.startsWith("plangate-plan-test")) return;
      for (const plan of plansIn(dir)) {
        const sealed = readFileSync(join(plan, "part-0"));
        sealed[sealed.length - 1] = (sealed.at(-1) ?? 0) ^ 1;
        writeFileSync(join(plan, "part-0"), sealed);
      }
    }, /altered/);
  });

  it("is refused when what it says of itself cannot be read", async () => {
    await refused((name, dir) => {
      if (!name.startsWith("plangate-plan-test")) return;
      for (const plan of plansIn(dir)) writeFileSync(join(plan, "claim.json"), "{");
    }, /cannot be read/);
  });
});

describe("a job that is started by somebody else", () => {
  it("takes up nothing of a run that is not there, or of a fork, nor anything off the default branch", async () => {
    await withStage({}, async ({ workflows, upTo, newest }) => {
      await upTo("open");
      const before = await newest();
      const head = "c".repeat(40) as CommitSha;
      const decide = (inputs: object, ref = "refs/heads/main") =>
        workflows.job("decide", {
          run: workflows.newRun({
            workflow: ".github/workflows/plangate.yml",
            head,
          }),
          kind: "present",
          event: "workflow_dispatch",
          ref,
          body: { workflow: ".github/workflows/plangate.yml", ref, inputs, sender: { login: "eve" } },
        });
      expect(await decide({ event: "pull-request 1", run: "999" })).toMatchObject({
        code: 1,
        stderr: expect.stringContaining("this repository has no run 999"),
      });
      const fork = workflows.newRun({ workflow: ".github/workflows/plangate-change.yml", head });
      workflows.seen(fork, { fromHere: false });
      expect(await decide({ event: "pull-request 1", run: String(fork) })).toMatchObject({
        code: 1,
        stderr: expect.stringContaining("is one of a fork"),
      });
      expect(await decide({ event: "apply run-1", run: String(fork) })).toMatchObject({
        code: 1,
        stderr: expect.stringContaining("nothing that plangate hands over"),
      });
      const elsewhere = await decide({ event: "", run: "" }, "refs/heads/feature/queue");
      expect(elsewhere).toMatchObject({ code: 1, stderr: expect.stringContaining("only the default branch main") });
      expect(elsewhere.outputs).toEqual({});
      expect(await newest()).toEqual(before);
    });
  });

  it("applies nothing that was not approved, that is no run of the stack, or that belongs elsewhere", async () => {
    await withStage({}, async ({ workflows, upTo, newest }) => {
      await upTo("open");
      const before = await newest();
      const apply = (orders: unknown, environment = "test") =>
        workflows.job("apply", {
          run: 900,
          kind: "apply",
          event: "workflow_dispatch",
          ref: "refs/heads/main",
          env: {
            PLANGATE_ENVIRONMENT: environment,
            PLANGATE_KEPT: "kept",
            PLANGATE_ORDERS: typeof orders === "string" ? orders : JSON.stringify(orders),
          },
        });
      const order = { run: before.id, stack };
      const notYet = await apply([order]);
      expect(notYet.code).toBe(3);
      expect(notYet.stdout).toMatch(/test\/app: (?:not yet|planned)/);
      expect(await apply([order], "prod")).toMatchObject({
        code: 1,
        stderr: expect.stringContaining("no stack of prod"),
      });
      const others = { run: before.id, stack: "test/network" };
      expect(await apply([others])).toMatchObject({ code: 1, stderr: expect.stringContaining("is no run of") });
      const unknown = { run: "run-0mhx3k2p0a1b2c3d4" as RunId, stack };
      expect(await apply([unknown])).toMatchObject({ code: 1, stderr: expect.stringContaining("is no run of") });
      expect(await apply("{}")).toMatchObject({ code: 1, stderr: expect.stringContaining("no list of orders") });
      const after = await newest();
      expect(after.id).toBe(before.id);
      expect(["waiting", "planned"]).toContain(after.state);
    });
  });
});

describe("an apply job", () => {
  it("applies no bundle whose manifest somebody altered", async () => {
    let altered = false;
    const beforeApply = (bundles: string) => {
      for (const bundle of plansIn(bundles)) {
        const file = join(bundle, "manifest.json");
        const { text, signature } = JSON.parse(readFileSync(file, "utf8")) as { text: string; signature: string };
        if (!text.includes(`"stack":"${stack}"`)) continue;
        writeFileSync(file, JSON.stringify({ text, signature: `A${signature.slice(1)}` }));
        altered = true;
      }
    };
    await withStage({ beforeApply }, async ({ upTo, newest, world }) => {
      await upTo("merge");
      expect(altered).toBe(true);
      expect(await newest()).toMatchObject({ state: "refused", code: expect.stringMatching(/^bundle-/) });
      // What was applied before the story began, and nothing since.
      const applied = await world.delivery.store.runs({ stack, states: ["applied", "verified"] });
      expect(applied).toHaveLength(1);
    });
  });

  it("sees what was pushed by force after it checked the repository out, and applies nothing of before", async () => {
    let push: (() => Promise<void>) | undefined;
    const checkedOut = async (command: string) => {
      if (command !== "apply" || push === undefined) return;
      await push();
      push = undefined;
    };
    await withStage({ checkedOut }, async ({ upTo, newest, world: { forge, delivery } }) => {
      await upTo("review");
      const approved = await newest();
      const main = () => forge.look(repository, async ({ refs }) => refs.get("refs/heads/main") ?? null);
      const parent = await main();
      push = async () => {
        const files = {
          "stacks/app/main.tf": 'terraform {\n  backend "local" {}\n}\noutput "evil" {\n  value = 1\n}\n',
        };
        const to = await forge.commit({ repository, parent, files, message: "Past everybody", author: "ann" });
        // Where every rule is passed: onto what was there before the merge.
        await openWriter(forge.dirOf(repository)).updateRef("refs/heads/main", { from: await main(), to });
      };
      await upTo("merge");
      expect(push).toBeUndefined();
      expect(await delivery.store.run(approved.id)).toMatchObject({ state: "refused", code: "snapshot-differs" });
      // What was applied before the story began, and nothing since.
      expect(await delivery.store.runs({ stack, states: ["applying", "applied", "verified"] })).toHaveLength(1);
    });
  });

  it("that dies in the middle leaves its run interrupted, and nobody applies it again", async () => {
    const tool = (dir: string) => {
      const file = join(dir, "tool.sh");
      writeFileSync(
        file,
        `#!/bin/sh\nif [ "$1" = apply ] && [ -f ${dir}/armed ]; then\n  echo applied >> ${dir}/applies\n  kill -9 "$PPID"\n  exit 1\nfi\nexec terraform "$@"\n`,
      );
      chmodSync(file, 0o755);
      return { env: { PLANGATE_TOOL: file } };
    };
    await withStage(tool, async ({ upTo, newest, world, dir }) => {
      await upTo("review");
      writeFileSync(join(dir, "armed"), "");
      await upTo("merge");
      expect((await newest()).state).toBe("applying");
      await world.perform({ kind: "wait", duration: 900_000 });
      expect(await newest()).toMatchObject({ state: "interrupted" });
      await world.perform({ kind: "wait", duration: 900_000 });
      const applies = readFileSync(join(dir, "applies"), "utf8").trim().split("\n");
      expect(applies).toHaveLength(1);
    });
  });
});

describe("a merge by a workflow's own token, which starts no workflow", () => {
  it("is noticed by the sweep, and delivered when nobody else did", async () => {
    await withStage({}, async ({ upTo, newest, world, unheard }) => {
      const sweeps = () => world.perform({ kind: "wait", duration: 900_000 });
      await upTo("review");
      await sweeps();
      await unheard(async (forge) => {
        must(await forge.act("merge", { by: bot, repository, number: 1, method: "squash" }), "merge");
      });
      await sweeps();
      expect((await newest()).state).toBe("waiting");
      await sweeps();
      expect(await newest()).toMatchObject({ state: "verified", due: { kind: "merge", ref: "main" } });
      const applied = (await world.delivery.store.runs({ stack, states: ["verified"] })).length;
      await sweeps();
      expect(await world.delivery.store.runs({ stack, states: ["verified"] })).toHaveLength(applied);
    });
  });
});

describe("keys", () => {
  it("are in no command line, no variable of the tool, no file while it runs, and nothing that a job says or hands on", async () => {
    const said: RanJob[] = [];
    const tool = (dir: string): Hooks => {
      const file = join(dir, "tool.sh");
      writeFileSync(
        file,
        `#!/bin/sh\n{ printf '%s\\n' "$@"; env; } >> ${dir}/seen-by-tool\nfind ${dir}/workflows -name identity.txt -o -name signing-key.pem >> ${dir}/keys-beside-tool\nexec terraform "$@"\n`,
      );
      chmodSync(file, 0o755);
      return {
        env: { PLANGATE_TOOL: file, GITHUB_TOKEN: "ghs_0123456789abcdefghijABCDEFGHIJ012345" },
        ran: (ran) => void said.push(ran),
      };
    };
    await withStage(tool, async ({ upTo, newest, dir }) => {
      await upTo("merge");
      expect((await newest()).state).toBe("verified");
      const keys = join(dir, "home", "keys");
      const secrets = ["identity.txt", "signing-key.pem"].flatMap((name) =>
        readFileSync(join(keys, name), "utf8")
          .split("\n")
          .filter((line) => line.length > 20 && !line.startsWith("-----")),
      );
      expect(secrets.length).toBeGreaterThan(1);
      const everything = JSON.stringify(said) + readFileSync(join(dir, "seen-by-tool"), "utf8");
      for (const secret of [...secrets, "ghs_0123456789"]) expect(everything.includes(secret)).toBe(false);
      expect(readFileSync(join(dir, "keys-beside-tool"), "utf8")).toBe("");
    });
  });
});
