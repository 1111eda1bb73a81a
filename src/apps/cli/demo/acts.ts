import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { secretKey } from "../../../adapters/keys/index.ts";
import { type Digest, digestOf, shortDigest } from "../../../domain/digest.ts";
import { checkLedger, ledgerLine, parseLedgerLine } from "../../../domain/ledger.ts";
import { comparePlans } from "../../../domain/plan-difference.ts";
import { renderComparison } from "../../../views/compare.ts";
import type { Expectation } from "../../../worlds/step.ts";
import { appFile, slowFiles } from "./files.ts";
import { type DemoStage, whyNot } from "./stage.ts";
import { approve, by, crash, merge, open, openGate, outside, push, rerun, say, start } from "./steps.ts";

/** One step of the demo: what happens and why, what must have come of it, and what a person would see. */
export interface Act {
  readonly title: string;
  readonly play: (stage: DemoStage) => Promise<{ readonly outcome: string; readonly seen?: string }>;
}

type Expected = Partial<
  Record<
    | "planned"
    | "applied"
    | "verified"
    | "destroyed"
    | "released"
    | "refused"
    | "waiting"
    | "interrupted"
    | "superseded",
    readonly string[]
  >
>;

/** Says what is wrong when it did not go as told: then the demo fails. */
export class NotAsTold extends Error {
  override readonly name = "NotAsTold";
}

function expect(happened: Awaited<ReturnType<DemoStage["play"]>>, expected: Expected): void {
  for (const [kind, wanted] of Object.entries(expected)) {
    const list = happened[kind as keyof Expected] as readonly (
      | string
      | Expectation["applied"][number]
      | { stack: string | null; because: string }
    )[];
    const told = list.map((item) => (typeof item === "string" ? item : `${item.stack ?? "-"}: ${item.because}`));
    if (JSON.stringify(told) !== JSON.stringify(wanted)) {
      throw new NotAsTold(
        `expected ${kind} ${JSON.stringify(wanted)}, and it was ${JSON.stringify(told)}; ${whyNot(happened)}`,
      );
    }
  }
}

/** What comes of a pull request's own environment: it is gone again before anybody reviews. */
function tried(stack: string): Expected {
  return { applied: [stack], verified: [stack], destroyed: [stack] };
}

const first = "Start the shop";
const second = "Three replicas";
const third = "Four replicas";
const fourth = "Slow part";

/** The life of a change, then what plangate is for. */
export const acts: readonly Act[] = [
  {
    title:
      "ann pushes a change and opens a pull request: it is tried in an environment of its own; then it is planned as it would be after the merge, stored, and shown",
    play: async (stage) => {
      const happened = await stage.play(
        push("feature/shop", { "stacks/app/main.tf": appFile({ replicas: 2 }) }),
        open("feature/shop", first),
      );
      expect(happened, {
        ...tried("ephemeral-1/app"),
        planned: ["ephemeral-1/app", "test/app"],
        waiting: ["test/app: not-merged"],
      });
      return {
        outcome:
          "applied, verified and destroyed ephemeral-1/app; planned test/app, of which nothing is applied before the merge",
        seen: stage.comment(first, "test/app"),
      };
    },
  },
  {
    title:
      "bob, who wrote none of it, approves; then he merges: the stored plan is applied byte for byte, and verified",
    play: async (stage) => {
      const { plan } = await stage.run("test/app");
      const happened = await stage.play(approve(first), merge(first));
      expect(happened, {
        applied: ["test/app"],
        verified: ["test/app"],
        planned: ["prod/app"],
        waiting: ["prod/app: not-requested"],
      });
      return {
        outcome: `applied and verified test/app with plan ${plan === null ? "" : shortDigest(plan)}; the plan for prod is stored at the merge`,
      };
    },
  },
  {
    title:
      "ann makes a release and asks for its deployment: prod asks again, for the plan that was stored at the merge",
    play: async (stage) => {
      const happened = await stage.play(start("Release", "main"), start("Deploy", "v1.0.0"));
      expect(happened, { released: ["v1.0.0"], planned: [], waiting: ["prod/app: approval-missing"], applied: [] });
      return { outcome: "released v1.0.0; prod/app waits for an approval", seen: whyNot(happened) };
    },
  },
  {
    title: "bob opens the gate: prod gets exactly the plan that he saw",
    play: async (stage) => {
      const happened = await stage.play(openGate("prod"));
      expect(happened, { planned: [], applied: ["prod/app"], verified: ["prod/app"] });
      return { outcome: "applied and verified prod/app" };
    },
  },
  {
    title: "a writer's own approval counts for nothing: ann approves her change and merges it past the forge's rules",
    play: async (stage) => {
      const happened = await stage.play(
        push("feature/three", { "stacks/app/main.tf": appFile({ replicas: 3 }) }),
        open("feature/three", second),
        say(second, "/plangate approve", by.ann),
        merge(second, { who: by.ann, force: true }),
      );
      expect(happened, {
        ...tried("ephemeral-2/app"),
        waiting: ["prod/app: not-requested", "test/app: approval-missing", "test/app: not-merged"],
      });
      return {
        outcome: "test/app waits: an apply never relies on the merge having been gated",
        seen: whyNot(happened),
      };
    },
  },
  {
    title: "the stored plan file is altered on disk, then bob approves: refused",
    play: async (stage) => {
      const { plan } = await stage.run("test/app");
      await alterPart(stage, plan, "tfplan");
      const happened = await stage.play(approve(second));
      expect(happened, { applied: [], refused: ["test/app: bundle-altered"] });
      return { outcome: "refused: the bundle is not what was signed", seen: whyNot(happened) };
    },
  },
  {
    title: "a new plan is made, and its manifest altered to name another commit: refused",
    play: async (stage) => {
      await stage.play(say(second, "/plangate plan test/app", by.bob));
      const { plan } = await stage.run("test/app");
      await alterManifest(stage, plan);
      const happened = await stage.play(approve(second));
      expect(happened, { applied: [], refused: ["test/app: bundle-altered"] });
      return { outcome: "refused: the manifest is not the one that was signed", seen: whyNot(happened) };
    },
  },
  {
    title: "whoever plans swaps the configuration inside the plan file; the plan's text stays the same: never signed",
    play: async (stage) => {
      const happened = await stage.withSwappedPlans(() => stage.play(say(second, "/plangate plan test/app", by.bob)));
      expect(happened, { applied: [], planned: [], refused: ["test/app: snapshot-differs"] });
      return { outcome: "refused: the configuration inside is not what Git has", seen: whyNot(happened) };
    },
  },
  {
    title:
      "planned honestly and approved; somebody writes the state in between; the new plan means the same: the approval carries over",
    play: async (stage) => {
      await stage.play(say(second, "/plangate plan test/app", by.bob));
      const before = await stage.run("test/app");
      const happened = await stage.play(outside("test/app", "state"), approve(second));
      expect(happened, { planned: ["test/app"], applied: ["test/app"], verified: ["test/app"] });
      const after = await stage.run("test/app");
      return {
        outcome: `applied test/app with plan ${shown(after.plan)}, which carries the approval of ${shown(before.plan)}`,
      };
    },
  },
  {
    title: "the objects change as well, so that the new plan means something else: it stops and shows the difference",
    play: async (stage) => {
      await stage.play(
        push("feature/four", { "stacks/app/main.tf": appFile({ replicas: 4 }) }),
        open("feature/four", third),
        approve(third),
      );
      const before = await stage.run("test/app");
      const happened = await stage.play(outside("test/app", "drift"), outside("test/app", "state"), merge(third));
      expect(happened, {
        applied: [],
        waiting: ["prod/app: not-requested", "test/app: approval-missing"],
        superseded: ["prod/app", "test/app"],
      });
      const after = await stage.run("test/app");
      return {
        outcome: "test/app waits for an approval of the new plan",
        seen: await difference(stage, before.plan, after.plan),
      };
    },
  },
  {
    title: "bob looks at the difference and approves the new plan: applied",
    play: async (stage) => {
      const happened = await stage.play(approve(third));
      expect(happened, { applied: ["test/app"], verified: ["test/app"] });
      return { outcome: "applied and verified test/app" };
    },
  },
  {
    title: "an apply is killed half-way (kill -9): it is interrupted, and nobody and nothing applies it again",
    play: async (stage) => {
      const happened = await stage.play(
        push("feature/slow", slowFiles),
        open("feature/slow", fourth),
        approve(fourth),
        crash("test/slow"),
        merge(fourth),
        rerun("test/slow"),
      );
      expect(happened, {
        ...tried("ephemeral-4/slow"),
        interrupted: ["test/slow: interrupted"],
        refused: ["test/slow: interrupted"],
      });
      return { outcome: "interrupted test/slow; running it again is refused", seen: whyNot(happened) };
    },
  },
  {
    title: "a new plan reads the real state and shows what is left; bob approves it: applied",
    play: async (stage) => {
      const planned = await stage.play(say(fourth, "/plangate plan test/slow", by.ann));
      expect(planned, { planned: ["test/slow"], applied: [] });
      const seen = stage.comment(fourth, "test/slow");
      const happened = await stage.play(approve(fourth));
      expect(happened, { applied: ["test/slow"], verified: ["test/slow"] });
      return { outcome: "applied and verified what was left of test/slow", seen };
    },
  },
  {
    title: "the ledger is verified; then one word of an old entry is altered in a copy, and found",
    play: async (stage) => {
      const entries = await Array.fromAsync(stage.world.delivery.store.ledger());
      const whole = checkLedger(entries);
      if (whole.brokenAt !== null) throw new NotAsTold(`the ledger is broken at ${whole.brokenAt.seq}`);
      const altered = entries.map(ledgerLine).map((line) => line.replace('"approval-missing"', '"approval-given"'));
      const found = checkLedger(altered.flatMap((line) => parseLedgerLine(line) ?? []));
      if (found.brokenAt === null) throw new NotAsTold("an altered ledger was not found altered");
      return {
        outcome: `whole: ${whole.entries} entries, head ${shortDigest(whole.head)}; the altered copy is found`,
        seen: `✗ ${found.brokenAt.why}`,
      };
    },
  },
];

function shown(plan: Digest | null): string {
  return plan === null ? "none" : shortDigest(plan);
}

function folderOf(stage: DemoStage, plan: Digest | null): string {
  if (plan === null) throw new NotAsTold("there is no plan to alter");
  return join(stage.home, "bundles", plan.slice("sha256:".length));
}

/** One byte in the middle of the sealed part becomes another one. */
async function alterPart(stage: DemoStage, plan: Digest | null, name: string): Promise<void> {
  const file = join(folderOf(stage, plan), `part-${digestOf(name).slice("sha256:".length)}`);
  const content = await readFile(file);
  const middle = content.length >> 1;
  content[middle] = (content[middle] ?? 0) ^ 1;
  await writeFile(file, content);
}

async function alterManifest(stage: DemoStage, plan: Digest | null): Promise<void> {
  const file = join(folderOf(stage, plan), "manifest.json");
  const text = await readFile(file, "utf8");
  await writeFile(file, text.replace(/(commit\\":\\")[0-9a-f]{8}/, "$1deadbeef"));
}

async function difference(stage: DemoStage, before: Digest | null, after: Digest | null): Promise<string> {
  if (before === null || after === null) throw new NotAsTold("there are no two plans to compare");
  const key = await secretKey(join(stage.home, "keys"));
  const comparison = comparePlans(await stage.planJson(before), await stage.planJson(after), { key, most: 4 });
  return renderComparison(comparison, ["the plan that was approved", "the plan as it is now"]);
}
