import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { commands } from "../../src/apps/cli/commands.ts";
import { commandFields } from "../../src/apps/cli/schema.ts";
import { run } from "./support/command-line.ts";
import { expectFailure, validDocumentOf } from "./support/documents.ts";
import { flowText, makeRepository, quick, rootFile, rootModule, type TestRepository } from "./support/repository.ts";

const scenarios = fileURLToPath(new URL("../scenarios/trunk-stored-plan/", import.meta.url));

describe("the command line", () => {
  let repository: TestRepository;
  let top: string;
  beforeAll(() => {
    repository = makeRepository({});
    top = repository.top;
    repository.commit({ [rootFile]: rootModule({ command: [repository.around, quick] }) });
  });
  afterAll(() => repository.remove());

  it("has a published document for every command", () => {
    expect(commands.map(({ name }) => name.split(" ")[0]).sort()).toEqual(Object.keys(commandFields).sort());
  });

  it.each(commands.map(({ name }) => name))("shows an example of %s", async (name) => {
    const { code, stdout, stderr } = await run(top, [name, "--help"]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(new RegExp(`\\nExample:\\n  plangate (-C \\S+ )?${name}\\b`));
    expect(stdout.split("\n").filter((line) => line.length > 120)).toEqual([]);
  });

  it("init writes a flow for what it finds, says what it assumed, and never writes over one", async () => {
    const ran = await run(top, ["init", "--owners", "ann,bob", "--json"]);
    const document = validDocumentOf(ran);
    expect(document).toMatchObject({ ok: true, file: "plangate.yaml", preset: "trunk-stored-plan" });
    expect(readFileSync(join(top, "plangate.yaml"), "utf8")).toContain('"infra/web shop"');
    await expectFailure(top, ["init"], { exit: 2, code: "flow-exists", summary: /plangate\.yaml/, hint: /--force/ });
    const replaced = await run(top, ["init", "--force", "--owners", "ann,bob"]);
    expect(replaced).toMatchObject({ code: 0, stdout: expect.stringContaining("Wrote plangate.yaml") });
    await expectFailure(top, ["init", "--preset", "none"], {
      exit: 2,
      code: "unknown-preset",
      summary: /"none"/,
      hint: /trunk-stored-plan/,
    });
    await expectFailure(top, ["init", "--owners", "not a login"], {
      exit: 2,
      code: "not-a-login",
      summary: /"not a login"/,
      hint: /--owners/,
    });
    const flow = validDocumentOf(await run(top, ["plan", "none/none", "--json"]));
    expect(flow.diagnostics).toEqual([expect.objectContaining({ code: "unknown-stack" })]);
    repository.commit({ "plangate.yaml": flowText });
  });

  it("test plays stories: those that hold, one that does not, one that cannot be read", async () => {
    const story = (name: string) => `${scenarios}${name}.yaml`;
    const holds = await run(top, ["test", story("good-life"), story("attack-fork"), "--json"]);
    expect(validDocumentOf(holds).stories).toEqual([
      expect.objectContaining({ holds: true }),
      expect.objectContaining({ holds: true }),
    ]);
    await expectFailure(top, ["test", scenarios], {
      exit: 2,
      code: "file-unreadable",
      summary: /is a folder/,
      hint: /stories\/\*\.yaml/,
    });
    const text = readFileSync(story("good-life"), "utf8");
    const other = join(repository.around, "other story.yaml");
    writeFileSync(other, text.replace(/applied: \[[^\]]+\]/, "applied: []"));
    const fails = await run(top, ["test", other, "--json"]);
    expect(fails.code).toBe(3);
    expect(validDocumentOf(fails).stories).toEqual([
      expect.objectContaining({ holds: false, failed: expect.objectContaining({ line: expect.any(Number) }) }),
    ]);
    writeFileSync(other, `${text}\n  - merj: 12\n`);
    const broken = await run(top, ["test", other]);
    expect(broken.code).toBe(2);
    expect(broken.stderr).toMatch(/other story\.yaml:\d+:\d+ error /);
    await expectFailure(top, ["test", "none.yaml"], {
      exit: 2,
      code: "file-unreadable",
      summary: /none\.yaml/,
      hint: /./,
    });
  });

  it("takes -C, --flow, --quiet and --no-color", async () => {
    repository.commit({
      "flows/our flow.yaml": flowText
        .replaceAll("dev:", "play:")
        .replaceAll("[dev", "[play")
        .replaceAll("in: dev", "in: play")
        .replace("play: {", "play: { kind: dev,"),
    });
    const args = [
      "-C",
      join(top, "infra"),
      "--flow",
      "flows/our flow.yaml",
      "--quiet",
      "--no-color",
      "plan",
      "play/web",
    ];
    const ran = await run("/", args);
    expect({ code: ran.code, stderr: ran.stderr }).toEqual({ code: 0, stderr: "" });
    expect(ran.stdout).toContain("plangate apply play/web --plan sha256:");
    expect((await run("/", ["--version"])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
    await expectFailure("/", ["-C", join(top, "nowhere"), "runs"], {
      exit: 2,
      code: "folder-missing",
      summary: /nowhere does not exist/,
      hint: /-C/,
    });
  });

  it("tells wrong use: no command, an unknown one, options and operands that are not taken", async () => {
    const help = /plangate --help/;
    await expectFailure(top, [], { exit: 2, code: "command-missing", summary: /No command/, hint: help });
    await expectFailure(top, ["plna", "dev/web"], {
      exit: 2,
      code: "unknown-command",
      summary: /'plna'.*plan/,
      hint: help,
    });
    await expectFailure(top, ["plan", "dev/web", "--plam"], {
      exit: 2,
      code: "unknown-option",
      summary: /'--plam'/,
      hint: /`plangate plan \[options\] <stack>`; `plangate plan --help`/,
    });
    await expectFailure(top, ["plan"], { exit: 2, code: "missing-argument", summary: /'stack'/, hint: /plan --help/ });
    await expectFailure(top, ["plan", "dev/web", "prod/web"], {
      exit: 2,
      code: "excess-arguments",
      summary: /./,
      hint: /plan --help/,
    });
    await expectFailure(top, ["simulate"], {
      exit: 2,
      code: "missing-mandatory-option-value",
      summary: /--event/,
      hint: /simulate --help/,
    });
    await expectFailure(top, ["runs", "--limit", "-1"], { exit: 2, code: "not-a-number", summary: /"-1"/, hint: /./ });
    await expectFailure(top, ["runs", "web"], { exit: 2, code: "unknown-stack", summary: /"web"/, hint: /./ });
  });
});
