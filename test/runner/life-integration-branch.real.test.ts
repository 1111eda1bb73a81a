import { afterEach, describe, expect, it } from "vitest";
import { at } from "../github/small-github.ts";
import { rootModule } from "./stage-files.ts";
import { patient, refusedByRules, whole } from "./story-of-a-repository.ts";
import { openThirdWorld, type Person, type ThirdWorld } from "./third-world.ts";

let world: ThirdWorld | undefined;
afterEach(() => world?.close());

const workflow = "prepare-for-demo.yml";

describe("a repository that began with integration-branch, on GitHub", () => {
  it(
    "takes its first change into development, promotes it, and applies it to prod past its gate",
    patient,
    async () => {
      world = await openThirdWorld({ preset: "integration-branch", quick: true });
      const [ann, bob, eve] = ["ann", "bob", "eve"].map(world.as) as [Person, Person, Person];
      const stands = () => [world?.stands("test", "infra"), world?.stands("prod", "infra")];
      expect(await world.settled()).toContain(`${workflow} push: plangate / change (no pull request) success`);

      await (await eve.clone()).pushed("feature/NET-12", {
        from: "development",
        files: { "infra/main.tf": rootModule("infra", "two") },
      });
      const change = await eve.opens({ head: "feature/NET-12", base: "development" });
      expect(await world.settled()).toEqual(
        expect.arrayContaining([`${workflow} pull_request: plangate / change success`]),
      );
      // Small fixes are pushed to it, so GitHub cannot ask for a review there: who has to wait for one is main.
      await bob.approves(change);
      expect(await ann.merges(change, "squash")).toBe("merged");
      await world.settled();

      const promotion = await ann.opens({ head: "development", base: "main" });
      await world.settled();
      expect(await world.said(promotion)).toContain("### `test/infra`");
      expect(await ann.merges(promotion, "merge")).toMatch(refusedByRules);
      await bob.approves(promotion);
      // The workflow's own token may not fast-forward: a merge keeps every commit too.
      expect(await ann.merges(promotion, "squash")).toMatch(/not allowed/);
      expect(await ann.merges(promotion, "merge")).toBe("merged");
      await world.settled();
      expect(stands()).toEqual([null, null]);
      expect(await bob.answers("prod", "approved")).toBe(1);
      await world.settled();
      expect(stands()).toEqual([null, "two"]);
      const { data: open } = await (await world.stage.as("root")).rest.pulls.list({ ...at, state: "open" });
      expect(open).toEqual([]);
      expect(await world.verified()).toMatch(whole);
    },
  );
});
