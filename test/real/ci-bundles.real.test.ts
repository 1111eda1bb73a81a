import { describe, expect, it } from "vitest";
import type { StackName } from "../../src/domain/names.ts";
import { type SmallBucket, s3Account, startSmallS3 } from "../../src/testing/buckets.ts";
import { openRealWorld } from "../../src/worlds/real/index.ts";
import type { WorldStep } from "../../src/worlds/step.ts";
import { sceneOf } from "../../src/worlds/stories/index.ts";
import { readStory, storiesOf } from "../scenarios/stories.ts";
import { openWorkflows, type RanJob } from "./support/ci-workflows.ts";
import { withWorldFolder } from "./support/world-folder.ts";

const { bucket, region, credentials } = s3Account;

interface Stage {
  readonly small: SmallBucket;
  readonly said: readonly RanJob[];
  readonly upTo: (kind: WorldStep["kind"]) => Promise<void>;
  readonly newest: (stack: string) => Promise<unknown>;
}

/** The good life of a change, for a flow whose bundles are in a bucket, which no job that plans is given a way to. */
async function withBucket(use: (stage: Stage) => Promise<void>): Promise<void> {
  const file = storiesOf("trunk-stored-plan").find(({ name }) => name === "good-life");
  if (file === undefined) throw new Error("the story is gone");
  const { story, flow } = readStory(file);
  const bundles = { kind: "s3", bucket, region, prefix: "delivery/", account: null } as const;
  const scene = sceneOf({ ...flow, bundles }, story);
  const steps = story.steps.flatMap((step): readonly WorldStep[] => (step.kind === "expect" ? [] : [step]));
  const small = await startSmallS3();
  const identity = {
    PLANGATE_BUNDLES_KEY_ID: credentials.accessKeyId,
    PLANGATE_BUNDLES_KEY: credentials.secretAccessKey,
    PLANGATE_BUNDLES_SESSION: credentials.sessionToken,
  };
  const env: Record<string, string> = { AWS_ENDPOINT_URL_S3: small.url };
  const said: RanJob[] = [];
  try {
    await withWorldFolder(async (dir) => {
      const world = await openRealWorld({
        dir,
        scene,
        env: process.env,
        host: async (about) =>
          openWorkflows(
            about,
            { ...scene, flow: about.common.flow },
            {
              env,
              checkedOut: async (command) => {
                for (const name of Object.keys(identity)) delete env[name];
                if (command !== "plan") Object.assign(env, identity);
              },
              ran: (ran) => void said.push(ran),
            },
          ),
      });
      try {
        await use({
          small,
          said,
          newest: async (stack) => (await world.delivery.store.runs({ stack: stack as StackName, limit: 1 }))[0],
          upTo: async (kind) => {
            const count = steps.findIndex((step) => step.kind === kind) + 1;
            for (const step of steps.splice(0, count)) await world.perform(step);
          },
        });
      } finally {
        await world.close();
      }
    });
  } finally {
    await small.close();
  }
}

describe("bundles in a bucket", () => {
  it("go from the job that presents to the job that applies; one that somebody altered is refused", async () => {
    await withBucket(async ({ small, said, upTo, newest }) => {
      await upTo("review");
      expect([...small.objects.keys()].filter((name) => name.endsWith("/manifest.json")).length).toBeGreaterThan(0);
      await upTo("merge");
      expect(await newest("test/app")).toMatchObject({ state: "verified" });
      // The plan of production, and whatever else is there.
      for (const [name, content] of small.objects)
        if (!name.endsWith("/manifest.json"))
          small.objects.set(
            name,
            content.map((byte) => byte ^ 1),
          );
      await upTo("gate");
      expect(await newest("prod/app")).toMatchObject({ state: "refused", code: "bundle-altered" });
      expect(said.map(({ stderr }) => stderr).join()).toContain("in the bucket is not what was left there");
    });
  });
});
