import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseFlow, renderPreset } from "../../src/flow/index.ts";
import { prove } from "../../src/proof/index.ts";
import { run, start } from "./support/command-line.ts";
import { expectFailure, validDocumentOf } from "./support/documents.ts";
import { makeRepository, type TestRepository } from "./support/repository.ts";

describe("plangate prove", () => {
  let repository: TestRepository;
  const write = (flow: string) => writeFileSync(join(repository.top, "plangate.yaml"), flow);
  beforeAll(() => {
    repository = makeRepository({ "plangate.yaml": renderPreset("trunk-demo"), "infra/main.tf": "" });
  });
  afterAll(() => repository.remove());

  it("says what holds, what is void, and what each slice saw", async () => {
    write(renderPreset("trunk-demo"));
    const told = await run(repository.top, ["prove", "--json", "--budget", "60000"]);
    const document = validDocumentOf(told) as unknown as {
      properties: { id: string; status: string }[];
      slices: { transitions: number }[];
    };
    const status = Object.fromEntries(document.properties.map((property) => [property.id, property.status]));
    expect(status).toMatchObject({ P1: "holds", P6: "void", P11: "holds" });
    expect(document.slices.reduce((sum, { transitions }) => sum + transitions, 0)).toBeGreaterThan(10_000);
    expect(told.stderr).toMatch(/^1 of \d+: .+, to /m);
  });

  it("finds the same on several threads as on one", async () => {
    const text = renderPreset("trunk-demo");
    write(text);
    const told = await run(repository.top, ["prove", "--json", "--property", "P10", "--budget", "60000"]);
    const { slices } = validDocumentOf(told) as unknown as { slices: Record<string, unknown>[] };
    const { value: flow } = parseFlow(text, { file: "plangate.yaml" });
    if (flow === undefined) throw new Error("trunk-demo does not parse");
    const about = { budget: 60_000, stop: async () => false, now: () => 0, progress: () => {} };
    const alone = await prove(flow, { ...about, properties: ["P10"] });
    expect(slices.map((slice) => ({ ...slice, seconds: 0 }))).toEqual(alone.slices);
  });

  it("tells what it covered when it is stopped, and claims nothing of the rest", async () => {
    write(renderPreset("trunk-demo"));
    const running = start(repository.top, ["prove", "--property", "P10", "--budget", "9000000"]);
    await expect.poll(running.told, { timeout: 30_000 }).toMatch(/^1 of \d+: /m);
    running.child.kill("SIGINT");
    const told = await running.ended;
    expect(told.code).toBe(1);
    expect(told.stderr).toContain("cancelled: Stopped on request");
    expect(told.stdout).toMatch(/Searched \d+ slices?: /);
  });

  it("says of slices that were asked for that nothing breaks there, and nothing of the flow", async () => {
    write(renderPreset("trunk-demo"));
    const args = ["prove", "--property", "P7", "--slice", "prod: held by word", "--budget", "20000"];
    const told = await run(repository.top, args);
    expect(told.code).toBe(0);
    expect(told.stdout).toMatch(/P7 {2}not broken in what was asked for: .*\n +No story breaks it in the slice/);
    expect(told.stdout).toMatch(/\d+ others were left out, so nothing is said of the flow as a whole/);
    expect(told.stderr).toContain("Leave --slice out");
    expect(told.stderr).not.toContain("larger --budget");
  });

  it("tells the shortest story of a hole, and saves it for plangate test", async () => {
    write(renderPreset("trunk-demo", { people: { text: "[ann]", comment: "" } }));
    const told = await run(repository.top, ["prove", "--property", "P11", "--save", "holes"]);
    expect(told.code).toBe(3);
    expect(told.stdout).toContain("P11 violated");
    expect(told.stdout).toMatch(/1\. .* pushes infra\/main\.tf/);
    const path = join(repository.top, "holes", "p11.yaml");
    expect(existsSync(path)).toBe(true);
    expect(readFileSync(path, "utf8")).toContain("flow: ../plangate.yaml");
    expect((await run(repository.top, ["test", "holes/p11.yaml"])).code).toBe(0);
  });

  it("tells what is guaranteed otherwise than by the flow of another commit, weaker first", async () => {
    const before = `# As it is in force.\n${renderPreset("trunk-demo")}`;
    repository.commit({ "plangate.yaml": before });
    write(before.replace("assurance: team", "assurance: solo").replace("owners: [ann, bob]", "owners: [ann]"));
    const about = ["prove", "--against", "HEAD", "--property", "P11", "--budget", "500"];
    const { against, assurance } = validDocumentOf(await run(repository.top, [...about, "--json"])) as unknown as {
      against: unknown;
      assurance: readonly string[];
    };
    expect(against).toEqual({
      ref: "HEAD",
      differences: [
        { change: "weaker", subject: "flow", sentence: "the assurance is solo instead of team" },
        { change: "stronger", subject: "team owners", sentence: "bob is no longer in owners" },
      ],
      properties: [{ id: "P11", before: "holds", after: "violated" }],
    });
    expect(assurance[0]).toContain("assurance solo");
    const told = await run(repository.top, about);
    expect(told.stdout).toMatch(
      /^Against HEAD: 1 guarantee gets weaker\.\n {2}weaker {3}the assurance is solo instead of team\n/,
    );
    expect(told.stdout).toContain("P11 is violated, and held before\n");
    write(before);
    const same = await run(repository.top, about);
    expect(same.stdout).toMatch(/^Against HEAD: No guarantee differs\.\n\n/);
  });

  it("says what a regulated flow asks for beyond a team, however far it looked", async () => {
    const flow = renderPreset("trunk-demo").replace("assurance: team", "assurance: regulated");
    write(flow.replace("approvals: { count: 1, by: owners }", "approvals: { count: 2, by: owners }"));
    const told = await run(repository.top, ["prove", "--property", "P9", "--json"]);
    const { assurance } = validDocumentOf(told) as unknown as { assurance: readonly string[] };
    expect(assurance.join("\n")).toMatch(/asks for more than `team`: prod waits for 2 people, where one would do/);
  });

  it("says why there is no flow to compare with", async () => {
    repository.commit({ "plangate.yaml": "version: 2\n", "infra/other.yaml": "version: 1\n" });
    repository.git("rm", "--quiet", "--cached", "infra/other.yaml");
    repository.git("commit", "--quiet", "--message", "Without the other one");
    write(renderPreset("trunk-demo"));
    repository.write({ "infra/other.yaml": renderPreset("trunk-demo") });
    const against = (ref: string) => ["prove", "--against", ref, "--property", "P11"];
    const unknown = { exit: 2, code: "unknown-revision", summary: /nowhere/, hint: /etch/ } as const;
    await expectFailure(repository.top, against("nowhere"), unknown);
    await expectFailure(repository.top, against("--upload-pack=touch x"), { ...unknown, summary: /upload-pack/ });
    const { diagnostics } = validDocumentOf(await run(repository.top, [...against("HEAD"), "--json"]));
    expect(diagnostics).toContainEqual(expect.objectContaining({ severity: "error", file: "HEAD:plangate.yaml" }));
    await expectFailure(repository.top, ["--flow", "infra/other.yaml", ...against("HEAD")], {
      exit: 2,
      code: "flow-missing",
      summary: /HEAD:infra\/other\.yaml/,
      hint: /goes into/,
    });
  });

  it("says which properties, slices and budgets there are", async () => {
    write(renderPreset("trunk-demo"));
    const cases = [
      { args: ["--property", "P12"], code: "unknown-property", summary: /P12/, hint: /P1, P2/ },
      { args: ["--slice", "nothing"], code: "unknown-slice", summary: /nothing/, hint: /"prod: two pull requests"/ },
      { args: ["--budget", "many"], code: "bad-budget", summary: /many/, hint: /1000000/ },
    ] as const;
    for (const { args, ...failure } of cases)
      await expectFailure(repository.top, ["prove", ...args], { exit: 2, ...failure });
  });
});
