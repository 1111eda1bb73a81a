import { afterEach, beforeEach, expect, it } from "vitest";
import { must } from "../../src/worlds/real/forge/small-forge.ts";
import { type CiStage, ciStage, rootModule } from "./ci-stage.ts";
import { deciding, trusted } from "./compiled-rights.ts";
import { infra } from "./small-github.ts";

let stage: CiStage;

beforeEach(async () => {
  stage = await ciStage();
});

afterEach(() => stage.small.close());

/** One run of `decide`; gives what it asked of GitHub, without Git's own requests. */
async function decides(event: string, body: object): Promise<readonly string[]> {
  const { github } = stage.small;
  const before = github.exchanges.length;
  const run = await stage.start({ event, ref: "refs/heads/main" });
  const done = await stage.step("decide", { run: run.id, event, body, permissions: deciding });
  run.finish();
  expect(done).toMatchObject({ code: 0, stderr: expect.not.stringContaining("is not told") });
  return github.exchanges
    .slice(before)
    .filter(({ path }) => !path.includes(".git/"))
    .map(({ method, path }) => `${method} ${path.replace(`/repos/${infra}`, "").replaceAll(/\d+/g, "N")}`);
}

const said = () => stage.small.github.forge.state.repositories.find(({ name }) => name === infra)?.comments ?? [];
const ofPlangate = () => said().flatMap(({ by, body }) => (by === "github-actions[bot]" ? [body] : []));

async function comments(by: string, number: number, body: string): Promise<readonly string[]> {
  const { id } = await stage.small.did("comment", by, { number, body });
  return decides("issue_comment", {
    action: "created",
    issue: { number, pull_request: {} },
    comment: { id, body, user: { login: by, type: "User" } },
    sender: { login: by },
  });
}

it("answers strangers who flood with three requests a comment, once it has told them why", async () => {
  const { small } = stage;
  await small.pushed("ann", "feature/queue", { "stacks/app/main.tf": rootModule.replace('"1"', '"2"') });
  const { number } = await small.did("open", "ann", { title: "Q", body: "", head: "feature/queue", base: "main" });
  // Whoever may see it comments.
  await small.did("role", "root", { login: "sam", role: "read" });
  await comments("sam", number, "/plangate plan");
  for (const body of ["/plangate merge\n".repeat(500), "/plangate <b>"])
    expect((await comments("sam", number, body)).toSorted()).toEqual([
      "GET /collaborators",
      "GET /deployments",
      "POST /issues/comments/N/reactions",
    ]);
  expect(ofPlangate()).toEqual([expect.stringContaining("Somebody who may not write here")]);
  expect(small.github.kept(infra).reactions.map(({ content }) => content)).toEqual(["-1", "-1", "-1"]);
});

it("tells a fork's pull request, once and by the clock, what is not planned and who can have it planned", async () => {
  const { small } = stage;
  await small.did("role", "root", { login: "sam", role: "read" });
  await small.did("fork", "sam", {});
  const { forge } = small.github;
  const parent = await small.tip("refs/heads/main");
  const files = { "stacks/app/main.tf": rootModule.replace('"1"', '"2"') };
  const after = await forge.commit({
    repository: "sam/infra",
    parent: parent ?? null,
    files,
    message: "M",
    author: "sam",
  });
  must(await forge.act("push", { by: "sam", repository: "sam/infra", ref: "refs/heads/gift", after }), "push");
  await small.did("open", "sam", { title: "G", body: "", head: "gift", headRepository: "sam/infra", base: "main" });
  const sweep = { schedule: "7,22,37,52 * * * *", workflow: trusted };
  await decides("schedule", sweep);
  await decides("schedule", sweep);
  expect(ofPlangate()).toEqual([expect.stringMatching(/This comes from a fork[\s\S]*`\/plangate plan`/)]);
});
