import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { realGit } from "../../../../test/contract/real-git.ts";
import { run } from "../../../../test/real/support/command-line.ts";
import { expectFailure, validDocumentOf } from "../../../../test/real/support/documents.ts";
import { openGraphFolder } from "../../../adapters/kept/index.ts";
import type { TreeSha } from "../../../domain/names.ts";

const flow = `version: 1
branches:
  work: { match: "**", except: [main] }
  main: { accepts: [work] }
environments:
  dev: { appliesFrom: [main] }
stacks:
  - { root: "stacks/{stack}", in: [dev], backend: ["key={stack}"], vars: ["stacks/{stack}/dev.tfvars"] }
when:
  - { on: merge, into: main, in: dev, do: [plan, apply, verify] }
`;
const calls = (source: string) => `module "m" {\n  source = "${source}"\n}\n`;

let around: string;
let top: string;
const git = (...args: readonly string[]) => realGit(top, args);
const write = (files: Readonly<Record<string, string | Buffer>>) => {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(top, path)), { recursive: true });
    writeFileSync(join(top, path), content);
  }
};
const commit = (files: Readonly<Record<string, string | Buffer>>) => {
  write(files);
  git("add", "--all");
  git("commit", "--quiet", "--message", "Change");
};
const affected = async (base: string, head: string, dir = top) => {
  const ran = await run(dir, ["affected", base, head, "--json"]);
  return validDocumentOf(ran) as unknown as {
    readonly stacks: readonly {
      readonly stack: string;
      readonly because: readonly string[];
      readonly wholeTree?: string;
    }[];
    readonly all: boolean;
    readonly why: string | null;
    readonly diagnostics: readonly { readonly code: string }[];
  };
};

beforeEach(() => {
  around = mkdtempSync(join(tmpdir(), "plangate affected-"));
  top = join(around, "infra");
  mkdirSync(top);
  git("init", "--quiet", "--initial-branch=main");
  commit({
    "plangate.yaml": flow,
    "stacks/a/main.tf": calls("../../modules/m"),
    "stacks/a/dev.tfvars": "",
    "stacks/b/main.tf": "",
    "stacks/b/dev.tfvars": "",
    "stacks/b/.terraform.lock.hcl": "",
    "modules/m/main.tf": calls("../n"),
    "modules/n/main.tf": `locals {\n  a = file("\${path.module}/../../shared/x.json")\n}\n`,
    "shared/x.json": "{}",
    "README.md": "",
  });
  git("checkout", "--quiet", "-b", "work");
});
afterEach(() => rmSync(around, { recursive: true, force: true }));

describe("affected", () => {
  it("follows modules of modules, files they read, var files and lock files, and nothing beside them", async () => {
    const touched = async (path: string) => {
      commit({ [path]: `# ${path}\n` });
      return (await affected("HEAD~1", "HEAD")).stacks;
    };
    expect(await touched("modules/n/other.tf")).toEqual([{ stack: "dev/a", because: ["modules/n/other.tf"] }]);
    expect(await touched("shared/x.json")).toEqual([{ stack: "dev/a", because: ["shared/x.json"] }]);
    expect(await touched("stacks/b/dev.tfvars")).toEqual([{ stack: "dev/b", because: ["stacks/b/dev.tfvars"] }]);
    expect(await touched("stacks/b/.terraform.lock.hcl")).toHaveLength(1);
    expect(await touched("README.md")).toEqual([]);
    expect(await touched("shared/y.json")).toEqual([]);
  });

  it("starts at the newest commit in common, so that what base did meanwhile does not count", async () => {
    commit({ "stacks/a/main.tf": "" });
    git("checkout", "--quiet", "main");
    commit({ "stacks/b/main.tf": "# changed\n" });
    expect((await affected("main", "work")).stacks.map(({ stack }) => stack)).toEqual(["dev/a"]);
  });

  it("names deleted stacks and new ones, and says when one cause touches all", async () => {
    git("rm", "--quiet", "-r", "stacks/b");
    commit({ "stacks/c/main.tf": calls("../../modules/n"), "stacks/c/dev.tfvars": "" });
    expect((await affected("main", "work")).stacks).toMatchObject([
      { stack: "dev/b", deleted: true },
      { stack: "dev/c", added: true },
    ]);
    commit({ "modules/n/main.tf": "" });
    const { all, why } = await affected("HEAD~1", "HEAD");
    expect({ all, why }).toEqual({ all: true, why: "modules/n/main.tf is an input of all 2 stacks" });
    const text = await run(top, ["affected", "main", "work"]);
    expect(text.stdout).toMatch(/^dev\/b {2}deleted {2}stacks\/b\//m);
  });

  it("answers the same from what it kept, and anew when that was damaged", async () => {
    commit({ "modules/n/main.tf": "# changed\n" });
    const cold = await affected("main", "work");
    const cache = join(top, ".plangate/cache/affected");
    const kept = readdirSync(cache).sort();
    expect(kept.map((name) => name.split("-")[0])).toEqual(["graph", "index"]);
    expect(await affected("main", "work")).toEqual(cold);
    for (const name of kept) {
      const text = readFileSync(join(cache, name), "utf8");
      writeFileSync(join(cache, name), text.replaceAll("stacks/a", "stacks/z"));
    }
    expect(await affected("main", "work")).toEqual(cold);
    for (const name of kept) writeFileSync(join(cache, name), readFileSync(join(cache, name)).subarray(0, 100));
    const many = await Promise.all(Array.from({ length: 6 }, () => affected("main", "work")));
    expect(new Set(many.map((one) => JSON.stringify(one)))).toEqual(new Set([JSON.stringify(cold)]));
  });

  it("counts every change for a stack that reads outside of the repository or in a submodule, and says why", async () => {
    symlinkSync("/etc/hostname", join(top, "stacks/a/link.tf"));
    realGit(join(around, "other"), ["init", "--quiet"]);
    realGit(join(around, "other"), ["commit", "--quiet", "--allow-empty", "--message", "First"]);
    git("submodule", "add", "--quiet", join(around, "other"), "vendor");
    commit({ "stacks/b/main.tf": calls("../../vendor/x") });
    commit({ "README.md": "changed" });
    expect((await affected("HEAD~1", "HEAD")).stacks).toMatchObject([
      {
        stack: "dev/a",
        because: ["README.md"],
        wholeTree: expect.stringContaining("stacks/a/link.tf leads out of the repository"),
      },
      { stack: "dev/b", because: ["README.md"], wholeTree: expect.stringContaining("lies in the submodule vendor") },
    ]);
  });

  it("works in a bare repository, and warns of a file that is no text", async () => {
    commit({ "stacks/a/latin.tf": Buffer.from([0x23, 0x20, 0xe9, 0x0a]), "stacks/a/caf\u00e9.tf": "" });
    const bare = join(around, "bare.git");
    git("clone", "--quiet", "--bare", top, bare);
    const found = await affected("main", "work", bare);
    expect(found.stacks.map(({ stack }) => stack)).toEqual(["dev/a"]);
    expect(found.diagnostics).toMatchObject([{ code: "not-utf-8", file: "stacks/a/latin.tf" }]);
    commit({ "stacks/b/main.tf": calls("../../modules/n") });
    for (const _ of ["looked at", "kept"]) {
      const later = await affected("HEAD~1", "HEAD");
      expect(later.stacks.map(({ stack }) => stack)).toEqual(["dev/b"]);
      expect(later.diagnostics).toMatchObject([{ code: "not-utf-8", file: "stacks/a/latin.tf" }]);
    }
  });

  it("takes nothing that was kept in another form", async () => {
    commit({ "stacks/a/main.tf": calls("../../modules/n") });
    const cold = await affected("main", "work");
    const cache = join(top, ".plangate/cache/affected");
    const trees = readdirSync(cache).flatMap((name) =>
      name.startsWith("index-") ? [name.slice("index-".length)] : [],
    );
    // Whole and undamaged, as an earlier version wrote it.
    const earlier = openGraphFolder(cache, "0.0.1");
    for (const tree of trees) {
      await earlier.write("index", tree as TreeSha, "{}");
      await earlier.write("graph", tree as TreeSha, "{}");
    }
    expect(await affected("main", "work")).toEqual(cold);
  });

  it("takes a change of the flow for what it gives other stacks", async () => {
    commit({ "plangate.yaml": flow.replace('["key={stack}"]', '["key=v2-{stack}"]') });
    const { stacks, why } = await affected("main", "work");
    expect(stacks.map(({ because }) => because)).toEqual([["plangate.yaml"], ["plangate.yaml"]]);
    expect(why).toBe("plangate.yaml is an input of all 2 stacks");
    commit({ "plangate.yaml": `${flow}# a comment\n` });
    expect((await affected("main", "work")).stacks).toEqual([]);
  });

  it("says what is wrong with a history that it cannot use", async () => {
    await expectFailure(top, ["affected", "nothing", "HEAD"], {
      exit: 2,
      code: "unknown-revision",
      summary: /"nothing"/,
      hint: /[Ff]etch/,
    });
    commit({ "README.md": "1" });
    git("checkout", "--quiet", "--orphan", "alone");
    commit({ "README.md": "2" });
    await expectFailure(top, ["affected", "main", "alone"], {
      exit: 1,
      code: "unrelated-histories",
      summary: /no commit in common/,
      hint: /one history/,
    });
    git("checkout", "--quiet", "main");
    commit({ "README.md": "3" });
    const shallow = join(around, "shallow");
    git("clone", "--quiet", "--depth=1", "--no-single-branch", `file://${top}`, shallow);
    await expectFailure(shallow, ["affected", "main", "origin/work"], {
      exit: 1,
      code: "unrelated-histories",
      summary: /shallow/,
      hint: /fetch-depth: 0/,
    });
    await expectFailure(shallow, ["affected", "main", "work"], {
      exit: 2,
      code: "unknown-revision",
      summary: /"work"/,
      hint: /origin.work/,
    });
    const empty = join(around, "empty");
    realGit(empty, ["init", "--quiet", "--initial-branch=main"]);
    await expectFailure(empty, ["affected", "HEAD", "HEAD"], {
      exit: 2,
      code: "no-commit",
      summary: /no commit yet/,
      hint: /Commit/,
    });
    git("rm", "--quiet", "plangate.yaml");
    git("commit", "--quiet", "--message", "No flow");
    await expectFailure(top, ["affected", "HEAD", "HEAD"], {
      exit: 2,
      code: "flow-missing",
      summary: /no plangate\.yaml/,
      hint: /init/,
    });
  });
});
