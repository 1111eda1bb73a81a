import { execFileSync } from "node:child_process";
import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { buildCommandLine } from "../../scripts/build.ts";
import { plantTree } from "../house/planted-tree.ts";

const trees: string[] = [];
afterEach(() => {
  for (const tree of trees.splice(0)) rmSync(tree, { recursive: true });
});

function plant(files: Readonly<Record<string, string>>): string {
  const tree = plantTree(files);
  trees.push(tree);
  return tree;
}

describe("the build", () => {
  it("makes a program that starts by itself, CommonJS packages inside and what is imported lazily beside it", async () => {
    const tree = plant({
      "src/apps/cli/main.ts": `import { parse } from "yaml";
        const { unzip } = await import("./unzip.ts");
        console.log(parse("a: 1").a, unzip);`,
      "src/apps/cli/unzip.ts": 'import { openPromise } from "yauzl";\nexport const unzip: string = typeof openPromise;',
    });
    await buildCommandLine(tree);
    rmSync(join(tree, "node_modules"));

    expect(execFileSync(join(tree, "dist/main.mjs"), { encoding: "utf8" })).toBe("1 function\n");
    const files = readdirSync(join(tree, "dist"));
    expect(files).toContainEqual(expect.stringMatching(/^unzip-.+\.mjs$/));
    expect(files).toEqual(expect.arrayContaining(["web-tree-sitter.wasm", "tree-sitter-hcl.wasm"]));
  });

  it("is a package by itself, which npm installs with nothing beside it and starts by its name", async () => {
    const tree = plant({ "src/apps/cli/main.ts": "console.log(process.argv.slice(2));" });
    await buildCommandLine(tree);
    const pack = ["pack", "--silent", "--pack-destination", tree, join(tree, "dist")];
    const archive = execFileSync("npm", pack, { encoding: "utf8" }).trim();
    const user = plant({});
    rmSync(join(user, "node_modules"));
    rmSync(join(user, "package.json"));
    execFileSync("npm", ["install", "--silent", "--offline", "--no-audit", "--prefix", user, join(tree, archive)]);

    expect(readdirSync(join(user, "node_modules")).filter((name) => !name.startsWith("."))).toEqual(["plangate"]);
    const plangate = join(user, "node_modules/.bin/plangate");
    expect(execFileSync(plangate, ["ci", "check"], { encoding: "utf8" })).toContain("'ci', 'check'");
  });

  it("says which file is missing when there is no command line", async () => {
    await expect(buildCommandLine(plant({}))).rejects.toThrow("there is no src/apps/cli/main.ts to build");
  });
});
