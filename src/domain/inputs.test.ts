import { describe, expect, it } from "vitest";
import type { KeyedDigest } from "./digest.ts";
import { findInputs, initKey, inputsDigest, type PlanSettings } from "./inputs.ts";
import type { ModuleReferences } from "./references.ts";
import { joinPath, openTree, type TreeFile } from "./tree.ts";

const nothing: ModuleReferences = {
  calls: [],
  files: [],
  opaque: false,
  backend: null,
  providers: [],
  hasProvisioners: false,
  hasLocalExec: false,
  hasExternalData: false,
  hidesProvisioners: false,
};
type Written = Partial<ModuleReferences> & { link?: string; blob?: string; submodule?: true };

/** A tree whose files refer to what is written beside them. */
function treeOf(files: Readonly<Record<string, Written>>) {
  const entries: TreeFile[] = Object.entries(files).map(([path, { link, blob, submodule }]) => ({
    path,
    mode: submodule ? "160000" : link === undefined ? "100644" : "120000",
    blob: blob ?? `blob of ${path}`,
  }));
  return openTree(entries, {
    // The text of a link is where it leads, and no configuration.
    references: async ({ path, mode }) => ({ ...nothing, opaque: mode === "120000", ...files[path] }),
    linkTarget: async ({ path }) => files[path]?.link ?? "",
  });
}

function calls(...sources: string[]): Written {
  return { calls: sources.map((source, index) => ({ name: `m${index}`, source, version: null, line: 1 })) };
}
const stack = { root: "stacks/app", varFiles: [] as string[], backendFiles: [] as string[] };
const others = { "README.md": {}, "stacks/other/main.tf": {}, "modules/unused/main.tf": {}, "stacks/app2/main.tf": {} };
async function pathsOf(files: Readonly<Record<string, Written>>, about = stack) {
  const { files: found, wholeTree } = await findInputs(treeOf({ ...others, ...files }), about);
  return { paths: found.map((file) => file.path), wholeTree };
}

describe("findInputs", () => {
  it("takes the root module's folder whole, and nothing beside it", async () => {
    const files = { "stacks/app/main.tf": {}, "stacks/app/.terraform.lock.hcl": {}, "stacks/app/files/a/b.txt": {} };
    expect(await pathsOf(files)).toEqual({ paths: Object.keys(files).sort(), wholeTree: null });
  });

  it("follows local modules through modules, and in circles only once", async () => {
    const { paths } = await pathsOf({
      "stacks/app/main.tf": calls("../../modules/a"),
      "modules/a/main.tf": calls("./inner", "../b"),
      "modules/a/inner/main.tf": {},
      "modules/b/main.tf": calls("../a"),
      "modules/b/templates/x.tpl": {},
    });
    expect(paths).toEqual([
      "modules/a/inner/main.tf",
      "modules/a/main.tf",
      "modules/b/main.tf",
      "modules/b/templates/x.tpl",
      "stacks/app/main.tf",
    ]);
  });

  it("takes files and folders that the text names, from the module or from the root", async () => {
    const { paths } = await pathsOf({
      "stacks/app/main.tf": calls("../../modules/a"),
      "modules/a/main.tf": {
        files: [
          { from: "module", path: "/../policies/x.json", template: false },
          { from: "root", path: "../shared", template: false },
          { from: "root", path: "not/there", template: false },
        ],
      },
      "modules/policies/x.json": {},
      "modules/policies/y.json": {},
      "stacks/shared/deep/z": {},
    });
    expect(paths).toEqual([
      "modules/a/main.tf",
      "modules/policies/x.json",
      "stacks/app/main.tf",
      "stacks/shared/deep/z",
    ]);
  });

  it("takes var files and backend files wherever they lie", async () => {
    const files = { "stacks/app/main.tf": {}, "env/prod.tfvars": {}, "env/backend.hcl": {}, "env/test.tfvars": {} };
    const about = { ...stack, varFiles: ["env/prod.tfvars"], backendFiles: ["env/backend.hcl"] };
    expect((await pathsOf(files, about)).paths).toEqual(["env/backend.hcl", "env/prod.tfvars", "stacks/app/main.tf"]);
  });

  it.each<{ name: string; main: Written; why: RegExp }>([
    { name: "a path that is computed", main: { opaque: true }, why: /stacks\/app\/main\.tf reads files/ },
    { name: "a program in a provisioner", main: { hasLocalExec: true }, why: /provisioner/ },
    { name: "a program for data", main: { hasExternalData: true }, why: /program for data/ },
    { name: "a module outside of the repository", main: calls("../../../x"), why: /outside/ },
    {
      name: "a file outside of the repository",
      main: { files: [{ from: "root", path: "../../../x", template: false }] },
      why: /outside/,
    },
    {
      name: "a computed module source",
      main: { calls: [{ name: "m", source: null, version: null, line: 7 }] },
      why: /main\.tf:7/,
    },
  ])("takes everything because of $name, and says so", async ({ main, why }) => {
    const { paths, wholeTree } = await pathsOf({ "stacks/app/main.tf": main });
    expect(wholeTree).toMatch(why);
    expect(paths).toContain("README.md");
  });

  it("looks into templates that are read, for what they read themselves", async () => {
    const main = { files: [{ from: "root", path: "../t.tpl", template: true }] } as const;
    expect(await pathsOf({ "stacks/app/main.tf": main, "stacks/t.tpl": {} })).toMatchObject({ wholeTree: null });
    const { wholeTree } = await pathsOf({ "stacks/app/main.tf": main, "stacks/t.tpl": { opaque: true } });
    expect(wholeTree).toMatch(/template stacks\/t\.tpl/);
  });

  it("follows symbolic links of files, of folders and on the way", async () => {
    const { paths, wholeTree } = await pathsOf({
      "stacks/app/main.tf": calls("../../mods/a"),
      "stacks/app/common.tf": { link: "../../shared/common.tf" },
      "shared/common.tf": {},
      "shared/unrelated.tf": {},
      mods: { link: "modules" },
      "modules/a/main.tf": {},
      "modules/a/data": { link: "../../data" },
      "data/x": {},
      "data/loop": { link: "../data" },
    });
    expect(wholeTree).toBeNull();
    expect(paths).toEqual([
      "data/loop",
      "data/x",
      "mods",
      "modules/a/data",
      "modules/a/main.tf",
      "shared/common.tf",
      "stacks/app/common.tf",
      "stacks/app/main.tf",
    ]);
  });

  it.each(["/etc", "../../../x"])("takes everything because of a link to %s", async (link) => {
    const { wholeTree } = await pathsOf({ "stacks/app/main.tf": {}, "stacks/app/l": { link } });
    expect(wholeTree).toMatch(/leads out/);
  });

  it("takes a submodule that lies in the root module's folder by its commit", async () => {
    const { paths, wholeTree } = await pathsOf({ "stacks/app/main.tf": {}, "stacks/app/vendor": { submodule: true } });
    expect({ paths, wholeTree }).toEqual({ paths: ["stacks/app/main.tf", "stacks/app/vendor"], wholeTree: null });
  });

  it.each(["../../vendor", "../../vendor/a"])(
    "takes everything because of the module %s in a submodule",
    async (source) => {
      const files = { "stacks/app/main.tf": calls(source), vendor: { submodule: true } } as const;
      expect((await pathsOf(files)).wholeTree).toMatch(/in the submodule vendor/);
    },
  );

  it("does not run in a circle of links", async () => {
    const { wholeTree } = await pathsOf({ "stacks/app/a": { link: "b" }, "stacks/app/b": { link: "a" } });
    expect(wholeTree).toMatch(/leads out/);
  });

  it("lists modules from elsewhere by their key", async () => {
    const { remote } = await findInputs(
      treeOf({
        "stacks/app/main.tf": calls("../../modules/a", "git::https://x/y?ref=v1"),
        "modules/a/main.tf": calls("a/b/c"),
      }),
      stack,
    );
    expect(remote).toEqual([
      { key: "m1", source: "git::https://x/y?ref=v1", version: null },
      { key: "m0.m0", source: "a/b/c", version: null },
    ]);
  });

  it("gives up on calls that multiply, and takes everything", async () => {
    const files: Record<string, Written> = { "stacks/app/main.tf": calls("../../modules/l0", "../../modules/l0") };
    for (let level = 0; level < 40; level++)
      files[`modules/l${level}/main.tf`] = calls(`../l${level + 1}`, `../l${level + 1}`);
    expect((await pathsOf(files)).wholeTree).toMatch(/too many/);
  });

  it("works for a root module at the top", async () => {
    expect((await pathsOf({ "main.tf": {} }, { ...stack, root: "." })).paths).toContain("README.md");
  });
});

const settings: PlanSettings = {
  root: "stacks/app",
  tool: { name: "terraform", version: "1.11.4" },
  mode: "normal",
  backend: ["key=x"],
  varFiles: ["a.tfvars", "b.tfvars"],
  variables: { A: "hmac:1" as KeyedDigest },
};

describe("inputsDigest", () => {
  const files = { "stacks/app/main.tf": {}, "a.tfvars": {} };
  const digest = async (change: Readonly<Record<string, Written>> = {}, more: Partial<PlanSettings> = {}) =>
    inputsDigest(await findInputs(treeOf({ ...files, ...change }), { ...stack, varFiles: ["a.tfvars"] }), {
      ...settings,
      ...more,
    });

  it("stays when what is no input changes", async () => {
    expect(await digest({ "README.md": { blob: "new" }, "stacks/app2/main.tf": {} })).toBe(await digest());
  });

  it.each<[string, Readonly<Record<string, Written>>, Partial<PlanSettings>]>([
    ["a file's content", { "stacks/app/main.tf": { blob: "new" } }, {}],
    ["a new file in the root", { "stacks/app/x.auto.tfvars": {} }, {}],
    ["a var file's content", { "a.tfvars": { blob: "new" } }, {}],
    ["the tool's version", {}, { tool: { name: "terraform", version: "1.11.5" } }],
    ["the tool", {}, { tool: { name: "opentofu", version: "1.11.4" } }],
    ["the mode", {}, { mode: "destroy" }],
    ["a backend setting", {}, { backend: ["key=y"] }],
    ["the order of var files", {}, { varFiles: ["b.tfvars", "a.tfvars"] }],
    ["a variable's value", {}, { variables: { A: "hmac:2" as KeyedDigest } }],
    ["a variable more", {}, { variables: { A: "hmac:1" as KeyedDigest, B: "hmac:1" as KeyedDigest } }],
  ])("moves with %s", async (_, change, more) => {
    expect(await digest(change, more)).not.toBe(await digest());
  });
});

describe("initKey", () => {
  const key = async (change: Readonly<Record<string, Written>> = {}) => {
    const main = { ...calls("./m"), backend: { type: "s3", block: "b" } };
    const files = {
      "stacks/app/main.tf": main,
      "stacks/app/m/main.tf": {},
      "stacks/app/.terraform.lock.hcl": {},
      "b.hcl": {},
    };
    return initKey(
      (await findInputs(treeOf({ ...files, ...change }), { ...stack, backendFiles: ["b.hcl"] })).init,
      settings,
    );
  };

  it("stays when resources change", async () => {
    expect(await key({ "stacks/app/m/main.tf": { blob: "new" } })).toBe(await key());
  });

  it.each<[string, Readonly<Record<string, Written>>]>([
    ["the lock file", { "stacks/app/.terraform.lock.hcl": { blob: "new" } }],
    ["the backend block", { "stacks/app/main.tf": { ...calls("./m"), backend: { type: "s3", block: "c" } } }],
    ["a backend file", { "b.hcl": { blob: "new" } }],
    ["a call", { "stacks/app/m/main.tf": calls("x/y/z") }],
    ["a provider", { "stacks/app/m/main.tf": { providers: [{ name: "aws", source: null, version: null }] } }],
  ])("moves with %s", async (_, change) => {
    expect(await key(change)).not.toBe(await key());
  });
});

describe("joinPath", () => {
  it.each([
    ["a/b", "../c", "a/c"],
    ["", "./a//b/", "a/b"],
    ["a", "..", ""],
    ["a", "../..", undefined],
  ])("%s and %s give %s", (folder, path, whole) => {
    expect(joinPath(folder, path)).toBe(whole);
  });
});
