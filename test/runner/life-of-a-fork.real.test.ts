import { afterAll, beforeAll, expect, it } from "vitest";
import { sweepCrons } from "../../src/compile/names.ts";
import { must } from "../../src/worlds/real/forge/small-forge.ts";
import { at, infra, octokitWith } from "../github/small-github.ts";
import { type Attacked, ended, jobOf, openAttacked } from "./attacked.ts";
import { rootModule } from "./stage-files.ts";
import { patient, refusedByRules } from "./story-of-a-repository.ts";

let here: Attacked;
beforeAll(async () => {
  here = await openAttacked();
}, patient.timeout);
afterAll(() => here?.close());

const restOf = async (person: string) => (await here.stage.as(person)).rest;

/** Runs for pull requests, those among them that somebody had to let begin. */
async function forPullRequests() {
  await here.news();
  return here.runner.runs.filter(({ event }) => event === "pull_request");
}

/** Opens a pull request from sam's fork that alters the stack `app`, and lets its workflows run. */
async function given(branch: string, text: string): Promise<number> {
  const { forge, url, tokenFor } = { ...here.stage.github, tokenFor: here.stage.github.tokenFor };
  const fork = must(await forge.act("fork", { by: "sam", repository: infra }), "fork");
  const parent = await forge.look(infra, async ({ refs }) => refs.get("refs/heads/main") ?? null);
  const files = { "stacks/app/main.tf": text };
  const after = await forge.commit({ repository: fork.name, parent, files, message: "A gift", author: "sam" });
  must(await forge.act("push", { by: "sam", repository: fork.name, ref: `refs/heads/${branch}`, after }), "push");
  const sam = octokitWith(url, await tokenFor({ person: "sam" })).rest;
  const issue = (await sam.issues.create({ ...at, title: "A reason" })).data.number;
  const change = { title: "A gift", head: `sam:${branch}`, base: "main", body: `Closes #${issue}` };
  const { number } = (await sam.pulls.create({ ...at, ...change })).data;
  const held = await here.news();
  const bob = await restOf("bob");
  for (const { id } of held) await bob.actions.approveWorkflowRun({ ...at, run_id: id });
  return number;
}

it(
  "what a fork gives is checked without an identity, merged by people, and applied as what was planned then",
  patient,
  async () => {
    await here.news();
    const number = await given("gift", rootModule("app", "gift"));
    const checked = await forPullRequests();
    expect(ended(checked)).toMatchObject({ "plangate-change.yml: plangate / change": "success" });
    expect(jobOf(checked, "plangate / change").log).toMatch(
      /plan-test: not done for a fork; somebody who may merge reads the code and comments \/plangate plan/,
    );
    await here.news();
    const merged = async () =>
      (await restOf("bob")).pulls.merge({ ...at, pull_number: number, merge_method: "squash" });
    await expect(merged()).rejects.toThrow(refusedByRules);

    await (await restOf("bob")).issues.createComment({ ...at, issue_number: number, body: "/plangate plan" });
    const asked = await here.news();
    expect(jobOf(asked, "Plan test").conclusion).toBe("success");
    expect(await here.said(number)).toContain("### `test/app`");
    await (await restOf("bob")).pulls.createReview({ ...at, pull_number: number, event: "APPROVE" });
    // A plan of a fork is for looking at: whoever approves it has nothing applied.
    expect(Object.keys(ended(await here.news())).filter((name) => /: Apply /.test(name))).toEqual([]);
    expect(here.states("app")).toEqual([]);

    await merged();
    const after = await here.news();
    expect(jobOf(after, "Plan test").conclusion).toBe("success");
    expect(here.states("app")).toEqual([]);
    await (await restOf("bob")).pulls.createReview({ ...at, pull_number: number, event: "APPROVE" });
    // GitHub lets no job for a fork start another: what is said on its pull request is found by the sweep.
    await here.runner.schedule(sweepCrons["15m"]);
    expect(jobOf(await here.news(), "Apply to test / apply").conclusion).toBe("success");
    expect(here.states("app")).toEqual(["test/app"]);
  },
);

it("a fork whose code no check lets through stays red, and nobody merges it", patient, async () => {
  const number = await given("unchecked", rootModule("app", "gift").replace(/\n {2}/, "\n      "));
  const [checked] = (await forPullRequests()).slice(-1);
  if (checked === undefined) throw new Error("nothing was checked");
  expect(ended([checked])).toMatchObject({ "plangate-change.yml: plangate / change": "failure" });
  await (await restOf("ann")).pulls.createReview({ ...at, pull_number: number, event: "APPROVE" });
  await expect(
    (await restOf("ann")).pulls.merge({ ...at, pull_number: number, merge_method: "squash" }),
  ).rejects.toThrow(refusedByRules);
});
