import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { StackName } from "../../src/domain/names.ts";
import { infra } from "../../src/worlds/real/forge/small-forge.ts";
import { deciding as presenting } from "./compiled-rights.ts";
import { atGate, type JobStage, jobStage, network, seen } from "./job-stage.ts";

let stage: JobStage;

beforeEach(async () => {
  stage = await jobStage();
});

afterEach(() => stage.close());

describe("a gate", () => {
  const workflow = ".github/workflows/plangate.yml";
  const answer = (environment: string, says: "approved" | "rejected", by = "bob") =>
    stage.small.did("gate", by, { environment, says });
  const waiting = async (ref: string, environment = "prod") => {
    const run = await stage.github.runs.start({
      repository: infra,
      workflow,
      event: "workflow_dispatch",
      ref,
      by: "ann",
    });
    stage.small.later(30);
    await run.job("apply", { environment, permissions: { contents: "write" } });
    stage.small.later(30);
    return run;
  };

  beforeEach(async () => {
    await stage.small.did("environment", "root", { name: "prod", reviewers: ["bob"] });
    await stage.small.did("environment", "root", { name: "test", reviewers: ["bob"] });
  });

  it("was answered by whom GitHub names, at the time when it began to wait", async () => {
    const run = await waiting("refs/heads/main");
    const since = stage.small.later(0) - 30_000;
    await answer("prod", "approved");
    const port = await stage.asJob(presenting, atGate(run));
    expect(await port.gateAnswers("prod")).toMatchObject([
      { by: "bob", says: "approve", via: "gate", environment: "prod", stack: network, plan: seen, at: since },
    ]);
    expect(await port.gateAnswers("test")).toEqual([]);
  });

  it("of a run from another branch than the default one was never answered", async () => {
    await stage.small.pushed("eve", "dev/x", { [workflow]: "jobs: {}" });
    const run = await waiting("refs/heads/dev/x");
    await answer("prod", "approved");
    const port = await stage.asJob(presenting, atGate(run));
    expect(await port.gateAnswers("prod")).toEqual([]);
  });

  it("of a run that somebody with write access deleted was never answered, and those of others still were", async () => {
    const [gone, kept] = [await waiting("refs/heads/main"), await waiting("refs/heads/main")];
    await answer("prod", "approved");
    const atBoth = {
      runsAtGate: async () => [gone, kept].map(({ id }) => ({ run: id, asked: [{ stack: network, plan: seen }] })),
    };
    const port = () => stage.asJob(presenting, atBoth);
    expect(await (await port()).gateAnswers("prod")).toHaveLength(2);
    const token = await stage.github.tokenFor({ person: "eve" });
    const remove = () =>
      fetch(`${stage.github.url}/repos/${infra}/actions/runs/${gone.id}`, {
        method: "DELETE",
        headers: { authorization: `Bearer ${token}` },
      });
    expect((await remove()).status).toBe(403);
    gone.finish();
    expect((await remove()).status).toBe(204);
    expect(await (await port()).gateAnswers("prod")).toHaveLength(1);
  });

  it("shows a plan where the job says, at the clock's time", async () => {
    const shown: string[] = [];
    const port = await stage.asJob(presenting, {
      showAtGate: async (section, markdown) => void shown.push(`${section}: ${markdown}`),
    });
    expect(await port.show(null, network, "the plan")).toBe(stage.small.later(0));
    expect(shown).toEqual(["prod/network: the plan"]);
  });
});

describe("a review", () => {
  it("counts for nothing of what GitHub makes of a pull request when it moves it to another base by itself", async () => {
    const { did, pushed, later } = stage.small;
    await did("settings", "root", { deleteBranchOnMerge: true });
    await pushed("ann", "dev/one", { a: "1" });
    await pushed("ann", "dev/two", { b: "2" });
    await did("open", "ann", { head: "dev/one", base: "main", title: "One" });
    await did("open", "ann", { head: "dev/two", base: "dev/one", title: "Two" });
    await did("review", "bob", { number: 2, says: "APPROVE" });
    const port = await stage.asJob(presenting);
    const before = await port.pullRequest(2);
    const reviewed = before?.answers.at(-1)?.at ?? 0;
    expect(before?.headSince).toBeLessThan(reviewed);
    later(30);
    await did("merge", "bob", { number: 1, method: "squash" });
    const facts = await (await stage.asJob(presenting)).pullRequest(2);
    expect(facts).toMatchObject({ state: "open", base: "main" });
    expect(facts?.headSince).toBeGreaterThan(reviewed);
  });
});

describe("plangate's own comment", () => {
  it("has what plangate wrote again, when somebody else put something into it", async () => {
    const { small } = stage;
    await small.pushed("ann", "dev/x", { a: "1" });
    await stage.openX();
    const port = await stage.asJob(presenting);
    await port.show(1, network, "destroys everything");
    await port.show(1, "prod/app" as StackName, "two");
    const comment = () => stage.comments()[0] ?? { id: 0, body: "" };
    const body = comment().body.replace("destroys everything", "changes a tag");
    small.later(60);
    await small.did("edit-comment", "eve", { comment: comment().id, body });
    expect(comment().body).toContain("changes a tag");
    await port.show(1, "prod/app" as StackName, "three");
    expect(comment().body).toContain("destroys everything");
    expect(comment().body).toContain("three");
    await small.did("edit-comment", "eve", { comment: comment().id, body: "gone" });
    await port.show(1, "prod/app" as StackName, "three");
    expect(comment().body).toContain("destroys everything");
    expect(stage.comments()).toHaveLength(1);
  });
});

describe("an issue by another workflow, which acts as the same bot", () => {
  it.each([
    ["a mark that nothing was written as", "%E0%A4%A"],
    ["half an escape", "pushed-directly%"],
  ])("is none of plangate's, and stops nothing: %s", async (_, mark) => {
    const token = await stage.github.tokenFor({ job: { issues: "write" }, repository: infra });
    const answer = await fetch(`${stage.github.url}/repos/${infra}/issues`, {
      method: "POST",
      headers: { authorization: `Bearer ${token}` },
      body: JSON.stringify({ title: "T", body: `x\n\n<!-- plangate:issue ${mark} -->`, labels: ["plangate"] }),
    });
    expect(answer.status).toBe(201);
    const port = await stage.asJob(presenting);
    await port.raiseIssue({ key: "drift-found prod/infra", title: "Drift", body: "one" });
    expect(await port.openIssues()).toEqual(["drift-found prod/infra"]);
  });
});
