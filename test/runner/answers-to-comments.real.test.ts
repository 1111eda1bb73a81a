import { afterAll, beforeAll, expect, it } from "vitest";
import { at } from "../github/small-github.ts";
import { withoutEphemeral } from "./attacked.ts";
import { rootModule } from "./stage-files.ts";
import { patient } from "./story-of-a-repository.ts";
import { openThirdWorld, type ThirdWorld } from "./third-world.ts";

let world: ThirdWorld;
beforeAll(async () => {
  world = await openThirdWorld({ preset: "trunk-stored-plan", quick: true, edit: withoutEphemeral });
  await world.settled();
}, patient.timeout);
afterAll(() => world?.close());

const restOf = async (person: string) => (await world.stage.as(person)).rest;

/** Says it and waits until all that follows is done; gives plangate's reactions to it, and its one comment. */
async function says(person: string, issue_number: number, body: string) {
  const { issues, reactions } = await restOf(person);
  const { id: comment_id } = (await issues.createComment({ ...at, issue_number, body })).data;
  await world.settled();
  const { data } = await reactions.listForIssueComment({ ...at, comment_id });
  const { data: all } = await issues.listComments({ ...at, issue_number });
  const own = all.filter(({ user }) => user?.login === "github-actions[bot]");
  expect(own.length).toBeLessThanOrEqual(1);
  return {
    reactions: data.map(({ content, user }) => `${user?.login} ${content}`),
    told: own.map(({ body: text = "" }) => text).join("\n"),
  };
}

const plangate = "github-actions[bot]";
const notDone = "### Asked, and not done";

it(
  "answers each command in a comment where it was said: by a reaction, and in its one comment with why and what to do",
  patient,
  async () => {
    const eve = world.as("eve");
    const files = { "stacks/app/main.tf": rootModule("app", "two") };
    await (await eve.clone()).pushed("two", { from: "main", files });
    const issue = await eve.issue("A reason");
    const change = await eve.opens({ head: "two", base: "main", body: `Closes #${issue}` });
    await world.settled();
    expect(await world.said(change)).toContain("### `test/app`");

    const refused = await says("eve", change, "/plangate merge");
    expect(refused.reactions).toEqual([`${plangate} -1`]);
    expect(refused.told).toContain(notDone);
    expect(refused.told).toMatch(
      /`eve`, .* UTC: `\/plangate merge` is not done: two is not merged into main by fast.*\*\*What to do:\*\*/,
    );
    expect(refused.told).toContain("### `test/app`");

    const slip = await says("eve", change, "/plangate aprove\n/plangate @bob<img> [x](https://evil.example)");
    expect(slip.reactions).toEqual([`${plangate} confused`]);
    expect(slip.told).toMatch(/`eve`, .*Did you mean/);
    expect(slip.told).not.toMatch(/@bob|(?<!\\)<img|\]\(https/);

    const own = await says("eve", change, "/plangate approve");
    expect(own.reactions).toEqual([`${plangate} -1`]);
    expect(own.told).toMatch(/`eve`, .*what eve says does not count here/);
    expect((await says("bob", change, "/plangate approve")).reactions).toEqual([`${plangate} eyes`]);
    const { told: standing } = await says("eve", change, "/plangate aprove");

    const quoted = await says("bob", change, "> /plangate merge\n\nNot like this.\n```\n/plangate merge\n```");
    expect(quoted).toEqual({ reactions: [], told: standing });

    const before = world.runner.runs.length;
    const done = await says("eve", change, "/plangate plan test/app");
    expect(done.reactions).toEqual([`${plangate} eyes`]);
    expect(done.told).not.toContain(notDone);
    expect(done.told).toContain("### `test/app`");
    expect(
      world.runner.runs.slice(before).flatMap(({ jobs }) => jobs.map(({ name, conclusion }) => [name, conclusion])),
    ).toEqual(expect.arrayContaining([["Present", "success"]]));

    // Below an issue there is no comment that could be rewritten: it is answered there, and once.
    const onIssue = await says("ann", issue, "/plangate accept 012");
    expect(onIssue.reactions).toEqual([`${plangate} confused`]);
    expect(onIssue.told).toContain("is not the id of a commit");
  },
);
