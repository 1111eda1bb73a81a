import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { CommitSha, StackName, TreeSha } from "../../src/domain/names.ts";
import type { Run } from "../../src/domain/run.ts";
import { parseFlow, renderPreset } from "../../src/flow/index.ts";
import { openRealWorld, type RealStage } from "../../src/worlds/real/index.ts";
import { parseStory, sceneOf } from "../../src/worlds/stories/index.ts";

const repository = "acme/infra";
const admin = "root-admin";
const flow = parseFlow(renderPreset("trunk-stored-plan"), { file: "preset" }).value;

/** A change by ann that bob reviewed and merged, so that test has it. */
const first = `
  - push: { by: ann, branch: feature/one, from: main, changes: [stacks/app/main.tf, stacks/app/extra.tf] }
  - open: { by: ann, head: feature/one, base: main, body: "Closes #1", as: one }
  - review: { by: bob, pr: one, state: approve }
  - merge: { by: bob, pr: one }
`;
/** Another one, cut from what main is by then. */
const second = `
  - push: { by: ann, branch: feature/two, from: main, changes: [stacks/app/more.tf] }
  - open: { by: ann, head: feature/two, base: main, body: "Closes #1", as: two }
  - review: { by: bob, pr: two, state: approve }
  - merge: { by: bob, pr: two }
  - gate: { by: bob, environment: test, state: approve }
`;
const release = `
  - dispatch: { by: ann, name: Release, ref: main }
  - dispatch: { by: ann, name: Deploy, ref: v1.0.0 }
`;

let dir: string;
let world: RealStage;
let steps: ReturnType<typeof stepsOf>;

function stepsOf(text: string) {
  const story = parseStory(
    `story: x\npreset: trunk-stored-plan\npeople: { ann: [owners], bob: [owners], eve: [] }\nsteps:${text}`,
    { file: "x" },
  );
  if (story.value === undefined || flow === undefined) throw new Error(JSON.stringify(story.diagnostics));
  return { scene: sceneOf(flow, story.value), all: [...story.value.steps] };
}

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "plangate-forge-"));
  steps = stepsOf(first + second + release);
  world = await openRealWorld({ dir, scene: steps.scene, env: process.env });
});
afterEach(async () => {
  await world.close();
  await rm(dir, { recursive: true, force: true });
});

/** Plays the next steps of the story. */
const play = async (count: number) => {
  for (const step of steps.all.splice(0, count)) await world.perform(step as never);
};
const tip = (branch: string) =>
  world.forge.look(repository, async ({ refs }) => refs.get(`refs/heads/${branch}`) as CommitSha);
const push = async (ref: string, after: CommitSha) => {
  const outcome = await world.forge.act("push", { by: admin, repository, ref, after, force: true, rewrite: true });
  expect(outcome).toMatchObject({ ok: true });
};
const commitTree = async (tree: TreeSha, parents: readonly CommitSha[]) =>
  world.forge.look(repository, async ({ network }) => {
    const person = { name: "EVE", email: "eve@acme.example" };
    return network.writer.commitTree(tree, parents, {
      author: person,
      committer: person,
      message: "M",
      at: Date.now(),
    });
  });
const treeOf = (commit: CommitSha) => world.delivery.repository.treeOf(commit);
const runs = (stack: string): Promise<readonly Run[]> => world.delivery.store.runs({ stack: stack as StackName });
/** The world starts with test as main has it. */
const applied = async () => (await runs("test/app")).filter(({ state }) => state === "verified").length - 1;
const waitsForReview = async () => {
  expect(await applied()).toBe(1);
  expect((await runs("test/app"))[0]).toMatchObject({ state: "waiting", code: "unreviewed-change" });
};

describe("what was pushed past pull requests is not brought along by a reviewed one", () => {
  it("when the push deleted a file that nothing names any more", async () => {
    await play(4);
    expect(await applied()).toBe(1);
    const files = { "stacks/app/extra.tf": null };
    const parent = await tip("main");
    await push("refs/heads/main", await world.forge.commit({ repository, parent, files, message: "x", author: admin }));
    await play(5);
    await waitsForReview();
  });

  it("when it was a merge that keeps what was there before, and so changes nothing against its first parent", async () => {
    const old = await tip("main");
    await play(4);
    expect(await applied()).toBe(1);
    const now = await tip("main");
    await push("refs/heads/main", await commitTree(await treeOf(old), [old, now]));
    await play(5);
    await waitsForReview();
  });

  it("when the branch was put back to where it was before", async () => {
    const old = await tip("main");
    await play(4);
    expect(await applied()).toBe(1);
    await push("refs/heads/main", old);
    await play(5);
    await waitsForReview();
  });

  it("when the merge was made by hand, with something more than either side", async () => {
    const base = await tip("main");
    await play(3);
    const head = await tip("feature/one");
    const files = { "stacks/app/evil.tf": 'resource "terraform_data" "evil" {}\n' };
    const evil = await world.forge.commit({ repository, parent: head, files, message: "x", author: "bob" });
    await push("refs/heads/main", await commitTree(await treeOf(evil), [base, head]));
    steps.all.splice(0, 1);
    await play(5);
    expect(await applied()).toBe(0);
    const waiting = (await runs("test/app")).filter(({ code }) => code === "unreviewed-change");
    expect(waiting.length).toBeGreaterThan(0);
  });
});

describe("a release", () => {
  it("whose tag moved after it was made is not delivered", async () => {
    await play(4);
    steps.all.splice(0, 5);
    await play(1);
    const files = { "stacks/app/evil.tf": 'resource "terraform_data" "evil" {}\n' };
    const parent = await tip("main");
    const evil = await world.forge.commit({ repository, parent, files, message: "x", author: admin });
    await push("refs/tags/v1.0.0", evil);
    await play(1);
    const told: string[] = [];
    for await (const { kind, body } of world.delivery.store.ledger())
      if (kind === "decided") told.push(JSON.stringify(body));
    expect(told.at(-1)).toMatch(/release-moved/);
    const delivered = (await runs("prod/app")).filter(({ due }) => due?.kind === "dispatch");
    expect(delivered).toEqual([]);
  });
});
