import { afterEach, describe, expect, it } from "vitest";
import { deliveredContent, stackAt } from "../../src/delivery/observe/content.ts";
import { orderFor } from "../../src/delivery/observe/stack-facts.ts";
import { perform } from "../../src/delivery/perform/index.ts";
import type { Event } from "../../src/domain/event.ts";
import type { CommitSha, Login, StackName } from "../../src/domain/names.ts";
import type { Due, Run, RunSource } from "../../src/domain/run.ts";
import { aChange, runId } from "../../src/testing/builders.ts";
import { ann, bob, type DeliveryStage, openStage } from "./support/delivery-stage.ts";

let stage: DeliveryStage;
afterEach(() => stage.close());

const rootModule = (value: string, more = "") =>
  `terraform {\n  backend "local" {}\n}\n\nresource "terraform_data" "this" {\n  input = ${JSON.stringify(value)}\n}\n${more}`;

const dispatch = (job: string, ref = "main", inputs: Readonly<Record<string, string>> = {}): Event => ({
  kind: "dispatch",
  job,
  ref,
  by: bob,
  inputs,
});

async function newest(stack: string): Promise<Run> {
  const [run] = await stage.runs(stack);
  if (run === undefined) throw new Error(`${stack} has no run`);
  return run;
}

const demoFlow = (states: string) => `version: 1
teams: { owners: [ann, bob] }
branches:
  feature: { match: "feature/*", cutFrom: main }
  main:    { accepts: [feature], reviews: { count: 1, by: owners } }
environments:
  test: { kind: test, appliesFrom: [feature, main], destroyable: true, expect: { size: 3 } }
stacks:
  - { root: infra, in: [test], backend: ["path=${states}/{environment}.tfstate"], vars: ["{environment}.tfvars"] }
when:
  - { on: [pull_request, push], in: test, do: [check, plan] }
  - { on: dispatch, job: Demo (apply),   in: test, do: [plan, apply, verify] }
  - { on: dispatch, job: Demo (destroy), in: test, do: [plan-destroy, destroy] }
  - { on: schedule, cron: "0 1 * * *", in: test, do: [drift], drift: detect }
`;

const sizeVariable = '\nvariable "size" {\n  type = number\n}\n';

async function openDemo(): Promise<void> {
  stage = await openStage(demoFlow, {
    "infra/main.tf": rootModule("one", `${sizeVariable}\noutput "held" {\n  value = terraform_data.this.output\n}\n`),
    "test.tfvars": "size = 3\n",
  });
  stage.git("checkout", "--quiet", "-b", "feature/queue");
  stage.commit({ "infra/more.tf": 'resource "terraform_data" "more" {\n  input = "more"\n}\n' });
  stage.refer("feature/queue");
  stage.refer("main");
}

describe("a destroy", () => {
  it("takes everything of a stack away, for a run of its own, and is verified by that", async () => {
    await openDemo();
    await stage.deliver(dispatch("Demo (apply)", "feature/queue"));
    expect(await newest("test/infra")).toMatchObject({ state: "verified", mode: "normal" });
    expect(stage.state("test.tfstate")).toMatchObject({ "terraform_data.this": "one", "terraform_data.more": "more" });
    const delivered = await stage.deliver(dispatch("Demo (destroy)", "feature/queue"));
    expect(delivered.map(({ event }) => event.kind)).toEqual([
      "dispatch",
      "run-planned",
      "apply-ready",
      "run-applied",
      "lease-ended",
    ]);
    expect(await newest("test/infra")).toMatchObject({ state: "verified", mode: "destroy" });
    expect(stage.state("test.tfstate")).toEqual({});
    expect(await stage.delivery.store.leases()).toEqual([]);
    expect(await stage.ledger("plan-stored")).toMatchObject([{ mode: "normal" }, { mode: "destroy" }]);
    // Nothing is applied any more, so there is nothing to destroy.
    const again = await stage.deliver(dispatch("Demo (destroy)", "feature/queue"));
    expect(again.flatMap(({ decision }) => decision.actions)).toMatchObject([{ kind: "refuse", code: "not-affected" }]);
  });

  it("is over when whoever did it is lost right after it", async () => {
    await openDemo();
    await stage.deliver(dispatch("Demo (apply)", "feature/queue"));
    await stage.deliver(dispatch("Demo (destroy)", "feature/queue"));
    const done = await newest("test/infra");
    const { store, holder } = stage.delivery;
    const lost: Run = { ...done, id: runId("lost"), state: "applied" };
    const lease = { stack: done.stack, run: lost.id, holder, since: 1 };
    await store.write({ createRuns: [lost], takeLease: lease, ledger: [] });
    await stage.deliver({ kind: "run-lost", run: lost.id });
    expect(await store.run(lost.id)).toMatchObject({ state: "verified" });
    expect(await store.leases()).toEqual([]);
  });

  it("is started for no run of another mode, nor by an order of another mode", async () => {
    await openDemo();
    await stage.deliver(dispatch("Demo (apply)", "feature/queue"));
    const { delivery } = stage;
    const commit = stage.head("feature/queue");
    const source: RunSource = { kind: "dispatch", by: bob, ref: "feature/queue", commit };
    const due: Due = { kind: "dispatch", at: 0, by: bob, ref: "feature/queue", commit, job: "Demo (destroy)" };
    const why = "a test asks";
    const stack = "test/infra" as StackName;
    await perform(delivery, { kind: "plan", stack, source, mode: "destroy", speculative: null, due, why });
    const run = await newest("test/infra");
    const plan = run.plan;
    if (plan === null) throw new Error("the destroy was not planned");
    const content = await deliveredContent(delivery, run);
    const found = content === null ? undefined : await stackAt(delivery, stack, content);
    if (content === null || found === undefined) throw new Error("the stack is gone");
    const steps = { starting: () => Promise.reject(new Error("started")), spawned: () => Promise.resolve() };
    const order = { ...orderFor(delivery, run, found, content), mode: "normal" } as const;
    expect(await delivery.roles.apply(order, plan, steps)).toMatchObject({
      kind: "refused",
      finding: { code: "target-moved", sentence: "the plan is of the mode destroy, not normal" },
    });
    await perform(delivery, { kind: "start", run: run.id, stack, due, why });
    await perform(delivery, { kind: "apply", run: run.id, stack, plan, why });
    expect(await newest("test/infra")).toMatchObject({ state: "refused", code: "target-moved" });
    expect(stage.state("test.tfstate")).toMatchObject({ "terraform_data.this": "one" });
    expect(await delivery.store.leases()).toEqual([]);
  });
});

describe("what the flow expects of an environment", () => {
  it("refuses a plan in which a variable has another value", async () => {
    await openDemo();
    stage.commit({ "test.tfvars": "size = 2\n" });
    stage.refer("feature/queue");
    await stage.deliver(dispatch("Demo (apply)", "feature/queue"));
    expect(await newest("test/infra")).toMatchObject({
      state: "refused",
      code: "expectation-failed",
      why: "in the plan of test/infra size is not 3, as the flow expects of test",
    });
    expect(stage.state("test.tfstate")).toBeNull();
  });
});

describe("a look for drift", () => {
  const look: Event = { kind: "schedule", cron: "0 1 * * *" };

  it("looks where something is applied, and finds nothing", async () => {
    await openDemo();
    expect((await stage.deliver(look)).flatMap(({ decision }) => decision.actions)).toEqual([]);
    await stage.deliver(dispatch("Demo (apply)", "feature/queue"));
    const [applied] = await stage.runs("test/infra");
    await stage.deliver(look);
    expect(await newest("test/infra")).toMatchObject({
      mode: "refresh-only",
      state: "no-changes",
      source: { kind: "schedule", ref: "feature/queue", commit: stage.head("feature/queue") },
    });
    expect(stage.forge.issues.size).toBe(0);
    // A look is no apply, and no plan that could be one: nothing of it is signed.
    const { plan } = await newest("test/infra");
    expect(plan === null ? undefined : await stage.delivery.roles.inspect(plan, "0".repeat(40) as never)).toMatchObject(
      {
        code: "bundle-missing",
      },
    );
    expect((await stage.runs("test/infra"))[1]?.id).toBe(applied?.id);
  });
});

describe("a check", () => {
  it("passes what is well formed, and reports it for the commit that was pushed", async () => {
    await openDemo();
    const commit = stage.head("feature/queue");
    await stage.deliver({ kind: "push", branch: "feature/queue", before: null, commit, by: ann });
    expect(stage.forge.checks).toMatchObject([{ commit, passed: true }]);
    expect(await newest("test/infra")).toMatchObject({ state: "planned", source: { kind: "push", commit } });
  });

  it("fails on how a pull request came, on files that are not well formed, and on a flow file that cannot be used", async () => {
    await openDemo();
    const commit = stage.commit({
      "infra/more.tf": 'resource "terraform_data" "more" {\n      input = "more"\n}\n',
      "plangate.yaml": demoFlow("/nowhere").replace("appliesFrom: [feature, main]", "appliesFrom: [features]"),
    });
    stage.forge.changes.set(7, aChange({ number: 7, state: "open", headBranch: "feature/queue", head: commit }));
    const action = {
      kind: "check",
      pullRequest: 7,
      commit,
      problems: ["it came the wrong way"],
      why: "a test",
    } as const;
    await perform(stage.delivery, action);
    const [check] = stage.forge.checks;
    expect(check).toMatchObject({ commit, passed: false });
    expect(check?.summary).toMatch(/^it came the wrong way; .*infra\/more\.tf.*plangate\.yaml:\d+:\d+ .*features/);
  });
});

const instanceFlow = (states: string) => `version: 1
teams: { owners: [ann, bob] }
branches:
  work: { match: "**", except: [main], cutFrom: main }
  main: { accepts: [work], reviews: { count: 1, by: owners } }
environments:
  ephemeral: { kind: ephemeral, appliesFrom: [work], ttl: 4h, destroyable: true }
stacks:
  - { root: "stacks/{stack}", in: [ephemeral], backend: ["path=${states}/{environment}/{instance}{stack}.tfstate"] }
when:
  - { on: pull_request, into: main, in: ephemeral, do: [check, plan, apply, verify] }
`;

describe("an environment per pull request", () => {
  async function openInstances(): Promise<CommitSha> {
    stage = await openStage(instanceFlow, { "stacks/app/main.tf": rootModule("one") });
    stage.git("checkout", "--quiet", "-b", "queue");
    return stage.commit({
      "stacks/app/main.tf": `terraform {\n  backend "local" {}\n}\n\nvariable "instance" {\n  type = string\n}\n\nresource "terraform_data" "this" {\n  input = "of \${var.instance}"\n}\n`,
    });
  }

  it("has a state and a number of its own, and is destroyed when the pull request is closed", async () => {
    const head = await openInstances();
    const change = aChange({ number: 12, state: "open", headBranch: "queue", head, issues: [1] });
    stage.forge.changes.set(12, change);
    await stage.deliver({ kind: "pull-request", action: "opened", pullRequest: 12, by: ann });
    expect(await newest("ephemeral-12/app")).toMatchObject({ state: "verified", mode: "normal" });
    expect(stage.state("ephemeral/12/app.tfstate")).toEqual({ "terraform_data.this": "of 12" });
    const { plan } = await newest("ephemeral-12/app");
    expect(plan === null ? null : (await stage.delivery.store.plan(plan))?.manifest).toMatchObject({
      environment: "ephemeral",
      instance: "12",
      stack: "ephemeral-12/app",
    });
    // Another pull request's instance is another state, and nobody else's business.
    stage.forge.changes.set(13, { ...change, number: 13 });
    await stage.deliver({ kind: "pull-request", action: "opened", pullRequest: 13, by: ann });
    expect(stage.state("ephemeral/13/app.tfstate")).toEqual({ "terraform_data.this": "of 13" });
    stage.git("checkout", "--quiet", "main");
    stage.git("branch", "--quiet", "-D", "queue");
    stage.forge.changes.set(12, { ...change, state: "closed" });
    await stage.deliver({ kind: "closed", pullRequest: 12, by: ann });
    expect(await newest("ephemeral-12/app")).toMatchObject({ state: "verified", mode: "destroy" });
    expect(stage.state("ephemeral/12/app.tfstate")).toEqual({});
    expect(stage.state("ephemeral/13/app.tfstate")).toEqual({ "terraform_data.this": "of 13" });
    expect(stage.state("ephemeral/app.tfstate")).toBeNull();
  });
});

const heldFlow = (states: string) => `version: 1
branches:
  dev:  { match: "dev/*", cutFrom: main, directPush: free }
  main: { accepts: [dev], reviews: { count: 1 } }
environments:
  dev: { kind: dev, appliesFrom: [dev], heldBy: branch }
stacks:
  - { root: "stacks/{stack}", in: [dev], backend: ["path=${states}/{stack}.tfstate"] }
when:
  - { on: push, to: dev, in: dev, do: [check, plan, apply] }
`;

describe("an environment held by branch", () => {
  const push = (branch: string, by: Login): Event => ({
    kind: "push",
    branch,
    before: null,
    commit: stage.head(branch),
    by,
  });

  it("belongs to the first branch that applies, until it is deleted or a person frees the stack", async () => {
    stage = await openStage(heldFlow, { "stacks/app/main.tf": rootModule("one") });
    for (const name of ["one", "two"]) {
      stage.git("checkout", "--quiet", "-b", `dev/${name}`, "main");
      stage.commit({ "stacks/app/main.tf": rootModule(`by ${name}`) });
    }
    const stack = "dev/app" as StackName;
    await stage.deliver(push("dev/one", ann));
    expect(stage.state("app.tfstate")).toEqual({ "terraform_data.this": "by one" });
    expect(await stage.delivery.store.hold(stack)).toMatchObject({ branch: "dev/one", by: ann });
    await stage.deliver(push("dev/two", bob));
    expect(await newest("dev/app")).toMatchObject({ state: "waiting", code: "held-by-branch" });
    expect(stage.state("app.tfstate")).toEqual({ "terraform_data.this": "by one" });
    stage.git("branch", "--quiet", "-D", "dev/one");
    await stage.deliver({ kind: "push", branch: "dev/one", before: null, commit: null, by: ann });
    expect(stage.state("app.tfstate")).toEqual({ "terraform_data.this": "by two" });
    expect(await stage.delivery.store.hold(stack)).toMatchObject({ branch: "dev/two", by: bob });
    expect(await stage.ledger("stack-held")).toHaveLength(2);
    expect(await stage.ledger("stack-handed-over")).toMatchObject([{ from: "dev/one", to: null }]);
    const change = aChange({ number: 9, state: "open", headBranch: "dev/two", head: stage.head("dev/two") });
    stage.forge.changes.set(9, change);
    await stage.deliver({ kind: "command", command: "release", pullRequest: 9, stack, by: ann });
    expect(await stage.delivery.store.hold(stack)).toBeUndefined();
  });
});
