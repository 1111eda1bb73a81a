import { afterEach, describe, expect, it } from "vitest";
import { digestOf, shortDigest } from "../../src/domain/digest.ts";
import { infra } from "../github/small-github.ts";
import { readZip } from "./read-zip.ts";
import { rootModule } from "./stage-files.ts";
import { firstPush, patient, refusedByRules, whole } from "./story-of-a-repository.ts";
import { openThirdWorld, type Person, type ThirdWorld } from "./third-world.ts";

let world: ThirdWorld | undefined;
afterEach(() => world?.close());

const demo = "prepare-for-demo.yml";

/** All of the plan is where the comment leads to: in that run's summary, and in the artifact whose digests are told there. */
async function expectWholePlan({ stage, runner }: ThirdWorld, comment: string, address: string): Promise<void> {
  const told = /All of it is in \[the summary of run (\d+)\]\((\S+)\), and as files in its artifact `(\S+)`:/.exec(
    comment,
  );
  const [, number, url, name = ""] = told ?? [];
  expect(url).toMatch(new RegExp(`/${infra}/actions/runs/${number}/attempts/1$`));
  expect(name).toMatch(new RegExp(`^plangate-plans-${number}-1-(?:decide|present)$`));
  const jobs = runner.runs.flatMap((run) => (String(run.id) === number ? run.jobs : []));
  const summary = jobs.map((job) => job.summary).join("");
  expect(summary).toContain(`\`${address}\` create`);
  const kept = stage.github.kept(infra).artifacts.find((artifact) => artifact.name === name);
  const files = await readZip(kept?.zip ?? Buffer.alloc(0));
  expect(files.map(({ path }) => path.replace(/[0-9a-f]{12}/, "PLAN")).sort()).toEqual([
    "test/infra/plan-PLAN.json",
    "test/infra/plan-PLAN.txt",
  ]);
  for (const { path, content } of files) {
    expect(String(content)).toContain(address);
    expect(summary).toContain(`- \`${path}\`: \`${digestOf(content)}\``);
    expect(comment).toContain(`\`${path}\` (\`${shortDigest(digestOf(content))}\`)`);
  }
}

describe("a repository that began with trunk-demo, on GitHub", () => {
  it(
    "shows its first change on test, takes it down again, and applies it to prod once it is merged",
    patient,
    async () => {
      world = await openThirdWorld({ preset: "trunk-demo", quick: true });
      const [ann, bob, eve] = ["ann", "bob", "eve"].map(world.as) as [Person, Person, Person];
      const stands = () => [world?.stands("test", "infra"), world?.stands("prod", "infra")];
      expect((await world.settled()).toSorted()).toEqual(firstPush);

      await (await eve.clone()).pushed("feature/NET-12", {
        from: "main",
        files: { "infra/main.tf": rootModule("infra", "two") },
      });
      await world.settled();
      const change = await eve.opens({ head: "feature/NET-12", base: "main" });
      const opened = await world.settled();
      const checks = ["fmt", "validate", "tflint", "tfsec", "Plan test", "plangate / change"];
      expect(opened).toEqual(expect.arrayContaining(checks.map((check) => `${demo} pull_request: ${check} success`)));
      const said = await world.said(change);
      expect(said).toContain("### `test/infra`");
      await expectWholePlan(world, said, "terraform_data.infra");

      await ann.dispatches(demo, { job: "Demo (apply)", ref: "feature/NET-12" });
      await world.settled();
      expect(stands()).toEqual([null, null]);
      expect(await ann.answers("demo-test", "approved")).toContain("that you started yourself");
      expect(await bob.answers("demo-test", "approved")).toBe(1);
      const shown = await world.settled();
      expect(stands()).toEqual(["two", null]);
      expect(shown).toContain(`${demo} workflow_dispatch: Demo (apply) / apply success`);
      expect(await bob.answers("teardown-test", "approved")).toBe(1);
      await world.settled();
      expect(stands()).toEqual([null, null]);

      expect(await ann.merges(change, "squash")).toMatch(refusedByRules);
      await bob.approves(change);
      expect(await ann.merges(change, "squash")).toBe("merged");
      await world.settled();
      expect(stands()).toEqual([null, null]);
      expect(await bob.answers("prod", "approved")).toBe(1);
      await world.settled();
      expect(stands()).toEqual([null, "two"]);
      expect(await world.deployments()).toMatchObject({ "demo-test": "success", prod: "success" });
      expect(await world.verified()).toMatch(whole);
      const logs = world.runner.runs.flatMap(({ jobs }) => jobs.map(({ log }) => log)).join("");
      expect(logs).toContain("Handed over: pull-request 1.");
      // The plans of the demonstration are among the artifacts that the job behind it looks at.
      expect(logs).not.toContain("ordered by nobody");
    },
  );
});
