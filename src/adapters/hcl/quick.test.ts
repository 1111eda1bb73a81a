// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the braces are the configuration language's own
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { reachOf } from "../../domain/file-reach.ts";
import { readModuleReferences } from "./index.ts";
import { readQuickly } from "./quick.ts";

const parsed = async (text: string) => reachOf(await readModuleReferences(text, "main.tf"));

describe("readQuickly", () => {
  it.each<[string, string]>([
    ["an empty file", ""],
    ["comments", "# a\n// b\n/* c\n d */\n"],
    ["a module of the repository", 'module "a" {\n  source = "../../modules/a" # here\n  name   = "x-${var.env}"\n}\n'],
    ["a module from elsewhere", 'module "a" {\n  source  = "terraform-aws-modules/vpc/aws"\n  version = "~> 5.0"\n}\n'],
    [
      "a backend",
      'terraform {\n  required_version = ">= 1.10"\n  backend "s3" {}\n  required_providers {\n    aws = { source = "hashicorp/aws", version = "~> 5.1" }\n  }\n}\n',
    ],
    [
      "a resource",
      'resource "a_b" "c" {\n  count = var.on ? 1 : 0\n  tags  = merge(var.tags, { Name = "x" })\n  list  = [\n    1, # one\n    -2.5e3,\n  ]\n  all = a.b[*].c[0]["k"]\n  lifecycle {\n    ignore_changes = [tags]\n  }\n}\n',
    ],
    ["words of other scripts in texts and comments", 'variable "a" {\n  description = "Größe → 大"\n  # größer\n}\n'],
    ["line ends of other systems", 'variable "a" {\r\n  type = string\r\n}\r\n'],
    [
      "conditions",
      'variable "a" {\n  validation {\n    condition = length(var.a) > 2 && !contains(["x"], var.a)\n    error_message = "No."\n  }\n}\n',
    ],
  ])("reads %s as the parser does", async (_, text) => {
    expect(readQuickly(text)).toEqual(await parsed(text));
  });

  it.each([
    'locals {\n  a = file("x")\n}',
    'locals {\n  a = "${path.module}/x"\n}',
    "locals {\n  a = path.module\n}",
    'locals {\n  a = "../x"\n}',
    'locals {\n  a = "./x"\n}',
    'locals {\n  a = "\\u002e\\u002e/x"\n}',
    'locals {\n  a = core::file("x")\n}',
    "locals {\n  a = [for k in var.a : k]\n}",
    "locals {\n  a = <<EOT\nx\nEOT\n}",
    'data "external" "a" {\n}',
    'resource "a_b" "c" {\n  provisioner "local-exec" {\n  }\n}',
    'module "a" {\n  source = "${var.a}"\n}',
    'module "a" {\n}',
    "locals {\n  a = \n}",
    "locals {\n  a = 1 b = 2\n}",
    "locals {",
    "locals {\n  größe = 1\n}",
    "a\u0000b",
  ])("leaves %j to the parser", (text) => {
    expect(readQuickly(text)).toBeUndefined();
  });

  const pieces = [
    "locals",
    "module",
    "data",
    '"a"',
    '"external"',
    '"../m"',
    '"${var.x}"',
    '"${file("x")}"',
    "source",
    "=",
    "==",
    "{",
    "}",
    "{}",
    "[",
    "]",
    "(",
    ")",
    ",",
    "\n",
    "\n",
    " ",
    "1",
    "1.5",
    ".",
    "a.b",
    "path.module",
    "file(",
    "f(",
    "?",
    ":",
    "::",
    "-",
    "!",
    "&&",
    "*",
    "[*]",
    "# c\n",
    "/* c */",
    "for",
    "in",
    "true",
    "null",
    "<<E\nx\nE\n",
    '"',
    "$",
    "\\",
    "é",
    "...",
  ];
  const soup = fc.array(fc.constantFrom(...pieces), { maxLength: 30 }).map((all) => all.join(""));
  const expression: fc.Arbitrary<string> = fc.letrec<{ e: string }>((tie) => ({
    e: fc.oneof(
      { maxDepth: 4 },
      fc.constantFrom(
        "1",
        "2.5",
        "true",
        "null",
        "var.a",
        "a.b[0].c",
        'a["k"]',
        "a[*].b",
        '"x"',
        '"x-${var.a}-y"',
        '"$"',
        '"a\\"b"',
        '"./x"',
        '"${path.module}/x"',
        'file("a")',
        "-1",
        "!a",
        "x-y",
      ),
      fc
        .tuple(
          tie("e"),
          fc.constantFrom("+", "-", "*", "/", "%", "==", "!=", "<", ">", "<=", ">=", "&&", "||"),
          tie("e"),
        )
        .map((all) => all.join(" ")),
      fc.tuple(tie("e"), tie("e"), tie("e")).map(([a, b, c]) => `${a} ? ${b} : ${c}`),
      fc
        .tuple(fc.array(tie("e"), { maxLength: 3 }), fc.constantFrom(", ", ",\n", "\n,"))
        .map(([all, by]) => `[${all.join(by)}]`),
      fc
        .tuple(fc.array(tie("e"), { maxLength: 3 }), fc.constantFrom(", ", "\n", ",\n"))
        .map(([all, by]) => `{ ${all.map((e, i) => `k${i} = ${e}`).join(by)} }`),
      fc.array(tie("e"), { maxLength: 3 }).map((all) => `f(${all.join(", ")})`),
      tie("e").map((e) => `(\n${e}\n)`),
      tie("e").map((e) => `"\${${e}}"`),
    ),
  })).e;
  const file = fc
    .array(
      fc.tuple(
        fc.constantFrom('resource "a_b" "c"', "locals", 'module "m"', 'data "x" "y"'),
        fc.array(fc.tuple(fc.constantFrom("a", "source", "description", "for_each", "b_c"), expression), {
          maxLength: 3,
        }),
      ),
      { maxLength: 3 },
    )
    .map((blocks) =>
      blocks
        .map(([head, body]) => `${head} {\n${body.map(([name, e]) => `  ${name} = ${e}\n`).join("")}}\n`)
        .join("\n"),
    );

  it("answers nothing else than the parser, whatever it is given", async () => {
    let answered = 0;
    await fc.assert(
      fc.asyncProperty(fc.oneof(soup, file, file), async (text) => {
        const quick = readQuickly(text);
        if (quick === undefined) return;
        answered++;
        expect(quick).toEqual(await parsed(text));
      }),
      { numRuns: 3_000 },
    );
    expect(answered).toBeGreaterThan(300);
  });
});
