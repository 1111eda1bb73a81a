import { afterEach, describe, expect, it } from "vitest";
import { at } from "../github/small-github.ts";
import { rootModule } from "./stage-files.ts";
import { firstPush, patient, refusedByRules, whole } from "./story-of-a-repository.ts";
import { openThirdWorld, type ThirdWorld } from "./third-world.ts";
import { whoOpens } from "./who-opens.ts";

let world: ThirdWorld | undefined;
afterEach(() => world?.close());

describe("a repository that began with trunk-stored-plan, on GitHub", () => {
  it("takes its first change through an environment of its own and test to a release in prod", patient, async () => {
    world = await openThirdWorld({ preset: "trunk-stored-plan", quick: true });
    const [ann, bob] = [world.as("ann"), world.as("bob")];
    const stands = (...where: readonly string[]) =>
      where.flatMap((environment) => ["app", "network"].map((stack) => world?.stands(environment, stack)));
    expect((await world.settled()).toSorted()).toEqual(firstPush);

    const issue = await ann.issue("Something to queue in");
    await (await ann.clone()).pushed("queue", {
      from: "main",
      files: { "stacks/app/main.tf": rootModule("app", "two"), "stacks/network/main.tf": rootModule("network", "two") },
    });
    const change = await ann.opens({ head: "queue", base: "main", body: `Closes #${issue}` });
    expect(await bob.merges(change, "squash")).toMatch(refusedByRules);
    const opened = await world.settled();
    expect(opened).toContain("plangate-change.yml pull_request: plangate / change success");
    // Tried, and taken down again.
    expect(opened.filter((job) => job.includes("Apply to ephemeral"))).toHaveLength(4);
    expect(stands(`ephemeral/${change}`, "test", "prod")).toEqual([null, null, null, null, null, null]);
    const shown = await world.said(change);
    expect(shown).toContain("### `test/app`");
    expect(shown).toContain("### `test/network`");

    expect(await bob.merges(change, "squash")).toMatch(refusedByRules);
    await bob.approves(change);
    expect(await bob.merges(change, "squash")).toBe("merged");
    await world.settled();
    expect(stands("test", "prod")).toEqual(["two", "two", null, null]);
    expect(await world.said(change)).toContain("### `prod/network`");

    await ann.dispatches("plangate.yml", { job: "Release" });
    await world.settled();
    const { rest } = await world.stage.as("ann");
    const { body } = (await rest.repos.getReleaseByTag({ ...at, tag: "v1.0.0" })).data;
    expect(body).toMatch(/\n- Change stacks\/app\/main\\\.tf, stacks\/network\/main\\\.tf \(#\d+\)\n- /);
    await ann.dispatches("plangate.yml", { job: "Deploy", ref: "v1.0.0" });
    expect(await world.settled()).not.toContainEqual(expect.stringContaining("Apply to prod"));
    expect(await bob.answers("prod", "approved")).toBe(1);
    await world.settled();
    expect(stands("prod")).toEqual(["two", "two"]);
    expect(await world.deployments()).toMatchObject({ ephemeral: "success", test: "success", prod: "success" });
    expect(await world.verified()).toMatch(whole);
    // Its own key, and that of the jobs that present: no apply of a lesser environment reads the plans of prod.
    expect(await whoOpens(world.stage)).toEqual({
      ephemeral: ["ephemeral, plangate"],
      test: ["plangate, test"],
      prod: ["plangate, prod"],
      "kept by ephemeral": ["ephemeral"],
      "kept by test": ["test"],
      "kept by prod": ["prod"],
      "handed over": ["plangate"],
    });
  });
});
