import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { smallFlow } from "../../../test/contract/forge-stage.ts";
import { type ForgePortStage, forgePortStage } from "../../../test/worlds/forge-stages.ts";
import type { StackName } from "../../domain/names.ts";
import { infra } from "./forge/small-forge.ts";
import { keepGates, waitingAt } from "./forge-gates.ts";

const network = "prod/network" as StackName;
let small: ForgePortStage["small"];
let port: ForgePortStage["port"];
let events: ForgePortStage["events"];

beforeEach(async () => {
  ({ small, port, events } = await forgePortStage(smallFlow));
});

afterEach(() => small.close());

const openX = (about: { base?: string; body?: string } = {}) =>
  small.did("open", "ann", { head: "dev/x", base: "main", title: "T", ...about });
const saysOn = async (number = 1) =>
  (await port.pullRequest(number))?.answers.map(({ by, via, says }) => `${by} ${via} ${says}`);

describe("answers", () => {
  beforeEach(async () => {
    await small.pushed("ann", "dev/x", { a: "1" });
    await openX();
  });

  it("in a comment are what its writer first wrote: an edit opens nothing and releases nothing", async () => {
    const { did } = small;
    const harmless = await did("comment", "bob", { number: 1, body: "Looks good" });
    const approval = await did("comment", "bob", { number: 1, body: "/plangate approve" });
    const hold = await did("comment", "bob", { number: 1, body: "/plangate hold" });
    await did("edit-comment", "eve", { comment: harmless.id, body: "/plangate approve" });
    await did("edit-comment", "eve", { comment: approval.id, body: "/plangate approve \nindeed" });
    await did("edit-comment", "eve", { comment: hold.id, body: "never mind" });
    expect(await saysOn()).toEqual(["bob command hold"]);
    expect(events.filter((event) => event.kind === "answer")).toHaveLength(2);
  });

  it("at a gate belong to its environment, and each gate takes one", async () => {
    const { did, tried, forge } = small;
    await did("environment", "root", { name: "prod", reviewers: ["bob", "eve"] });
    const about = { forge, repository: infra, flow: smallFlow, bot: "plangate[bot]" };
    await port.show(null, network, "first");
    await port.show(null, "prod/app" as StackName, "second");
    expect(waitingAt(about, "prod")?.summary).toMatch(/second[\s\S]*first/);
    await did("gate", "bob", { environment: "prod", says: "approved" });
    expect(await tried("gate", "eve", { environment: "prod", says: "approved" })).toMatchObject({ ok: false });
    await keepGates(about, [{ gate: "prod", environment: "prod", by: "ann" }]);
    expect(waitingAt(about, "prod")).toMatchObject({ by: "ann", summary: expect.stringContaining("first") });
    await did("gate", "eve", { environment: "prod", says: "rejected" });
    expect((await port.gateAnswers("prod")).map(({ by, says }) => `${by} ${says}`)).toEqual([
      "bob approve",
      "eve reject",
    ]);
    await keepGates(about, [{ gate: "prod", environment: "prod", by: "ann" }]);
    await keepGates(about, []);
    expect(await tried("gate", "eve", { environment: "prod", says: "approved" })).toMatchObject({ ok: false });
  });
});

describe("the pull requests of a commit", () => {
  const heldBy = async (commit: string) =>
    (await port.pullRequestsOf(commit as never)).map(({ number, base }) => `${number} into ${base}`);

  it("are none for what was pushed past pull requests, also when it merges one by hand", async () => {
    const { pushed, forge, tip, did } = small;
    const direct = await pushed("eve", "main", { z: "1" });
    expect(await heldBy(direct)).toEqual([]);
    const head = await pushed("ann", "dev/x", { a: "1" });
    await openX();
    const evil = await forge.look(infra, async ({ network: git }) => {
      const person = { name: "EVE", email: "eve@acme.example" };
      const tree = (await git.commit(head))?.tree;
      const parents = [tip("main") ?? head, head];
      return git.writer.commitTree(tree as never, parents, {
        author: person,
        committer: person,
        message: "M",
        at: 1e12,
      });
    });
    await did("push", "eve", { ref: "refs/heads/main", after: evil });
    expect(events.filter((event) => event.kind === "merge")).toMatchObject([
      { pullRequest: 1, commit: evil, by: "eve" },
    ]);
    expect(await heldBy(head)).toEqual(["1 into main"]);
    expect(await heldBy(evil)).toEqual([]);
  });
});
