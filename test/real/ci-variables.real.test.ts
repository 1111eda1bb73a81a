import { describe, expect, it } from "vitest";
import type { Login, StackName } from "../../src/domain/names.ts";
import type { Run } from "../../src/domain/run.ts";
import { openRealWorld, type RealStage } from "../../src/worlds/real/index.ts";
import type { WorldStep } from "../../src/worlds/step.ts";
import { sceneOf } from "../../src/worlds/stories/index.ts";
import { readStory, storiesOf } from "../scenarios/stories.ts";
import { openWorkflows } from "./support/ci-workflows.ts";
import { withWorldFolder } from "./support/world-folder.ts";

const variables = ["TF_VAR_size", "TF_VAR_password"];

interface Stage {
  readonly world: RealStage;
  /** What the environment on GitHub has from here on: a variable, and a secret. */
  readonly has: (given: { readonly size?: string; readonly password: string }) => void;
  readonly upTo: (kind: WorldStep["kind"]) => Promise<void>;
  readonly newest: (stack: string) => Promise<Run | undefined>;
}

/** The good life of a change, for a flow that names two variables in all environments. */
async function withVariables(use: (stage: Stage) => Promise<void>): Promise<void> {
  const file = storiesOf("trunk-stored-plan").find(({ name }) => name === "good-life");
  if (file === undefined) throw new Error("the story is gone");
  const { story, flow } = readStory(file);
  const scene = sceneOf({ ...flow, environments: flow.environments.map((one) => ({ ...one, variables })) }, story);
  const steps = story.steps.flatMap((step): readonly WorldStep[] => (step.kind === "expect" ? [] : [step]));
  const env: Record<string, string> = {};
  await withWorldFolder(async (dir) => {
    const world = await openRealWorld({
      dir,
      scene,
      env: process.env,
      host: async (about) => openWorkflows(about, { ...scene, flow: about.common.flow }, { env }),
    });
    try {
      await use({
        world,
        newest: async (stack) => (await world.delivery.store.runs({ stack: stack as StackName, limit: 1 }))[0],
        has: ({ size, password }) => {
          // As the compiled step has it: what is no variable of GitHub is told as null, and a secret is a variable of the job.
          env.PLANGATE_VARIABLES = JSON.stringify({ TF_VAR_size: size ?? null, TF_VAR_password: null });
          env.TF_VAR_size = size ?? "";
          env.TF_VAR_password = password;
        },
        upTo: async (kind) => {
          const count = steps.findIndex((step) => step.kind === kind) + 1;
          for (const step of steps.splice(0, count)) await world.perform(step);
        },
      });
    } finally {
      await world.close();
    }
  });
}

const dispatch: WorldStep = { kind: "dispatch", by: "ann" as Login, name: "Deploy", ref: "v1.0.0", inputs: {} };

describe("variables that GitHub keeps", () => {
  it("are what a plan is applied with: another secret is none of it, another value refuses it, and a new plan has that", async () => {
    await withVariables(async ({ world, has, upTo, newest }) => {
      has({ size: "small", password: "plan-only-1" });
      await upTo("review");
      has({ size: "small", password: "apply-only-2" });
      await upTo("merge");
      expect(await newest("test/app")).toMatchObject({ state: "verified" });
      // The plan of production was made at the merge.
      has({ size: "large", password: "apply-only-2" });
      await upTo("gate");
      expect(await newest("prod/app")).toMatchObject({
        state: "refused",
        code: "variables-moved",
        why: "TF_VAR_size is not in prod what the plan of prod/app was made with",
      });
      await world.perform(dispatch);
      expect(await newest("prod/app")).toMatchObject({ state: "waiting", code: "approval-missing" });
      await world.perform({ kind: "gate", by: "bob" as Login, environment: "prod", state: "approve" });
      expect(await newest("prod/app")).toMatchObject({ state: "verified" });
    });
  });
});
