import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { renderPreset } from "../../src/flow/index.ts";
import { run } from "./support/command-line.ts";
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

  it("says which properties, slices and budgets there are", async () => {
    write(renderPreset("trunk-demo"));
    const cases = [
      { args: ["--property", "P12"], code: "unknown-property", summary: /P12/, hint: /P1, P2/ },
      { args: ["--slice", "nothing"], code: "unknown-slice", summary: /nothing/, hint: /--json/ },
      { args: ["--budget", "many"], code: "bad-budget", summary: /many/, hint: /1000000/ },
    ] as const;
    for (const { args, ...failure } of cases)
      await expectFailure(repository.top, ["prove", ...args], { exit: 2, ...failure });
  });
});
