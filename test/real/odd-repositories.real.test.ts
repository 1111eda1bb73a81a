import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { run } from "./support/command-line.ts";
import { expectFailure, validDocumentOf } from "./support/documents.ts";
import { aRepository } from "./support/made-repositories.ts";
import { flowText, rootFile, rootModule } from "./support/repository.ts";

const ordinary: Readonly<Record<string, string>> = { "plangate.yaml": flowText, [rootFile]: rootModule({}) };

const init = ["init", "--preset", "trunk-stored-plan", "--owners", "ann,bob"];
const readers: readonly (readonly string[])[] = [
  ["check"],
  ["explain"],
  ["plan", "dev/web"],
  ["affected", "main", "HEAD"],
];
/** But that a state lies beside the repository, as every state of these tests does. */
const codesOf = async (top: string, args: readonly string[]) =>
  validDocumentOf(await run(top, [...args, "--json"]))
    .diagnostics.map(({ code }) => code)
    .filter((code) => code !== "backend-local");

describe("a repository without a commit", () => {
  it("is checked and begun, and asks for a commit where one is needed", async () => {
    const { top } = aRepository({});
    await expectFailure(top, ["check"], { exit: 2, code: "flow-missing", summary: /plangate\.yaml/, hint: /init/ });
    const needed = { exit: 2, code: "no-commit", summary: /no commit yet/, hint: /Commit your configuration/ } as const;
    for (const names of [
      ["main", "HEAD"],
      ["HEAD~1", "HEAD"],
    ])
      await expectFailure(top, ["affected", ...names], needed);
    expect((await run(top, init)).code).toBe(0);
    await expectFailure(top, ["plan", "test/web"], needed);
    expect((await run(top, ["check"])).stdout).toMatch(/checks of files had nothing to look at/);
  });
});

describe("a shallow clone", () => {
  it("is checked, and says how to get what is missing", async () => {
    const { top, around, write, git } = aRepository(ordinary);
    write({ [rootFile]: rootModule({ value: "two" }) });
    git("commit", "--quiet", "--all", "--message", "Two");
    const shallow = join(around, "shallow");
    execFileSync("git", ["clone", "--quiet", "--depth", "1", `file://${top}`, shallow]);
    expect((await run(shallow, ["check"])).code).toBe(0);
    await expectFailure(shallow, ["affected", "HEAD~1", "HEAD"], {
      exit: 2,
      code: "unknown-revision",
      summary: /HEAD~1/,
      hint: /unshallow/,
    });
  });
});

describe("a bare repository", () => {
  it("has nothing checked out to look at", async () => {
    const { top, around } = aRepository(ordinary);
    const bare = join(around, "bare.git");
    execFileSync("git", ["clone", "--quiet", "--bare", top, bare]);
    for (const args of [["check"], ["explain"], ["plan", "dev/web"], init])
      await expectFailure(bare, args, { exit: 2, code: "bare-repository", summary: /bare/, hint: /checkout/ });
  });
});

describe("a submodule", () => {
  it("is told by check, whether its files are there or not", async () => {
    const { top, git } = aRepository(ordinary);
    const other = aRepository({ "main.tf": "locals {}\n" });
    git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", other.top, "vendor/other");
    git("commit", "--quiet", "--message", "Submodule");
    expect(await codesOf(top, ["check"])).toEqual(["submodule-not-read"]);
    git("submodule", "deinit", "--quiet", "--force", "--all");
    expect(await codesOf(top, ["check"])).toEqual(["submodule-not-read"]);
    expect((await run(top, ["affected", "HEAD~1", "HEAD"])).code).toBe(0);
  });
});

describe("links", () => {
  it("out of the repository are refused by check, also in a circle", async () => {
    const { top, git } = aRepository(ordinary);
    symlinkSync("/etc/hostname", join(top, "infra/host.txt"));
    symlinkSync("../..", join(top, "infra/up"));
    symlinkSync("circle", join(top, "circle"));
    git("add", "--all");
    git("commit", "--quiet", "--message", "Links");
    expect(await codesOf(top, ["check"])).toEqual(["link-leads-out", "link-leads-out", "link-leads-out"]);
  });

  it("in the flow file's place are followed by no command, and written through by none", async () => {
    const { top, around, git } = aRepository(ordinary);
    const outside = join(around, "outside.yaml");
    writeFileSync(outside, flowText);
    rmSync(join(top, "plangate.yaml"));
    symlinkSync(outside, join(top, "plangate.yaml"));
    git("commit", "--quiet", "--all", "--message", "Link");
    const refused = { exit: 2, code: "flow-is-a-link", summary: /symbolic link/, hint: /file itself/ } as const;
    for (const args of [...readers, [...init, "--force"]]) await expectFailure(top, args, refused);
    expect(execFileSync("cat", [outside], { encoding: "utf8" })).toBe(flowText);
  });
});

describe("something else in the flow file's place", () => {
  it("is told for what it is: a folder, a pipe, a file elsewhere", async () => {
    const { top } = aRepository(ordinary);
    const noFile = { exit: 2, code: "flow-is-no-file", hint: /--flow/ } as const;
    rmSync(join(top, "plangate.yaml"));
    mkdirSync(join(top, "plangate.yaml"));
    for (const args of [["check"], ["explain"], init])
      await expectFailure(top, args, { ...noFile, summary: /a folder/ });
    rmSync(join(top, "plangate.yaml"), { recursive: true });
    execFileSync("mkfifo", [join(top, "plangate.yaml")]);
    for (const args of [["check"], ["explain"], init])
      await expectFailure(top, args, { ...noFile, summary: /no file/ });
    const outside = { exit: 2, code: "flow-outside", summary: /outside/, hint: /reviews/ } as const;
    await expectFailure(top, ["--flow", "../other.yaml", "explain"], outside);
    await expectFailure(top, ["--flow", "no/such.yaml", ...init], {
      exit: 2,
      code: "folder-missing",
      summary: /no\/such\.yaml/,
      hint: /Make it first/,
    });
  });
});

describe("files that are not UTF-8", () => {
  it("are told, whatever encoding they have", async () => {
    const { top, git } = aRepository(ordinary);
    writeFileSync(join(top, rootFile), Buffer.concat([Buffer.from(rootModule({})), Buffer.from([0x23, 0xf6, 0x0a])]));
    writeFileSync(join(top, "more.tfvars"), Buffer.from('\ufeffname = "x"\n', "utf16le"));
    git("add", "--all");
    git("commit", "--quiet", "--message", "Latin");
    expect(await codesOf(top, ["check"])).toEqual(["not-utf-8", "not-utf-8"]);
    for (const encoding of ["latin1", "utf16le"] as const) {
      writeFileSync(join(top, "plangate.yaml"), Buffer.from(`\ufeff${flowText}# größe\n`, encoding));
      git("commit", "--quiet", "--all", "--message", encoding);
      const said = { exit: 2, code: "not-utf-8", summary: /plangate\.yaml is not UTF-8/, hint: /UTF-8/ } as const;
      for (const args of readers.filter(([name]) => name !== "check")) await expectFailure(top, args, said);
      expect(await codesOf(top, ["check"])).toContain("not-utf-8");
    }
  });
});

describe("names that nobody expects", () => {
  it("of folders can name no stack, and forge no line of output", async () => {
    const flow = flowText.replace('root: "infra/web shop", name: web', 'root: "infra/{stack}"');
    const { top, commit } = aRepository({ "plangate.yaml": flow, "infra/web/main.tf": rootModule({}) });
    commit(
      Object.fromEntries(
        ["a b", "q'\"x", "$(id)", "l\nerror x"].map((name) => [`infra/${name}/main.tf`, "locals {}\n"]),
      ),
    );
    expect(await codesOf(top, ["check"])).toEqual(Array.from({ length: 4 }, () => "bad-stack-name"));
    expect((await run(top, ["check"])).stderr).not.toMatch(/^error x/m);
    expect((await run(top, ["affected", "HEAD~1", "HEAD"])).stderr).not.toMatch(/plangate has a bug|^\s+at /m);
    rmSync(join(top, "plangate.yaml"));
    // Those that can be written get a name of their own; a path with a line break never can.
    expect(await codesOf(top, init)).toEqual(["bad-value"]);
    const written = readFileSync(join(top, "plangate.yaml"), "utf8");
    for (const name of ["a-b", "q-x", "id"]) expect(written).toContain(`\n    name: ${name}\n`);
  });

  it("of branches are told by check, and are no more than names", async () => {
    const { top, git } = aRepository(ordinary);
    const odd = 'it\'s-"mine";$(touch>gone)`touch>gone`';
    git("checkout", "--quiet", "-b", odd);
    expect(await codesOf(top, ["check"])).toEqual(["branch-characters"]);
    expect((await run(top, ["affected", "main", odd])).code).toBe(0);
    for (const name of ["main\nx", "a b", "", "main'"])
      await expectFailure(top, ["affected", name, "HEAD"], {
        exit: 2,
        code: "unknown-revision",
        summary: /is no branch/,
        hint: /Fetch/,
      });
    expect(existsSync(join(top, "gone"))).toBe(false);
  });
});

describe("a damaged repository", () => {
  it.each([
    { what: "index", file: ".git/index", text: "garbage", args: ["check"] },
    { what: "settings", file: ".git/config", text: "[core\n", args: ["explain"] },
  ])("says that it is: $what", async ({ file, text, args }) => {
    const { top } = aRepository(ordinary);
    writeFileSync(join(top, file), text);
    await expectFailure(top, args, { exit: 1, code: "repository-damaged", summary: /damaged/, hint: /fsck/ });
  });
});
