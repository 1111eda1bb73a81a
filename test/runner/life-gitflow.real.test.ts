import { rmSync } from "node:fs";
import { afterEach, describe, expect, it } from "vitest";
import { at } from "../github/small-github.ts";
import { rootModule, stateOf } from "./stage-files.ts";
import { patient, refusedByRules, whole } from "./story-of-a-repository.ts";
import { openThirdWorld, type Person, type ThirdWorld } from "./third-world.ts";

let world: ThirdWorld | undefined;
afterEach(() => world?.close());

const body = "## Why\nSomething has to be queued in.\n\n## Rollback\nRevert it.";

describe("a repository that began with gitflow, on GitHub", () => {
  it(
    "takes its first change through dev and stage to prod, and sees what is changed there by hand",
    patient,
    async () => {
      world = await openThirdWorld({ preset: "gitflow", quick: true });
      const [ann, bob, eve] = ["ann", "bob", "eve"].map(world.as) as [Person, Person, Person];
      const stands = () => ["dev", "stage", "prod"].map((environment) => world?.stands(environment, "app"));
      expect(await world.settled()).toContain("plangate-change.yml push: plangate / change (no pull request) success");

      await (await eve.clone()).pushed("dev/queue", {
        from: "develop",
        files: { "stacks/app/main.tf": rootModule("app", "two") },
      });
      await world.settled();
      expect(stands()).toEqual(["two", null, null]);

      const change = await eve.opens({ head: "dev/queue", base: "develop", body });
      await world.settled();
      expect(await world.said(change)).toContain("### `stage/app`");
      expect(await ann.merges(change, "squash")).toMatch(refusedByRules);
      await bob.approves(change);
      expect(await ann.merges(change, "squash")).toBe("merged");
      await world.settled();
      expect(stands()).toEqual(["two", "two", null]);

      const promotion = await ann.opens({ head: "develop", base: "main", body });
      await world.settled();
      expect(await world.said(promotion)).toContain("### `prod/app`");
      await bob.approves(promotion);
      expect(await ann.merges(promotion, "merge")).toBe("merged");
      await world.settled();
      expect(stands()).toEqual(["two", "two", "two"]);
      expect(await world.deployments()).toMatchObject({ dev: "success", stage: "success", prod: "success" });

      rmSync(stateOf(world.stage.states, "prod", "app"));
      await world.runner.schedule("0 1 * * *");
      await world.settled();
      const { data: issues } = await (await world.stage.as("root")).rest.issues.listForRepo({ ...at, state: "open" });
      expect(issues.map(({ title }) => title)).toContainEqual(expect.stringMatching(/prod\/app/));
      expect(await world.verified()).toMatch(whole);
    },
  );
});
