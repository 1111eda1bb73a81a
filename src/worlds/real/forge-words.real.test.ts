import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Forge as ForgePort } from "../../delivery/ports.ts";
import type { Event } from "../../domain/event.ts";
import type { StackName } from "../../domain/names.ts";
import { parseFlow, renderPreset } from "../../flow/index.ts";
import { infra, type SmallForge, smallForge } from "./forge/small-forge.ts";
import { eventsOf } from "./forge-events.ts";
import { keepGates, waitingAt } from "./forge-gates.ts";
import { openForgePort } from "./forge-port.ts";

const flow = parseFlow(renderPreset("trunk-demo"), { file: "preset" }).value;
if (flow === undefined) throw new Error("the preset does not parse");

let dir: string;
let small: SmallForge;
let port: ForgePort;
let events: Event[];

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), "forge-"));
  small = await smallForge(dir);
  port = openForgePort({ forge: small.forge, repository: infra, flow, bot: "plangate[bot]" });
  events = [];
  small.forge.listen((told) => void events.push(...told.flatMap((event) => eventsOf(small.forge, infra, event))));
});

afterEach(() => {
  small.forge.close();
  rmSync(dir, { recursive: true, force: true });
});

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

  it("is nothing from people without write access, from bots, or once the comment was edited", async () => {
    const direct = await small.pushed("eve", "main", { a: "1" });
    await small.did("comment", "sam", { commit: direct, body: "/plangate accept" });
    await small.did("comment", "plangate[bot]", { commit: direct, body: "/plangate accept" });
    const edited = await small.did("comment", "bob", { commit: direct, body: "/plangate accept" });
    await small.did("edit-comment", "eve", { comment: edited.id, body: "/plangate accept " });
    expect(await port.commitAnswers(direct)).toEqual([]);
    expect(await small.tried("comment", "bob", { commit: "0".repeat(40) as never, body: "hm" })).toMatchObject({
      blocked: { status: 404 },
    });
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

  it("is not given before the commit is there", async () => {
    await small.pushed("ann", "feature/X-1", { b: "1" });
    await openX();
    const evil = await small.forge.commit({
      repository: infra,
      parent: small.tip("main"),
      files: { evil: "1" },
      message: "made to fit",
      author: "eve",
    });
    await comments("bob", 1, `/plangate accept ${evil}`);
    small.later(60);
    await small.did("push", "eve", { ref: "refs/heads/main", after: evil });
    expect(await port.commitAnswers(evil)).toEqual([]);
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

describe("a pull request's text, labels and owners", () => {
  it("are its sections with words, and each label with who set it last", async () => {
    await small.pushed("ann", "feature/X-1", { b: "1" });
    await openX("## Why\nIt is slow.\n\n## Rollback\n<!-- how? -->\n");
    await small.did("label", "bob", { number: 1, add: ["urgent", "net"] });
    await small.did("label", "eve", { number: 1, add: ["net"], remove: ["urgent"] });
    await small.did("label", "eve", { number: 1, add: ["urgent"] });
    const { sections, labels, openedAt } = (await port.pullRequest(1)) ?? {};
    expect(sections).toEqual(["why"]);
    expect(labels).toEqual([
      { name: "net", by: "bob" },
      { name: "urgent", by: "eve" },
    ]);
    expect(openedAt).toBe(small.forge.state.repositories[0]?.pullRequests[0]?.createdAt);
  });

  it("are the owners that the base branch's file names, each group once, whatever the change makes of the file", async () => {
    await small.pushed("root", "main", {
      ".github/CODEOWNERS": "* @Bob\nnetwork/ @acme/devops eve@acme.example\ndocs/\n*.md @gone\n",
      CODEOWNERS: "* @eve\n",
    });
    await small.pushed("ann", "feature/X-1", {
      ".github/CODEOWNERS": null,
      "network/a.tf": "1",
      "network/b.tf": "1",
      "docs/a.txt": "1",
      "x.md": "1",
      "y.tf": "1",
    });
    await openX();
    expect((await port.pullRequest(1))?.codeOwners).toEqual([["bob"], ["ann", "bob", "eve"], ["gone"]]);
  });
});

describe("plangate's own issues", () => {
  const issues = () => small.forge.state.repositories[0]?.issues.map(({ title, state }) => `${title}: ${state}`);

  it("are one for each thing, opened, updated and closed once", async () => {
    const key = "drift-found prod/infra";
    expect(await port.raiseIssue({ key, title: "Drift", body: "one" })).toEqual({ changed: true });
    expect(await port.raiseIssue({ key, title: "Drift", body: "one" })).toEqual({ changed: false });
    expect(await port.raiseIssue({ key, title: "Drift", body: "two" })).toEqual({ changed: true });
    expect(await port.raiseIssue({ key: "drift-found prod/infra-2", title: "Other", body: "" })).toEqual({
      changed: true,
    });
    expect(await port.closeIssue(key, "It is as it was applied.")).toEqual({ changed: true });
    expect(await port.closeIssue(key, "")).toEqual({ changed: false });
    expect(issues()).toEqual(["Drift: closed", "Other: open"]);
    await port.raiseIssue({ key, title: "Drift", body: "one" });
    expect(issues()).toEqual(["Drift: closed", "Other: open", "Drift: open"]);
  });

  it("are never somebody else's, though anybody can write the mark", async () => {
    const key = "drift-found prod/infra";
    await port.raiseIssue({ key, title: "Drift", body: "one <!-- plangate:issue x -->" });
    const body = small.forge.state.repositories[0]?.issues[0]?.body ?? "";
    expect(body.match(/<!-- plangate/g)).toHaveLength(1);
    await port.closeIssue(key, "over");
    await small.did("issue", "eve", { title: "Mine", body });
    expect(await port.closeIssue(key, "over")).toEqual({ changed: false });
    expect(issues()).toEqual(["Drift: closed", "Mine: open"]);
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
