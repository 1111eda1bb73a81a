import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { smallFlow } from "../../../test/contract/forge-stage.ts";
import { type ForgePortStage, forgePortStage } from "../../../test/worlds/forge-stages.ts";
import type { StackName } from "../../domain/names.ts";

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

describe("refs and releases", () => {
  it("tell a tag from a branch of the same name", async () => {
    const { did, pushed, tip } = small;
    const branch = await pushed("eve", "v1.0.0", { evil: "1" });
    await did("release", "bob", { tag: "v1.0.0", target: tip("main") ?? "" });
    expect(await port.ref("tag:v1.0.0")).toMatchObject({
      ref: "tag:v1.0.0",
      release: { moved: false, onBranch: true },
    });
    expect(await port.ref("v1.0.0")).toEqual({ ref: "v1.0.0", commit: branch, release: null });
    expect(await port.ref("refs/heads/v1.0.0")).toMatchObject({ ref: "v1.0.0" });
    events.length = 0;
    await did("dispatch", "bob", { workflow: "Deploy", ref: "v1.0.0" });
    await did("dispatch", "bob", { workflow: "Deploy", ref: "refs/heads/v1.0.0" });
    expect(events).toMatchObject([{ kind: "dispatch", ref: "tag:v1.0.0" }, { ref: "v1.0.0" }]);
    expect(await port.ref("none")).toBeUndefined();
    expect(await port.ref("HEAD~1")).toBeUndefined();
  });
});

describe("plangate's own comment", () => {
  beforeEach(async () => {
    await small.pushed("ann", "dev/x", { a: "1" });
    await openX();
  });

  const comments = () => small.forge.state.repositories[0]?.comments ?? [];

  it("has a section a stack, which no text can leave", async () => {
    await small.did("comment", "eve", { number: 1, body: "<!-- plangate -->\nmine" });
    const first = await port.show(1, network, "one <!-- plangate:end -->\n<!-- plangate:section prod/app -->\nforged");
    small.later(5);
    const second = await port.show(1, "prod/app" as StackName, "two");
    expect(await port.show(1, "prod/app" as StackName, "two")).toBe(second);
    expect(second).toBeGreaterThan(first);
    expect(comments()).toHaveLength(2);
    expect(comments()[1]?.body.match(/^<!-- plangate.*$/gm)).toEqual([
      "<!-- plangate -->",
      "<!-- plangate:section prod/app -->",
      "<!-- plangate:end -->",
      "<!-- plangate:section prod/network -->",
      "<!-- plangate:end -->",
    ]);
    expect(events.filter(({ kind }) => kind === "answer" || kind === "command")).toEqual([]);
  });
});

describe("people", () => {
  it("are known by verified and no-reply addresses", async () => {
    expect(await port.loginOf("ANN@acme.example")).toBe("ann");
    expect(await port.loginOf("41+Ann@users.noreply.github.example")).toBe("ann");
    expect(await port.loginOf("ann@evil.example")).toBe("email:ann@evil.example");
    expect(await port.loginOf("a b <x>")).toBe("email:a_b__x_");
    expect(await port.teams()).toEqual({ devops: ["zoe", "ann", "bob"] });
    expect(await port.maintainers()).toEqual(["ann", "bob", "eve", "root"]);
    await small.did("protect", "root", { pattern: "main", pushers: ["acme/devops"] });
    expect(await port.maintainers()).toEqual(["ann", "bob"]);
  });
});

describe("events", () => {
  it("say in the domain's words what a webhook told", async () => {
    const { did, pushed } = small;
    const head = await pushed("ann", "dev/x", { a: "1" });
    await openX();
    await did("edit", "ann", { number: 1, body: "x" });
    await did("label", "ann", { number: 1, add: ["urgent"] });
    await did("draft", "ann", { number: 1, draft: true });
    await did("draft", "ann", { number: 1, draft: false });
    await did("review", "bob", { number: 1, says: "APPROVE" });
    await did("comment", "bob", { number: 1, body: "/plangate plan prod/network" });
    await did("comment", "bob", { number: 1, body: "> /plangate approve\n    /plangate approve" });
    await did("close", "ann", { number: 1 });
    await did("reopen", "ann", { number: 1 });
    const merged = await did("merge", "bob", { number: 1, method: "squash" });
    const action = (name: string) => ({ kind: "pull-request", action: name, pullRequest: 1, by: "ann" });
    expect(events).toEqual([
      { kind: "push", branch: "dev/x", before: null, commit: head, by: "ann" },
      action("opened"),
      action("edited"),
      action("labeled"),
      action("ready"),
      { kind: "answer", by: "bob", pullRequest: 1, environment: null },
      { kind: "command", command: "plan", pullRequest: 1, stack: "prod/network", by: "bob" },
      { kind: "closed", pullRequest: 1, by: "ann" },
      action("reopened"),
      { kind: "merge", pullRequest: 1, branch: "main", commit: merged.commit, by: "bob" },
    ]);
  });
});
