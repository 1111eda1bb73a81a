import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { at, infra, octokitWith } from "../github/small-github.ts";
import { withoutEphemeral } from "./attacked.ts";
import type { Hooks } from "./host.ts";
import { rootModule } from "./stage-files.ts";
import { patient, whole } from "./story-of-a-repository.ts";
import { openThirdWorld, type Person, type ThirdWorld } from "./third-world.ts";

/** What people who may write, or who administer, do past those whom the flow asks. */

let world: ThirdWorld;
let people: { readonly bob: Person; readonly eve: Person };
const hooks: { -readonly [Name in keyof Hooks]: Hooks[Name] } = {};
beforeAll(async () => {
  world = await openThirdWorld({ preset: "trunk-stored-plan", quick: true, edit: withoutEphemeral, hooks });
  people = { bob: world.as("bob"), eve: world.as("eve") };
  await world.settled();
}, patient.timeout);
afterAll(() => world?.close());

const stands = () => world.stands("test", "app");
const restOf = async (person: string) => (await world.stage.as(person)).rest;
const applied = (jobs: readonly string[]) => jobs.filter((job) => job.includes(": Apply to test"));
/** What the jobs that decided last said. */
const decided = () =>
  world.runner.runs
    .flatMap(({ jobs }) => jobs)
    .filter(({ name, log }) => name === "Decide" && log !== "")
    .slice(-3)
    .map(({ log }) => log)
    .join("\n");

async function pushes(branch: string, value: string, from = "main"): Promise<string> {
  const files = { "stacks/app/main.tf": rootModule("app", value) };
  return (await people.eve.clone()).pushed(branch, { from, files });
}

/** A pull request of eve's that gives `test/app` another value. */
async function opens(branch: string, value: string): Promise<number> {
  await pushes(branch, value);
  const issue = await people.eve.issue("A reason");
  const number = await people.eve.opens({ head: branch, base: "main", body: `Closes #${issue}` });
  await world.settled();
  expect(await world.said(number)).toContain("### `test/app`");
  return number;
}

/** Changes all rulesets of the repository, as only an administrator can. */
async function rulesets(change: { readonly enforcement?: "active" | "disabled"; readonly bypass_actors?: object[] }) {
  const { repos } = await restOf("root");
  const { data } = await repos.getRepoRulesets(at);
  for (const { id } of data) await repos.updateRepoRuleset({ ...at, ruleset_id: id, ...(change as object) });
}
const unruled = async (work: () => Promise<unknown>) => {
  await rulesets({ enforcement: "disabled" });
  await work();
  await rulesets({ enforcement: "active" });
};

describe("the words of an approval", patient, () => {
  it("count for nothing in an edited comment, from a workflow, from who wrote the change, and open nothing after a merge", async () => {
    const number = await opens("two", "two");
    const said = async (person: string, body: string) =>
      (await (await restOf(person)).issues.createComment({ ...at, issue_number: number, body })).data.id;
    const innocent = await said("bob", "Looks good to me");
    await (await restOf("eve")).issues.updateComment({ ...at, comment_id: innocent, body: "/plangate approve" });
    await said("eve", "/plangate approve");
    const { github } = world.stage;
    const job = { issues: "write", pull_requests: "write" } as const;
    const asWorkflow = octokitWith(github.url, await github.tokenFor({ job, repository: infra })).rest;
    await asWorkflow.issues.createComment({ ...at, issue_number: number, body: "/plangate approve" });
    await world.settled();
    await unruled(async () => expect(await people.eve.merges(number, "squash")).toBe("merged"));
    expect(applied(await world.settled())).toEqual([]);
    expect(decided()).toMatch(/needs 1 approval by owners who wrote none of it; 0 of 1 given/);
    expect(stands()).toBeNull();

    await people.bob.approves(number);
    expect(applied(await world.settled())).toEqual([
      expect.stringMatching(/^plangate.yml .*: Apply to test .*success$/),
    ]);
    expect(stands()).toBe("two");
  });
});

/** Whoever may write gives every workflow keys of their own, by the names of those that environments hold. */
async function shadowsKeys() {
  const { actions } = await restOf("eve");
  const { key_id } = (await actions.getRepoPublicKey(at)).data;
  const encrypted_value = Buffer.alloc(64, 1).toString("base64");
  for (const secret_name of ["PLANGATE_OPEN_KEY", "PLANGATE_SIGN_KEY"]) {
    await actions.createOrUpdateRepoSecret({ ...at, secret_name, key_id, encrypted_value });
    world.stage.secrets.repository[secret_name] = "forged";
  }
}

describe("an administrator who lets somebody pass the rules", patient, () => {
  it("has nothing applied of what comes past reviews, nor what is reviewed on top, before somebody accepted it", async () => {
    const number = await opens("four", "four");
    await people.bob.approves(number);
    await world.settled();
    await shadowsKeys();
    await rulesets({ bypass_actors: [{ actor_id: 5, actor_type: "RepositoryRole", bypass_mode: "always" }] });
    const found = await world.stage.plangate(["audit", "--json"]);
    expect(found.stdout).toContain("ruleset-bypassed");
    expect(found.stdout).toContain("key-for-every-workflow");
    let pushed = "";
    hooks.beforeStep = async ({ job }) => {
      if (!job.name.startsWith("Apply to test")) return;
      hooks.beforeStep = () => undefined;
      const files = { "stacks/app/main.tf": rootModule("app", "unseen") };
      pushed = await (await world.as("root").clone()).pushed("main", { files });
    };
    expect(await people.bob.merges(number, "squash")).toBe("merged");
    const before = stands();
    // What was approved is no longer what the branch has.
    const [refused = ""] = applied(await world.settled());
    expect(refused).toMatch(/test\/app: refused \(snapshot-differs\)/);
    expect(pushed).not.toBe("");
    const { data: issues } = await (await restOf("eve")).issues.listForRepo(at);
    expect(issues.map(({ title }) => title)).toContain("Pushed without a pull request: main");

    const next = await opens("five", "five");
    await people.bob.approves(next);
    expect(await people.bob.merges(next, "squash")).toBe("merged");
    expect(applied(await world.settled())).toEqual([]);
    expect(decided()).toContain(
      `commit ${pushed.slice(0, 12)} reached main without a pull request and alters test/app`,
    );
    expect(stands()).toBe(before);
    await people.bob.comments(next, `/plangate accept ${pushed.slice(0, 12)}`);
    await world.settled();
    expect(stands()).toBe("five");
    expect(await world.verified()).toMatch(whole);
  });
});

describe("an approval", patient, () => {
  it("holds for the plan that was shown when its pull request is closed and opened again, and for no other", async () => {
    const before = stands();
    const number = await opens("three", "three");
    await people.bob.approves(number);
    await world.settled();
    const { pulls } = await restOf("eve");
    await pulls.update({ ...at, pull_number: number, state: "closed" });
    await world.settled();
    await pulls.update({ ...at, pull_number: number, state: "open" });
    await world.settled();
    expect(stands()).toBe(before);
    const shown = await world.said(number);
    expect(shown.match(/### `test\/app`/g)).toHaveLength(1);
    expect(shown).toContain("three");

    // Approved, and something else is in the branch by force when it is merged.
    const clone = await people.eve.clone();
    await clone.git("checkout", "--quiet", "three");
    clone.write({ "stacks/app/main.tf": rootModule("app", "evil") });
    await clone.git("commit", "--quiet", "--all", "--amend", "--no-edit");
    await unruled(async () => {
      await clone.git("push", "--quiet", "--force", "origin", "three");
      expect(await people.eve.merges(number, "squash")).toBe("merged");
    });
    expect(applied(await world.settled())).toEqual([]);
    expect(stands()).toBe(before);
  });
});
