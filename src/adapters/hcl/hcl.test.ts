// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the braces are the configuration language's own
import { describe, expect, it } from "vitest";
import type { FileReference } from "../../domain/references.ts";
import { readBackendBlock, readModuleReferences, readQuickly } from "./index.ts";

const read = (text: string, path = "main.tf") => readModuleReferences(text, path);
const inModule = (path: string, template = false): FileReference => ({ from: "module", path, template });
const inRoot = (path: string, template = false): FileReference => ({ from: "root", path, template });
/** An attribute of a resource. */
const given = (expression: string) => read(`resource "x_y" "z" {\n  a = ${expression}\n}\n`);

describe("readModuleReferences: blocks", () => {
  it("finds calls, whatever stands around them", async () => {
    const { calls, files, opaque } = await read(
      '# module "no" { source = "./no" }\nmodule "net" {\n  source = "../modules/net"\n}\nmodule "vpc" {\n  source  = "terraform-aws-modules/vpc/aws"\n  version = "~> 5.0"\n}\nmodule "any" {\n  source = var.where\n}\n',
    );
    expect(calls).toEqual([
      { name: "net", source: "../modules/net", version: null, line: 2 },
      { name: "vpc", source: "terraform-aws-modules/vpc/aws", version: "~> 5.0", line: 5 },
      { name: "any", source: null, version: null, line: 9 },
    ]);
    expect({ files, opaque }).toEqual({ files: [], opaque: false });
  });

  it("finds the backend, with its text", async () => {
    const text = 'terraform {\n  backend "s3" {\n    bucket = "b"\n  }\n}\n';
    expect((await read(text)).backend).toEqual({ type: "s3", block: 'backend "s3" {\n    bucket = "b"\n  }' });
    expect(await readBackendBlock(text, "main.tf")).toBe('backend "s3" {\n    bucket = "b"\n  }');
    expect((await read("terraform {\n  cloud {}\n}\n")).backend?.type).toBe("cloud");
    expect(await readBackendBlock("", "main.tf")).toBeNull();
  });

  it("finds providers, required and implied", async () => {
    const { providers } = await read(
      'terraform {\n  required_providers {\n    aws = {\n      source  = "hashicorp/aws"\n      version = "5.100.0"\n    }\n    old = "1.0"\n  }\n}\nresource "random_id" "x" {}\nprovider "tls" {}\n',
    );
    expect(providers).toEqual([
      { name: "aws", source: "hashicorp/aws", version: "5.100.0" },
      { name: "old", source: null, version: null },
      { name: "random", source: null, version: null },
      { name: "tls", source: null, version: null },
    ]);
  });

  it("tells programs that are run from those that are not", async () => {
    expect(await read('data "external" "x" {\n  program = ["sh"]\n}\n')).toMatchObject({
      hasExternalData: true,
      hasLocalExec: false,
    });
    const provisioner = (kind: string) => read(`resource "a_b" "c" {\n  provisioner "${kind}" {\n  }\n}\n`);
    expect(await provisioner("local-exec")).toMatchObject({ hasProvisioners: true, hasLocalExec: true });
    expect(await provisioner("remote-exec")).toMatchObject({ hasProvisioners: true, hasLocalExec: false });
  });

  it("tells programs that are run where a plan does not show them, or inside a check", async () => {
    const removed = (text: string) => `removed {\n  from = a_b.c\n${text}}\n`;
    const hidden = removed('  provisioner "local-exec" {\n    when = destroy\n  }\n');
    expect(await read(hidden)).toMatchObject({ hidesProvisioners: true, hasLocalExec: true });
    expect(await read(removed(""))).toMatchObject({ hidesProvisioners: false });
    expect(await read(`${hidden}resource "x" {`)).toMatchObject({ hidesProvisioners: true });
    const json = { removed: [{ from: "a_b.c", provisioner: { "local-exec": { when: "destroy" } } }] };
    expect(await read(JSON.stringify(json), "x.tf.json")).toMatchObject({ hidesProvisioners: true });
    const check = { check: { c: { data: { external: { x: { program: ["sh"] } } } } } };
    expect(await read(JSON.stringify(check), "x.tf.json")).toMatchObject({ hasExternalData: true });
    expect(await read('check "c" {\n  data "external" "x" {\n  }\n}\n')).toMatchObject({ hasExternalData: true });
  });

  it("is opaque where the JSON syntax names a block twice: the tool reads both", async () => {
    const twice = '{"module": {"a": {"source": "./a"}}, "module": {"b": {"source": "./b"}}}';
    expect(await read(twice, "x.tf.json")).toMatchObject({ opaque: true, hidesProvisioners: true });
    expect(await read(twice.replace('}, "module": {', ", "), "x.tf.json")).toMatchObject({ opaque: false });
  });

  it("finds what an attribute reads that is called as a block elsewhere", async () => {
    const attribute = (name: string) => ({
      resource: { x_y: { z: { [name]: { a: '${file("${path.module}/q.txt")}' } } } },
    });
    for (const name of ["backend", "data", "cloud", "required_providers"])
      expect(await read(JSON.stringify(attribute(name)), "x.tf.json")).toMatchObject({ files: [inModule("/q.txt")] });
  });

  it("reads the JSON syntax too", async () => {
    const text = JSON.stringify({
      terraform: { backend: { local: { path: "x" } }, required_providers: { aws: { source: "hashicorp/aws" } } },
      module: { net: { source: "./net", name: 'a "${file("${path.module}/q.txt")}" b' } },
      resource: { x_y: { z: { provisioner: [{ "local-exec": { command: "true" } }] } } },
    });
    expect(await read(text, "main.tf.json")).toMatchObject({
      calls: [{ name: "net", source: "./net" }],
      backend: { type: "local" },
      providers: [{ name: "aws", source: "hashicorp/aws" }, { name: "x" }],
      files: [inModule("/q.txt")],
      hasLocalExec: true,
      opaque: false,
    });
    expect(await read("{ nonsense", "main.tf.json")).toMatchObject({ opaque: true });
  });

  it("leaves out what the JSON syntax has for people", async () => {
    const text = JSON.stringify({ "//": "made by hand", module: { net: { "//": ["the network"], source: "./net" } } });
    expect(await read(text, "main.tf.json")).toMatchObject({ calls: [{ source: "./net" }], opaque: false });
  });

  it("is opaque where the text cannot be read", async () => {
    expect(await read('resource "x" {')).toMatchObject({ opaque: true });
  });
});

describe("a text that nests so deep that the stack is full", () => {
  const deep = 200_000;
  it.each([
    ["parentheses", `locals { a = ${"(".repeat(deep)}1${")".repeat(deep)} }`],
    ["blocks", `${"a {\n".repeat(deep)}${"}\n".repeat(deep)}`],
    ["signs", `locals { a = ${"!".repeat(deep)}true }`],
  ])("is opaque, and ends nobody's work: %s", async (_, text) => {
    expect(readQuickly(text)).toBeUndefined();
    expect(await readModuleReferences(text, "main.tf")).toMatchObject({ opaque: true, hidesProvisioners: true });
    const next = await readModuleReferences('module "a" {\n  source = "./a"\n}\n', "main.tf");
    expect(next).toMatchObject({ opaque: false, calls: [{ name: "a", source: "./a" }] });
  });
});

describe("readModuleReferences: files", () => {
  it.each([
    ['file("x.txt")', inRoot("x.txt")],
    ['file("./x.txt")', inRoot("./x.txt")],
    ['file("${path.module}/a/x.txt")', inModule("/a/x.txt")],
    ['filebase64("${path.root}/../x")', inRoot("/../x")],
    ['templatefile("${path.module}/t.tpl", { a = 1 })', inModule("/t.tpl", true)],
    ['filesha256("${path.cwd}/x")', inRoot("/x")],
    ['fileset(path.module, "**/*.json")', inModule("")],
    ['fileset("${path.module}/../conf", "*")', inModule("/../conf")],
    ['jsondecode(file("${path.module}/../../c.json")).a', inModule("/../../c.json")],
    ['file("${path.module}/c-${count.index}.json")', inModule("/")],
    ['file(abspath("../x"))', inRoot("../x")],
    ['file("a\\u0062c")', inRoot("abc")],
    ['"${path.module}/../lambda"', inModule("/../lambda")],
    ['["../chart"]', inRoot("../chart")],
    ['{ chart = "./chart" }', inRoot("./chart")],
    ['[for f in fileset("conf", "*") : file("conf/${f}")]', inRoot("conf/")],
  ])("%s names a file", async (expression, file) => {
    const found = await given(expression);
    expect(found.opaque).toBe(false);
    expect(found.files).toContainEqual(file);
  });

  it.each([
    "file(var.path)",
    'file("${path.module}/${var.name}.json")',
    'file("${path.module}/${each.key}")',
    "file(local.x)",
    'file(join("/", [path.module, "..", "x"]))',
    'file("/etc/hosts")',
    'file("~/x")',
    'file("${path.module}/a-${count.index}/../../x")',
    "templatefile(var.t, {})",
    'fileset(path.module, "../**")',
    "fileset(path.module, var.pattern)",
    'fileset(dirname(path.module), "*")',
    'format("%s/../x", path.module)',
    'join("/", [path.module, var.x])',
    '"${path.module}/${var.name}.zip"',
    '"cd ${path.module} && make"',
    '["..", "x"]',
    'join("", ["./", var.x])',
    "<<EOT\n${file(var.x)}\nEOT\n",
  ])("%s may name any", async (expression) => {
    expect((await given(expression)).opaque).toBe(true);
  });

  it.each([
    '"10.0.0.0/16"',
    '"a..b"',
    '"https://example.com/a/b"',
    '"terraform-aws-modules/vpc/aws"',
    "cidrsubnet(var.x, 8, count.index)",
    "path.module",
    'replace(var.x, ".", "-")',
  ])("%s names none", async (expression) => {
    expect(await given(expression)).toMatchObject({ files: [], opaque: false });
  });

  it("knows names that come from a listing or are written out", async () => {
    const over = (collection: string, name: string) =>
      read(`resource "x_y" "z" {\n  for_each = ${collection}\n  a = file("\${path.module}/c/\${${name}}")\n}\n`);
    expect(await over('fileset("${path.module}/c", "*")', "each.value")).toMatchObject({ opaque: false });
    expect((await over('toset(["a", "b"])', "each.key")).files).toEqual([inModule("/c/")]);
    expect(await over('{ a = "x", b = var.y }', "each.key")).toMatchObject({ files: [inModule("/c/")] });
    expect(await over('{ a = "y" }', "each.value")).toMatchObject({ opaque: true });
    expect(await over('toset(["a", "../b"])', "each.key")).toMatchObject({ opaque: true });
    expect(await over("var.names", "each.key")).toMatchObject({ opaque: true });
  });

  it("does not take what is for people for a path", async () => {
    expect(await read('variable "x" {\n  description = "see ../docs and ./x"\n}\n')).toMatchObject({
      files: [],
      opaque: false,
    });
  });

  it("is opaque for a template that reads files itself", async () => {
    expect(await read('hello ${file("x")}', "t.tpl")).toMatchObject({ opaque: true });
    expect(await read("hello ${name}, profile (x)", "t.tpl")).toMatchObject({ opaque: false });
  });
});
