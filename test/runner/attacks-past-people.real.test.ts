import { readFileSync } from "node:fs";
import { afterEach, expect, it } from "vitest";
import { at } from "../github/small-github.ts";
import { rootModule, stateOf } from "./stage-files.ts";
import { patient, whole } from "./story-of-a-repository.ts";
import { openThirdWorld, type Person, type ThirdWorld } from "./third-world.ts";

let world: ThirdWorld | undefined;
afterEach(() => world?.close());

const sweep = "7,22,37,52 * * * *";
const applying = (jobs: readonly string[]) => jobs.filter((job) => job.includes(": Apply to "));

it("applies nothing past those whom the flow asks, nothing twice, and drops nothing", patient, async () => {
  world = await openThirdWorld({ preset: "trunk-demo", quick: true });
  const { stage, runner } = world;
  const [ann, bob, eve] = ["ann", "bob", "eve"].map(world.as) as [Person, Person, Person];
  const { rest: evil } = await stage.as("eve");
  const { rest: administrator } = await stage.as("root");
  const stands = () => [world?.stands("test", "infra"), world?.stands("prod", "infra")];
  const swept = async () => {
    await runner.schedule(sweep);
    return (await world?.settled()) ?? [];
  };
  const pushes = async (branch: string, value: string, message?: string) =>
    (await eve.clone()).pushed(branch, {
      from: "main",
      files: { "infra/main.tf": rootModule("infra", value) },
      ...(message === undefined ? {} : { message }),
    });
  await world.settled();

  // Closed, and not merged.
  await pushes("feature/NET-20", "closed");
  const closed = await eve.opens({ head: "feature/NET-20", base: "main" });
  await world.settled();
  await evil.pulls.update({ ...at, pull_number: closed, state: "closed" });
  const afterClosing = await world.settled();
  expect(afterClosing).toContain("plangate.yml workflow_dispatch: Decide success");
  expect(applying(afterClosing)).toEqual([]);

  await pushes("feature/NET-18", "two", "Two\n\nCo-authored-by: BOB <bob@acme.example>");
  const change = await eve.opens({ head: "feature/NET-18", base: "main" });
  await world.settled();
  await ann.approves(change);
  expect(await eve.merges(change, "squash")).toBe("merged");
  await world.settled();
  expect(await world.said(change)).toContain("### `prod/infra`");
  expect(stands()).toEqual([null, null]);

  // What waits is cancelled by somebody who may write: the sweep offers it again.
  const waiting = runner.runs.findLast(({ conclusion }) => conclusion === null);
  await evil.actions.cancelWorkflowRun({ ...at, run_id: waiting?.id ?? 0 });
  expect(applying(await world.settled())).toEqual(["plangate.yml push: Apply to prod / apply cancelled\n"]);

  // Somebody tells of deployments what is not so, with what plangate itself told, a little altered.
  const { data: told } = await evil.repos.listDeployments({ ...at, task: "plangate:apply" });
  const payload = told[0]?.payload as { readonly ledger: { readonly seq: number; readonly mark: string } };
  expect(payload.ledger.mark).toEqual(expect.any(String));
  const ahead = { ledger: { ...payload.ledger, seq: payload.ledger.seq + 1000 } };
  const { data: made } = await evil.repos.createDeployment({
    ...at,
    ref: "main",
    task: "plangate:apply",
    environment: "prod",
    required_contexts: [],
    payload: ahead as unknown as string,
  });
  await evil.repos.createDeploymentStatus({
    ...at,
    deployment_id: (made as { readonly id: number }).id,
    state: "success",
    environment_url: "https://evil.example/",
    log_url: "https://evil.example/",
  });
  expect((await world.settled()).filter((job) => job.includes("deployment"))).toEqual([]);

  // A co-author answers at the gate, which GitHub lets them.
  expect(await swept()).toEqual(["plangate.yml schedule: Decide success"]);
  expect(await bob.answers("prod", "approved")).toBe(1);
  const [refused = "", ...others] = applying(await world.settled());
  expect(refused).toContain("Apply to prod / apply failure");
  expect(refused).toMatch(/needs 1 approval by owners who wrote none of it; 0 of 1 given/);
  expect(others).toEqual([]);
  expect(stands()).toEqual([null, null]);

  await swept();
  expect(await ann.answers("prod", "approved")).toBe(1);
  expect(applying(await world.settled())).toEqual(["plangate.yml schedule: Apply to prod / apply success"]);
  expect(stands()).toEqual([null, "two"]);
  const state = () => readFileSync(stateOf(stage.states, "prod", "infra"), "utf8");
  const applied = state();

  // Rules are off for a moment, and something is pushed that nobody reviewed; then what was applied is run again.
  const { data: rulesets } = await administrator.repos.getRepoRulesets(at);
  const enforced = async (enforcement: "active" | "disabled") => {
    for (const { id } of rulesets) await administrator.repos.updateRepoRuleset({ ...at, ruleset_id: id, enforcement });
  };
  await enforced("disabled");
  const unformatted = rootModule("infra", "unreviewed").replace(/\n {2}/, "\n      ");
  await (await eve.clone()).pushed("main", { files: { "infra/main.tf": unformatted } });
  await enforced("active");
  const pushed = await world.settled();
  expect(pushed).toContain("plangate.yml push: Decide success");
  // No pull request had it checked.
  expect(pushed).toContainEqual(
    expect.stringMatching(/^plangate\.yml push: Checks failure\n(?:.|\n)*infra\/main\.tf is not written as/),
  );
  expect(applying(pushed)).toEqual([]);
  const { data: issues } = await evil.issues.listForRepo(at);
  expect(issues.map(({ title, body }) => `${title}\n${body}`).join("\n")).toMatch(
    /Pushed without a pull request: main\neve pushed [0-9a-f]{12}: main takes pull requests only/,
  );
  const delivering = runner.runs.filter(
    ({ file, event }) => file.endsWith("/plangate.yml") && event !== "workflow_dispatch",
  );
  for (const { id } of delivering) await evil.actions.reRunWorkflow({ ...at, run_id: id });
  const again = await world.settled();
  expect(again.filter((job) => job.includes(": Decide success"))).toHaveLength(delivering.length);
  expect(applying(again)).toEqual([]);
  expect(await ann.answers("prod", "approved")).toBe(0);
  expect(stands()).toEqual([null, "two"]);
  expect(state()).toBe(applied);

  // The same brings a pull request that nobody reviewed, under a commit of which nothing follows: GitHub calls it merged.
  await pushes("feature/NET-31", "three");
  const brought = await eve.opens({ head: "feature/NET-31", base: "main" });
  await world.settled();
  await enforced("disabled");
  await (await eve.clone()).pushed("main", { from: "feature/NET-31", files: { "README.md": "# Infrastructure\n" } });
  await enforced("active");
  expect(await world.settled()).toContain("plangate.yml push: Plan prod success");
  expect(await world.said(brought)).toContain("### `prod/infra`");
  expect(state()).toBe(applied);
  expect(await world.verified()).toMatch(whole);
});
