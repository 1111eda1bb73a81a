import { mkdirSync, readdirSync, readFileSync, renameSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { run } from "../../../../test/real/support/command-line.ts";
import { expectFailure, validDocumentOf } from "../../../../test/real/support/documents.ts";
import { makeRepository, type TestRepository } from "../../../../test/real/support/repository.ts";
import { renderPreset } from "../../../flow/index.ts";

const workflow = ".github/workflows/plangate.yml";
const owners = ".github/CODEOWNERS";
const local = "docs/local-development.md";
const root = { "stacks/app/main.tf": 'terraform {\n  backend "local" {}\n}\n' };

let repository: TestRepository;
let top: string;
beforeEach(() => {
  const environments = ["dev", "stage", "prod"].flatMap((name) => [
    [`environments/${name}/backend.hcl`, ""],
    [`environments/${name}/app.tfvars`, ""],
  ]);
  repository = makeRepository({
    "plangate.yaml": renderPreset("gitflow"),
    ...root,
    ...Object.fromEntries(environments),
  });
  top = repository.top;
});
afterEach(() => repository.remove());

const compile = async (...args: readonly string[]) => validDocumentOf(await run(top, ["compile", ...args, "--json"]));
const changes = async (...args: readonly string[]) =>
  ((await compile(...args)).files as readonly { path: string; change: string }[]).map(
    ({ path, change }) => `${change} ${path}`,
  );
const kinds = async (...args: readonly string[]) =>
  [...new Set((await changes(...args)).map((one) => one.split(" ")[0]))].sort();
const text = (path: string) => readFileSync(join(top, path), "utf8");
const write = (path: string, content: string | Uint8Array) => {
  mkdirSync(dirname(join(top, path)), { recursive: true });
  writeFileSync(join(top, path), content);
};
/** Everything below the top but Git's own, with what is in it. */
const everything = () =>
  Object.fromEntries(
    readdirSync(top, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && !join(entry.parentPath, entry.name).startsWith(join(top, ".git/")))
      .map((entry) => [join(entry.parentPath, entry.name), readFileSync(join(entry.parentPath, entry.name), "utf8")]),
  );
const expectNothingWritten = async (work: () => Promise<unknown>) => {
  const before = everything();
  await work();
  expect(everything()).toEqual(before);
};

describe("plangate compile", () => {
  it("writes everything once, and nothing when it is there", async () => {
    expect(await kinds()).toEqual(["create"]);
    expect(await changes()).toEqual([
      `same ${owners}`,
      "same .github/plangate/settings.yaml",
      "same .github/pull_request_template.md",
      "same .github/workflows/plangate-apply.yml",
      "same .github/workflows/plangate-change.yml",
      "same .github/workflows/plangate-said.yml",
      `same ${workflow}`,
      "same docs/delivery.md",
      `same ${local}`,
    ]);
    await expectNothingWritten(() => compile("--check"));
    const { code, stdout } = await run(top, ["compile", "--check"]);
    expect({ code, stdout }).toEqual({ code: 0, stdout: "9 compiled files: 9 the same. Nothing was written.\n" });
  });

  it("says with --check which files are stale and where, and writes nothing", async () => {
    await compile();
    write("plangate.yaml", text("plangate.yaml").replace("0 1 * * *", "30 2 * * *"));
    await expectNothingWritten(() =>
      expectFailure(top, ["compile", "--check"], {
        exit: 3,
        code: "compiled-file-stale",
        summary: /plangate\.yml|delivery\.md/,
        hint: /plangate compile/,
      }),
    );
    const { diagnostics, files } = await compile("--check");
    expect(files).toContainEqual({ path: workflow, change: "update" });
    expect(diagnostics).toContainEqual(
      expect.objectContaining({
        file: workflow,
        line: expect.any(Number),
        detail: expect.stringContaining("30 2 * * *"),
      }),
    );
    await compile();
    expect(await kinds("--check")).toEqual(["same"]);
  });

  it("keeps what people wrote around a region, and their line ends", async () => {
    write(owners, "/network/ @net\r\n# ours");
    write(local, "# Here\r\n\r\nCall us.\r\n");
    await compile();
    expect(text(owners)).toMatch(
      /^# plangate:begin codeowners \w+\r\n[\s\S]*# plangate:end codeowners\r\n\r\n\/network\/ @net\r\n# ours\r\n\r\n# plangate:begin codeowners-last \w+\r\n[\s\S]*# plangate:end codeowners-last$/,
    );
    expect(text(local)).toMatch(/^# Here\r\n\r\nCall us\.\r\n\r\n<!-- plangate:begin /);
    expect(await kinds()).toEqual(["same"]);
  });

  it("tells what was changed by hand, writes none of it, and replaces it by force", async () => {
    await compile();
    const compiled = everything();
    write(workflow, text(workflow).replace("name: plangate", "name: other"));
    write(local, text(local).replace("What CI runs", "What CI ran"));
    for (const args of [["compile"], ["compile", "--check"]])
      await expectNothingWritten(() =>
        expectFailure(top, args, { exit: 3, code: "file-edited-by-hand", summary: /plangate\.yml/, hint: /--force/ }),
      );
    expect((await compile("--force")).ok).toBe(true);
    expect(everything()).toEqual(compiled);
  });

  it("takes away what the flow no longer gives, and nothing else", async () => {
    write("plangate.yaml", renderPreset("trunk-demo"));
    for (const name of ["test", "prod"]) {
      write(`environments/${name}/backend.hcl`, "");
      write(`environments/${name}/app.tfvars`, "");
    }
    await run(top, ["init", "--force", "--preset", "trunk-demo", "--owners", "ann,bob"]);
    await compile();
    const demo = ".github/workflows/prepare-for-demo.yml";
    expect(text(demo)).toContain("Prepare for Demo");
    write(".github/workflows/tests.yml", "name: tests\n");
    write(".github/workflows/x/notes.txt", "");
    write("plangate.yaml", text("plangate.yaml").replaceAll("Prepare for Demo", "Try it"));
    expect(await changes()).toEqual(expect.arrayContaining([`delete ${demo}`, "create .github/workflows/try-it.yml"]));
    expect(text(".github/workflows/tests.yml")).toBe("name: tests\n");
    expect(() => text(demo)).toThrow(/ENOENT/);
  });

  it.each([
    [
      "a file of somebody's own",
      "file-not-compiled",
      /plangate did not write it/,
      () => write(workflow, "name: mine\n"),
    ],
    [
      "marks that cannot be told apart",
      "marks-wrong",
      /did not begin/,
      () => write(owners, "# plangate:end codeowners\n"),
    ],
    [
      "owners who would own nothing",
      "code-owners-elsewhere",
      /no longer read it/,
      () => write("CODEOWNERS", "* @ann\n"),
    ],
    [
      "a template of pull requests that GitHub may show instead",
      "template-elsewhere",
      /docs\/PULL_REQUEST_TEMPLATE\.md is what pull requests begin with/,
      () => {
        write("docs/PULL_REQUEST_TEMPLATE.md", "## Why\n");
        repository.git("add", "docs/PULL_REQUEST_TEMPLATE.md");
      },
    ],
    [
      "owners of what governs delivery",
      "code-owners-taken",
      /takes plangate.yaml/,
      () => write(owners, "# plangate:begin codeowners-last\n# plangate:end codeowners-last\n* @eve\n"),
    ],
    ["the same name in another case", "name-in-another-case", /no case/, () => write(".github/codeowners", "\n")],
    ["a folder in a file's place", "not-a-file", /is no file/, () => write(`${workflow}/x`, "")],
    ["a file in a folder's place", "not-a-file", /is no folder/, () => write("docs", "")],
    ["a file that is no text", "not-utf-8", /cannot be read/, () => write(owners, Buffer.from([0xff, 0x41]))],
    [
      "a flow that is wrong",
      "unknown-branch",
      /develp/,
      () => write("plangate.yaml", text("plangate.yaml").replace("cutFrom: develop", "cutFrom: develp")),
    ],
  ] as const)("writes nothing past %s, not even by force", async (_, code, summary, prepare) => {
    prepare();
    await expectNothingWritten(() => expectFailure(top, ["compile", "--force"], { exit: 2, code, summary, hint: /./ }));
  });

  it("names the line that takes what governs delivery as it stands in the file", async () => {
    write(owners, "/docs/ @ann\n\n* @eve\n");
    expect((await compile()).ok).toBe(true);
    const compiled = text(owners);
    write(owners, `${compiled}\n* @eve\n`);
    expect((await compile("--check")).diagnostics[0]).toMatchObject({
      code: "code-owners-taken",
      file: owners,
      line: compiled.split("\n").length + 1,
      hint: expect.stringContaining('above the region "codeowners-last"'),
    });
    // Where the regions are still to grow, too.
    write(owners, "# plangate:begin codeowners-last\n# plangate:end codeowners-last\n/docs/ @ann\n* @eve\n");
    expect((await compile()).diagnostics[0]).toMatchObject({ code: "code-owners-taken", file: owners, line: 4 });
  });

  it.each([".github", ".github/workflows", "docs/delivery.md"])("writes nothing through a link at %s", async (link) => {
    await compile();
    const outside = join(repository.around, "outside");
    renameSync(join(top, link), outside);
    symlinkSync(outside, join(top, link));
    write("plangate.yaml", text("plangate.yaml").replace("0 1 * * *", "30 2 * * *"));
    await expectNothingWritten(() =>
      expectFailure(top, ["compile", "--force"], {
        exit: 2,
        code: "link-in-the-way",
        summary: /symbolic link/,
        hint: /in the link's place/,
      }),
    );
  });

  it("says where in the flow it is wrong", async () => {
    write("plangate.yaml", text("plangate.yaml").replace("into: develop", "into: develp"));
    const { diagnostics } = await compile();
    expect(diagnostics).toContainEqual(
      expect.objectContaining({
        file: "plangate.yaml",
        line: expect.any(Number),
        column: expect.any(Number),
        severity: "error",
      }),
    );
  });

  it("compiles for the same default branch wherever it runs, once it was said", async () => {
    repository.git("branch", "--quiet", "develop");
    await compile("--default-branch", "develop");
    expect(text(workflow)).toContain("refs/heads/develop");
    expect(await kinds()).toEqual(["same"]);
    repository.commit({});
    const clone = join(repository.around, "clone");
    repository.git("clone", "--quiet", top, clone);
    const { code, stderr } = await run(clone, ["compile", "--check"]);
    expect(code).toBe(0);
    expect(stderr).toContain('default-branch-differs: The files here are compiled for the default branch "develop"');
  });

  it("asks for the default branch where nothing tells it", async () => {
    write("plangate.yaml", text("plangate.yaml").replaceAll(/\bmain\b/g, "live"));
    repository.git("branch", "--quiet", "--move", "main", "live");
    repository.git("branch", "--quiet", "develop");
    await expectFailure(top, ["compile"], {
      exit: 2,
      code: "default-branch-unknown",
      summary: /default one/,
      hint: /--default-branch/,
    });
  });
});
