import { afterEach, describe, expect, it } from "vitest";
import { observe } from "../../src/delivery/observe/index.ts";
import type { Event } from "../../src/domain/event.ts";
import type { StackFacts } from "../../src/domain/facts.ts";
import type { CommitSha, Login, RunId, StackName } from "../../src/domain/names.ts";
import { manifestText, planDigestOf } from "../../src/domain/plan.ts";
import type { Run } from "../../src/domain/run.ts";
import { aChange, aManifest, answer, runId } from "../../src/testing/builders.ts";
import { ann, bob, type DeliveryStage, openStage } from "./support/delivery-stage.ts";

let stage: DeliveryStage;
afterEach(() => stage.close());

const flow = (states: string) => `version: 1
teams: { owners: [ann, bob] }
branches:
  feature: { match: "feature/*", cutFrom: develop }
  hotfix:  { match: "hotfix/*", cutFrom: main }
  develop: { accepts: [feature], merge: squash, directPush: { lines: 5, files: 2 }, reviews: { count: 1 } }
  main:    { accepts: [develop, hotfix], merge: merge, reviews: { count: 1 }, backMerge: [develop] }
environments:
  test: { kind: test, appliesFrom: [main, develop] }
stacks:
  - { root: "stacks/{stack}", in: [test], backend: ["path=${states}/{stack}.tfstate"], depends: ["policies/{stack}.json"] }
releases:
  - { id: module, of: "modules/{module}", tag: "{module}-v{version}", from: main, on: merge }
when:
  - { on: push, to: develop, in: test, do: [check, plan] }
  - { on: merge, into: main, in: test, do: [plan, apply, verify] }
  - { on: dispatch, job: Deliver, in: test, do: [plan, apply] }
`;

const rootModule = (value: string) =>
  `terraform {\n  backend "local" {}\n}\n\nresource "terraform_data" "this" {\n  input = ${JSON.stringify(value)}\n}\n`;

const app = "test/app" as StackName;

async function openRepository(): Promise<CommitSha> {
  stage = await openStage(flow, {
    "stacks/app/main.tf": rootModule("one"),
    "stacks/net/main.tf": rootModule("one"),
    "policies/app.json": "{}\n",
    "modules/vpc/main.tf": 'variable "name" {\n  type = string\n}\n',
  });
  stage.git("branch", "develop");
  return stage.head("main");
}

function on(branch: string, files: Readonly<Record<string, string | null>>, from?: string): CommitSha {
  stage.git("checkout", "--quiet", ...(from === undefined ? [branch] : ["-b", branch, from]));
  return stage.commit(files);
}

function applyOf(run: RunId, due: Run["due"], source: Run["source"]): Run {
  const common = { state: "verified", code: null, why: null, plan: null, revision: 0, holder: null } as const;
  return { ...common, id: run, stack: app, source, mode: "normal", due, createdAt: 1, updatedAt: 2 };
}

/** Has the commit applied to `test/app`, as a merge would have left it. */
async function applied(commit: CommitSha, about: Partial<Run> = {}): Promise<void> {
  const { store, repository, configuration } = stage.delivery;
  const tree = await repository.treeOf(commit);
  const stack = (await configuration.stacks(tree)).get(app);
  if (stack === undefined) throw new Error("there is no test/app");
  const { inputs } = await configuration.content(stack, tree);
  const id = about.id ?? runId("applied");
  const manifest = aManifest(app, { run: id, commit, tree, inputs });
  const digest = planDigestOf(manifestText(manifest));
  const due = { kind: "merge", at: 1, by: ann, ref: "main", commit, job: null } as const;
  const run = applyOf(id, due, { kind: "merge", pullRequest: null, branch: "main", commit });
  await store.write({
    createRuns: [{ ...run, ...about, plan: digest }],
    plans: [{ digest, manifest, speculative: null, shown: [], carriedFrom: null }],
    ledger: [],
  });
}

/** A run that asks for the delivery of main, and what is true of it. */
async function judged(): Promise<StackFacts> {
  const commit = stage.head("main");
  const due = { kind: "merge", at: 3, by: ann, ref: "main", commit, job: null } as const;
  const run = applyOf(runId("asks"), due, { kind: "merge", pullRequest: null, branch: "main", commit });
  await stage.delivery.store.write({ createRuns: [{ ...run, state: "waiting" }], ledger: [] });
  const facts = await observe(stage.delivery, { kind: "tick" });
  const [stack] = facts.stacks;
  if (stack === undefined) throw new Error("nothing is due");
  return stack;
}

describe("an apply that is told of late", () => {
  it("is no news to what was planned since, and to what was planned before it", async () => {
    const commit = await openRepository();
    await applied(commit);
    const source = { kind: "merge", pullRequest: null, branch: "main", commit } as const;
    const other = { ...applyOf(runId("before"), null, source), state: "planned" } as const;
    const [before, since] = [other, { ...other, id: runId("since"), createdAt: 3 }];
    await stage.delivery.store.write({ createRuns: [before, since], ledger: [] });
    const told = { kind: "run-applied", run: runId("applied"), outcome: "applied" } as const;
    const { stacks } = await observe(stage.delivery, told);
    expect(stacks.map(({ others }) => others?.map(({ id }) => id))).toEqual([[before.id]]);
  });
});

describe("the history of a delivery", () => {
  it("leads a commit back over every protected branch on its way, to who wrote it", async () => {
    await applied(await openRepository());
    const change = on("feature/queue", { "stacks/app/main.tf": rootModule("two") }, "develop");
    stage.git("checkout", "--quiet", "develop");
    stage.git("merge", "--quiet", "--squash", "feature/queue");
    const squash = stage.commit({});
    stage.git("checkout", "--quiet", "main");
    stage.git("merge", "--quiet", "--no-ff", "-m", "Promote", "develop");
    const promotion = stage.head("main");
    const feature = aChange({
      number: 2,
      base: "develop",
      headBranch: "feature/queue",
      head: change,
      opener: "cem" as Login,
      writers: ["cem" as Login, "gil" as Login],
    });
    const promoted = aChange({
      number: 3,
      base: "main",
      headBranch: "develop",
      head: squash,
      opener: bob,
      writers: ["everybody" as Login],
    });
    stage.forge.changes.set(2, feature).set(3, promoted);
    stage.forge.holding.set(change, [2]).set(squash, [2, 3]).set(promotion, [3]);
    stage.forge.pushes.push({ branch: "feature/queue", before: null, after: change, by: "dot" as Login });
    const facts = await judged();
    expect(facts.changes?.map(({ number }) => number)).toEqual([2, 3]);
    expect(facts.pushed).toEqual([]);
    // Whoever wrote something else that was promoted with it wrote nothing of this.
    expect([...(facts.writers ?? [])].sort()).toEqual(["ann", "bob", "cem", "dot"]);
  });

  it("tells what reached a protected branch on the way by no pull request, as the push that it was", async () => {
    const first = await openRepository();
    await applied(first);
    const small = on("develop", { "stacks/app/main.tf": rootModule("two") });
    const last = on("develop", { "stacks/app/more.tf": "# more\n" });
    stage.git("checkout", "--quiet", "main");
    stage.git("merge", "--quiet", "--ff-only", "develop");
    stage.forge.changes.set(3, aChange({ number: 3, base: "main", headBranch: "develop", head: last, opener: bob }));
    for (const commit of [small, last]) stage.forge.holding.set(commit, [3]);
    stage.forge.pushOf = async (branch) => (branch === "develop" ? { before: first, after: last } : null);
    stage.forge.pushes.push({ branch: "develop", before: first, after: last, by: "dot" as Login });
    stage.forge.answersAboutCommits.set(last, [answer("bob", "accept", { commit: last })]);
    const facts = await judged();
    expect(facts.pushed).toEqual([
      { branch: "develop", commit: last, files: 2, lines: 3, writers: ["dot"], accepted: ["bob"] },
    ]);
    expect(facts.changes?.map(({ number }) => number)).toEqual([3]);
  });

  it("asks nothing about what never touched the stack", async () => {
    await applied(await openRepository());
    on("main", { "stacks/net/main.tf": rootModule("two") });
    const facts = await judged();
    expect(facts).toMatchObject({ changes: [], pushed: [], writers: [], affected: false });
  });

  it("counts what the flow says that a stack depends on", async () => {
    await applied(await openRepository());
    const commit = on("main", { "policies/app.json": '{ "a": 1 }\n' });
    expect(await judged()).toMatchObject({ affected: true, pushed: [{ branch: "main", commit, files: 1, lines: 2 }] });
  });

  it("counts a head from which what is applied was taken back as pushed", async () => {
    const first = await openRepository();
    await applied(on("main", { "stacks/app/main.tf": rootModule("two") }));
    stage.git("reset", "--quiet", "--hard", first);
    expect((await judged()).pushed).toMatchObject([{ branch: "main", commit: first }]);
  });
});

describe("what is applied to a stack", () => {
  it("is nothing after a destroy, and again something after the next apply", async () => {
    const commit = await openRepository();
    await applied(commit);
    await applied(commit, { id: runId("gone"), mode: "destroy", createdAt: 3 });
    stage.refer("main");
    const asked: Event = { kind: "dispatch", job: "Deliver", ref: "main", by: bob, inputs: { stacks: "app" } };
    const [gone, ...more] = (await observe(stage.delivery, asked)).stacks;
    expect(gone).toMatchObject({ stack: "test/app", applied: null, affected: true, source: { kind: "dispatch" } });
    expect(more).toEqual([]);
    await applied(commit, { id: runId("again"), createdAt: 4 });
    const [again] = (await observe(stage.delivery, asked)).stacks;
    expect(again).toMatchObject({ applied: { run: runId("again"), verified: true, commit }, affected: false });
  });

  it("is not forgotten over any number of looks for drift", async () => {
    const commit = await openRepository();
    await applied(commit);
    const looks = Array.from({ length: 120 }, (_, index): Run => {
      const source = { kind: "schedule", cron: "0 1 * * *", ref: "main", commit } as const;
      return {
        ...applyOf(runId(`look${index}`), null, source),
        mode: "refresh-only",
        state: "no-changes",
        createdAt: 10,
      };
    });
    await stage.delivery.store.write({ createRuns: looks, ledger: [] });
    expect((await judged()).applied).toMatchObject({ run: runId("applied") });
  });
});

describe("a push", () => {
  it("is measured against what was there before, whatever attributes say, and names who is behind it", async () => {
    const before = await openRepository();
    const commit = on("develop", {
      "stacks/app/main.tf": rootModule("two"),
      ".gitattributes": "*.tf binary\n",
    });
    stage.forge.changes.set(4, aChange({ number: 4, state: "open", base: "main", headBranch: "develop" }));
    const facts = await observe(stage.delivery, { kind: "push", branch: "develop", before, commit, by: bob });
    expect(facts.push).toEqual({
      branch: "develop",
      commit,
      files: 2,
      lines: 3,
      writers: ["ann", "bob"],
      accepted: [],
      openPullRequests: [4],
    });
    expect(facts.stacks).toMatchObject([
      { stack: "test/app", affected: true, source: { kind: "push", branch: "develop", commit, by: bob } },
    ]);
    expect(facts.pullRequest).toMatchObject({ number: 4 });
  });

  it("of a deletion tells what the branch held, and of code that goes that a stack is gone", async () => {
    const before = await openRepository();
    const commit = on("develop", { "stacks/app/main.tf": null });
    const facts = await observe(stage.delivery, { kind: "push", branch: "develop", before, commit, by: bob });
    expect(facts.stacks).toMatchObject([{ stack: "test/app", inputs: null, affected: true }]);
    const hold = { stack: app, branch: "feature/x", by: ann, since: 1 };
    await stage.delivery.store.write({ takeHold: hold, ledger: [] });
    const gone = { kind: "push", branch: "feature/x", before, commit: null, by: bob } as const;
    expect(await observe(stage.delivery, gone)).toMatchObject({ stacks: [], push: null, held: [hold] });
  });
});

describe("a merge", () => {
  it("tells whether what it brought has to go back, and which modules it changed", async () => {
    await openRepository();
    stage.git("tag", "vpc-v1.2.0");
    stage.git("tag", "vpc-v1.10.0");
    const fix = on("hotfix/one", { "modules/vpc/main.tf": 'variable "size" {\n  default = 1\n}\n' }, "main");
    stage.git("checkout", "--quiet", "main");
    stage.git("merge", "--quiet", "--no-ff", "-m", "Merge", "hotfix/one");
    const commit = stage.head("main");
    stage.forge.changes.set(5, aChange({ number: 5, base: "main", headBranch: "hotfix/one", head: fix }));
    for (const held of [fix, commit]) stage.forge.holding.set(held, [5]);
    const event = { kind: "merge", pullRequest: 5, branch: "main", commit, by: bob } as const;
    const facts = await observe(stage.delivery, event);
    expect(facts.backMerges).toEqual([{ from: "main", into: "develop", needed: true, open: null }]);
    const vpc = { release: "module", name: "vpc", path: "modules/vpc" };
    expect(facts.modules).toMatchObject([
      { ...vpc, latest: "1.10.0", changed: true, bump: "major", changes: [{ number: 5 }], pushed: [] },
    ]);
    stage.git("checkout", "--quiet", "develop");
    stage.git("merge", "--quiet", "--no-ff", "-m", "Back", "main");
    stage.git("tag", "vpc-v2.0.0", "main");
    const after = await observe(stage.delivery, event);
    expect(after.backMerges).toMatchObject([{ needed: false }]);
    expect(after.modules).toMatchObject([{ latest: "2.0.0", changed: false, changes: [], pushed: [] }]);
  });

  it("tells of a module without a version everything that came to it, but not what the repository began with", async () => {
    await openRepository();
    const pushed = on("main", { "modules/vpc/main.tf": 'variable "size" {\n  default = 1\n}\n' });
    const fix = on("hotfix/one", { "modules/vpc/more.tf": 'output "size" {\n  value = var.size\n}\n' }, "main");
    stage.git("checkout", "--quiet", "main");
    stage.git("merge", "--quiet", "--no-ff", "-m", "Merge", "hotfix/one");
    const commit = stage.head("main");
    stage.forge.changes.set(5, aChange({ number: 5, base: "main", headBranch: "hotfix/one", head: fix }));
    for (const held of [fix, commit]) stage.forge.holding.set(held, [5]);
    const event = { kind: "merge", pullRequest: 5, branch: "main", commit, by: bob } as const;
    const { modules } = await observe(stage.delivery, event);
    expect(modules).toMatchObject([
      { name: "vpc", latest: null, changes: [{ number: 5 }], pushed: [{ branch: "main", commit: pushed }] },
    ]);
  });
});

describe("a dispatch", () => {
  it("of a branch that is cut from another is about what it alters, or about what is named", async () => {
    await openRepository();
    on("feature/queue", { "stacks/app/main.tf": rootModule("two") }, "develop");
    stage.refer("feature/queue");
    const asked = (inputs: Readonly<Record<string, string>>) =>
      observe(stage.delivery, { kind: "dispatch", job: "Deliver", ref: "feature/queue", by: bob, inputs });
    expect((await asked({})).stacks.map(({ stack }) => stack)).toEqual(["test/app"]);
    expect((await asked({ stacks: "test/net, app" })).stacks.map(({ stack }) => stack)).toEqual([
      "test/app",
      "test/net",
    ]);
  });
});

describe("who wrote what the forge made while merging", () => {
  it("is who wrote what it was made of, and not who merged", async () => {
    await applied(await openRepository());
    const change = on("hotfix/one", { "stacks/app/main.tf": rootModule("two") }, "main");
    stage.git("checkout", "--quiet", "main");
    stage.git("merge", "--quiet", "--squash", "hotfix/one");
    stage.git("-c", "user.name=Bob", "commit", "--quiet", "-m", "Squash", "--author", "Bob <bob@example.com>");
    const opener = "cem" as Login;
    stage.forge.changes.set(2, aChange({ number: 2, headBranch: "hotfix/one", head: change, opener }));
    stage.forge.holding.set(change, [2]).set(stage.head("main"), [2]);
    expect([...((await judged()).writers ?? [])].sort()).toEqual(["ann", "cem"]);
    // The same, made by hand and pushed.
    stage.forge.pushes.push({ branch: "main", before: null, after: stage.head("main"), by: "gil" as Login });
    const again = await observe(stage.delivery, { kind: "tick" });
    expect([...(again.stacks[0]?.writers ?? [])].sort()).toEqual(["ann", "cem", "gil"]);
  });
});
