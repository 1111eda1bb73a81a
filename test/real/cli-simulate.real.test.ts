import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv } from "ajv";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { factsJsonSchema } from "../../src/apps/cli/simulate/facts-schema.ts";
import type { StackLease } from "../../src/domain/run.ts";
import { renderPreset } from "../../src/flow/index.ts";
import { aChange, aStack, commit, judgeTime, runId, stackName } from "../../src/testing/builders.ts";
import { bodies } from "../simulate/bodies.ts";
import { writtenFacts } from "../simulate/written-facts.ts";
import { run } from "./support/command-line.ts";
import { expectFailure, validDocumentOf } from "./support/documents.ts";
import { makeRepository, type TestRepository } from "./support/repository.ts";

const lease: StackLease = {
  stack: stackName("test/app"),
  run: runId("1"),
  fence: 1,
  since: judgeTime,
  holder: { host: "", pid: 0, startedAt: "" },
};
const ready = aStack("test/app").withRun({ state: "approved" }).with({ lease }).build({ pullRequest: aChange() });
const approved = aStack("test/app").withRun({ state: "approved" }).with({ lease }).approvedBy("bob");

describe("plangate simulate", () => {
  let repository: TestRepository;
  let top: string;
  const write = (name: string, content: unknown) =>
    writeFileSync(join(repository.around, name), typeof content === "string" ? content : JSON.stringify(content));
  const at = (name: string) => join(repository.around, name);
  const simulate = async (args: readonly string[], how = {}) =>
    validDocumentOf(await run(top, ["simulate", "--json", ...args], how));

  beforeAll(() => {
    repository = makeRepository({
      "plangate.yaml": renderPreset("trunk-stored-plan"),
      "stacks/app/main.tf": 'terraform {\n  backend "local" {}\n}\n',
      "environments/ephemeral/backend.hcl": "",
      "environments/test/backend.hcl": "",
      "environments/prod/backend.hcl": "",
      "environments/ephemeral/app.tfvars": "",
      "environments/test/app.tfvars": "",
      "environments/prod/app.tfvars": "",
    });
    top = repository.top;
    write("apply-ready.json", { kind: "apply-ready", run: runId("1") });
    write("merge.json", { kind: "merge", pullRequest: 12, branch: "main", commit: commit("c1"), by: "ann" });
  });
  afterAll(() => repository.remove());

  it("says what a merge would do, and which facts nobody gave", async () => {
    const document = await simulate(["--event", at("merge.json")]);
    expect(document).toMatchObject({
      ok: true,
      event: { kind: "merge", pullRequest: 12 },
      actions: [
        { kind: "refuse", stack: "prod/app", environment: "prod", code: "fact-unknown" },
        { kind: "refuse", stack: "test/app", environment: "test", code: "fact-unknown" },
      ],
      unknown: expect.arrayContaining(["stacks[prod/app]", "stacks[test/app]"]),
    });
    const text = await run(top, ["simulate", "--event", at("merge.json")]);
    expect(text.code).toBe(0);
    expect(text.stdout).toMatch(/→ refuse prod\/app \[fact-unknown\]: whether prod\/app is affected is not known/);
    expect(text.stdout).toMatch(/Not known, and never taken as good:\n(?: .*\n)* {2}stacks\[test\/app\]/);
  });

  it("applies with facts that say all of it, and asks for people at the gate with one approval less", async () => {
    write("ready.json", writtenFacts(approved.build({ pullRequest: aChange() })));
    const applied = await simulate(["--event", at("apply-ready.json"), "--facts", at("ready.json")]);
    expect(applied).toMatchObject({
      actions: [{ kind: "apply", stack: "test/app", run: runId("1"), plan: expect.stringMatching(/^sha256:/) }],
      unknown: [],
    });
    write("waits.json", writtenFacts(ready));
    const waits = await simulate(["--event", at("apply-ready.json"), "--facts", at("waits.json")]);
    expect(waits).toMatchObject({ actions: [{ kind: "gate", stack: "test/app", code: "approval-missing" }] });
  });

  it("prints a template of the facts that matter, which is a valid file and says nothing", async () => {
    const template = await run(top, ["simulate", "--event", at("merge.json"), "--facts-template"]);
    expect(template.code).toBe(0);
    const facts = JSON.parse(template.stdout) as { stacks: readonly { stack: string }[] };
    expect(facts.stacks.map(({ stack }) => stack)).toEqual(["ephemeral-12/app", "prod/app", "test/app"]);
    const valid = new Ajv({ strict: false }).compile(JSON.parse(factsJsonSchema()) as object);
    expect(valid(facts), JSON.stringify(valid.errors)).toBe(true);
    write("template.json", template.stdout);
    const [bare, given] = [
      await simulate(["--event", at("merge.json")]),
      await simulate(["--event", at("merge.json"), "--facts", at("template.json")]),
    ];
    expect(given.actions).toEqual(bare.actions);
    const document = await simulate(["--event", at("merge.json"), "--facts-template"]);
    expect(document.template).toEqual(facts);
  });

  it("takes a webhook's body, from a file or standard input, its kind said or recognised", async () => {
    const closed = JSON.stringify(bodies[1]);
    const recognised = await simulate(["--event", "-"], { stdin: closed });
    expect(recognised.event).toEqual({
      kind: "merge",
      pullRequest: 12,
      branch: "main",
      commit: commit("c1"),
      by: "bob",
    });
    write("closed.json", closed);
    const named = await simulate(["--event", at("closed.json"), "--event-name", "pull_request"]);
    expect(named.event).toEqual(recognised.event);
    const several = await simulate(["--event", "-"], { stdin: JSON.stringify(bodies[4]) });
    expect(several.events).toEqual([
      { kind: "answer", by: "bob", pullRequest: 12, environment: null },
      { kind: "command", command: "plan", pullRequest: 12, stack: null, by: "bob" },
    ]);
    const nothing = await run(top, ["simulate", "--event", "-"], { stdin: '{"zen":"x","hook_id":1}' });
    expect(nothing).toMatchObject({ code: 0, stdout: "Nothing happened for plangate.\n" });
  });

  it("works outside of a repository, where nobody knows which stacks there are", async () => {
    const outside = join(repository.around, "outside");
    mkdirSync(outside);
    writeFileSync(join(outside, "plangate.yaml"), renderPreset("gitflow"));
    const ran = await run(outside, ["simulate", "--event", at("merge.json"), "--json"]);
    expect(validDocumentOf(ran)).toMatchObject({ ok: true, actions: [] });
  });

  it.each([
    { name: "not JSON", text: '{"kind": NaN}', code: "not-json", summary: /is not JSON/, hint: /JSON/ },
    { name: "deep", text: `{"a":${"[".repeat(200_000)}`, code: "not-json", summary: /nests deeper/, hint: /JSON/ },
    { name: "no event", text: "{}", code: "event-unknown", summary: /neither an event/, hint: /--event-name/ },
    {
      name: "of a kind that is none",
      text: '{"kind":"merg"}',
      code: "event-unknown",
      summary: /"merg"/,
      hint: /"merge"/,
    },
    {
      name: "without a member",
      text: JSON.stringify({ kind: "dispatch", by: "ann", job: "Release", ref: "main" }),
      code: "event-wrong",
      summary: /^inputs: it is missing\.$/,
      hint: /none may be left out/,
    },
    {
      name: "half a merge",
      text: '{"kind":"merge","pullRequest":12,"branch":"main","commit":"c1","by":"ann"}',
      code: "event-wrong",
      summary: /commit: it is no commit id/,
      hint: /events/,
    },
    {
      name: "half a character",
      text: '{"kind":"push","branch":"ma\\ud800in","before":null,"commit":null,"by":"ann"}',
      code: "event-wrong",
      summary: /branch: it is no name of a branch/,
      hint: /events/,
    },
  ])("tells in a sentence what is wrong with an event that is $name", async ({ text, ...failure }) => {
    write("wrong.json", text);
    await expectFailure(top, ["simulate", "--event", at("wrong.json")], { exit: 2, ...failure });
  });

  it("tells in a sentence what is wrong with facts, and with files that are not there", async () => {
    write("wrong-facts.json", { maintainers: ["ann <b>"] });
    await expectFailure(top, ["simulate", "--event", at("merge.json"), "--facts", at("wrong-facts.json")], {
      exit: 2,
      code: "facts-wrong",
      summary: /maintainers\[0\]: it is no login/,
      hint: /--facts-template/,
    });
    await expectFailure(top, ["simulate", "--event", at("gone.json")], {
      exit: 2,
      code: "file-missing",
      summary: /gone\.json does not exist\.$/,
      hint: /JSON/,
    });
    await expectFailure(top, ["simulate", "--event", top], {
      exit: 2,
      code: "file-missing",
      summary: /folder/,
      hint: /JSON/,
    });
  });
});
