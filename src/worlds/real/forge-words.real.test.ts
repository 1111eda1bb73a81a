import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type ForgePortStage, forgePortStage } from "../../../test/worlds/forge-stages.ts";
import type { StackName } from "../../domain/names.ts";
import { parseFlow, renderPreset } from "../../flow/index.ts";
import { infra } from "./forge/small-forge.ts";
import { keepGates, waitingAt } from "./forge-gates.ts";

const flow = parseFlow(renderPreset("trunk-demo"), { file: "preset" }).value;
if (flow === undefined) throw new Error("the preset does not parse");

let small: ForgePortStage["small"];
let port: ForgePortStage["port"];
let events: ForgePortStage["events"];

beforeEach(async () => {
  ({ small, port, events } = await forgePortStage(flow));
});

afterEach(() => small.close());

const openX = (body = "") => small.did("open", "ann", { head: "feature/X-1", base: "main", title: "T", body });
const comments = (by: string, number: number, ...bodies: readonly string[]) =>
  bodies.reduce<Promise<unknown>>(
    (last, body) => last.then(() => small.did("comment", by, { number, body })),
    Promise.resolve(),
  );

describe("what people accept", () => {
  it("is said on the commit itself, or with its id on a pull request, and wakes whatever waits", async () => {
    const direct = await small.pushed("eve", "main", { a: "1" });
    await small.pushed("ann", "feature/X-1", { b: "1" });
    await openX();
    events.length = 0;
    await small.did("comment", "bob", { commit: direct, body: "/plangate accept" });
    await comments("ann", 1, `/plangate accept ${direct.slice(0, 10)}`);
    expect(events).toEqual([
      { kind: "answer", by: "bob", pullRequest: null, environment: null },
      { kind: "answer", by: "ann", pullRequest: null, environment: null },
    ]);
    expect(await port.commitAnswers(direct)).toMatchObject([
      { by: "bob", says: "accept", commit: direct, pullRequest: null },
      { by: "ann", says: "accept", commit: direct, pullRequest: 1 },
    ]);
    expect((await port.pullRequest(1))?.answers).toEqual([]);
  });

  it("names a commit that was there, and no other whose id begins so", async () => {
    await small.pushed("ann", "feature/X-1", { b: "1" });
    await openX();
    const wanted = "abcdef1";
    await comments("bob", 1, `/plangate accept ${wanted}`);
    const later = await small.pushed("eve", "main", { a: "1" });
    await comments("bob", 1, `/plangate accept ${later.slice(0, 7)}`, `/plangate accept ${later.slice(0, 6)}`);
    expect(await port.commitAnswers(later)).toHaveLength(1);
    const { pushes } = small.forge.state.repositories[0] ?? { pushes: [] };
    const twin = `${later.slice(0, 7)}${"0".repeat(33)}` as typeof later;
    (pushes as unknown[]).push({ ...pushes.at(-1), commits: [twin] });
    expect(await port.commitAnswers(later)).toEqual([]);
    expect(await port.commitAnswers(twin)).toEqual([]);
  });
});

describe("commands", () => {
  it("that are done once are events of their own; those that answer go on counting", async () => {
    await small.pushed("ann", "feature/X-1", { b: "1" });
    await openX();
    events.length = 0;
    await comments(
      "bob",
      1,
      "/plangate release test/infra",
      "/plangate take test/infra",
      "/plangate acknowledge test/infra",
      "/plangate forget test/old",
    );
    const command = (name: string) => ({
      kind: "command",
      command: name,
      pullRequest: 1,
      stack: "test/infra",
      by: "bob",
    });
    const answer = { kind: "answer", by: "bob", pullRequest: 1, environment: null };
    expect(events).toEqual([command("release"), command("take"), answer, answer]);
    const { answers = [] } = (await port.pullRequest(1)) ?? {};
    expect(answers.map(({ says, stack }) => `${says} ${stack}`)).toEqual(["acknowledge test/infra", "forget test/old"]);
  });
});

describe("gates of rows", () => {
  it("show what was shown for the environment, and take answers of their own", async () => {
    const stack = "test/infra" as StackName;
    await small.did("environment", "root", { name: "demo-test", reviewers: ["bob"] });
    await port.show(null, stack, "the plan");
    expect(waitingAt({ forge: small.forge, repository: infra }, "test")).toBeUndefined();
    const about = { forge: small.forge, repository: infra, flow, bot: "plangate[bot]" };
    await keepGates(about, [{ gate: "demo-test", environment: "test", by: "ann" }]);
    expect(waitingAt(about, "demo-test")?.summary).toContain("the plan");
    await port.show(null, stack, "a newer plan");
    expect(waitingAt(about, "demo-test")?.summary).toContain("a newer plan");
    await small.did("gate", "bob", { environment: "demo-test", says: "approved" });
    expect(await port.gateAnswers("demo-test")).toMatchObject([
      { by: "bob", says: "approve", environment: "demo-test" },
    ]);
    expect(await port.gateAnswers("test")).toEqual([]);
    expect(events).toContainEqual({ kind: "answer", by: "bob", pullRequest: null, environment: "demo-test" });
  });
});

describe("numbers", () => {
  it("of issues and pull requests count apart where a repository says so", async () => {
    const repository = "acme/apart";
    await small.forge.createRepository("root", { name: repository, numbering: "apart" });
    small.forge.addIssue(repository, 2);
    const opened = await small.forge.act("issue", { by: "root", repository, title: "one" });
    expect(opened).toMatchObject({ ok: true, value: { number: 1 } });
    await small.pushed("root", "main", { a: "1" }, { repository });
    await small.pushed("root", "dev/x", { a: "2" }, { repository });
    const change = await small.forge.act("open", { by: "root", repository, head: "dev/x", base: "main", title: "T" });
    expect(change).toMatchObject({ ok: true, value: { number: 1 } });
  });
});
