import { describe, expect, it } from "vitest";
import { allowsProvider, forbiddenProvider, isSameLock, readLockFile } from "./lock-file.ts";

const header = '# This file is maintained automatically by "terraform init".\n# Manual edits may be lost.\n\n';
const aws = `provider "registry.terraform.io/hashicorp/aws" {
  version     = "5.100.0"
  constraints = "~> 5.0"
  hashes = [
    "h1:Ijt7pOlB7Tr7maGQIqtsLFbl7pSMIj06TVdkoSBcYOw=",
    "zh:054b8dd49f0549c9a7cc27d159e45327b7b65cf404da5e5a20da154b90b8a644",
  ]
}
`;
const evil = 'provider "evil.example/evil/evil" { version = "1.0.0" }';
const bytes = (text: string) => new TextEncoder().encode(text);
const read = (text: string) => readLockFile(bytes(text));

describe("a dependency lock file", () => {
  it("is read as the tool writes it", () => {
    expect(read(header + aws + aws.replace("hashicorp/aws", "a/b").replace('  constraints = "~> 5.0"\n', ""))).toEqual([
      { address: "registry.terraform.io/a/b", version: "5.100.0", hashes: expect.any(Array) },
      {
        address: "registry.terraform.io/hashicorp/aws",
        version: "5.100.0",
        hashes: [
          "h1:Ijt7pOlB7Tr7maGQIqtsLFbl7pSMIj06TVdkoSBcYOw=",
          "zh:054b8dd49f0549c9a7cc27d159e45327b7b65cf404da5e5a20da154b90b8a644",
        ],
      },
    ]);
    expect(read(header)).toEqual([]);
    expect(readLockFile(undefined)).toEqual([]);
  });

  it.each<[string, string]>([
    ["a comment that holds a block's end", aws.replace("  hashes", `/*\n}\n#*/ }\n#*/ ${evil}\n/*\n  hashes`)],
    ["a comment in a block, behind which another one stands", aws.replace("  hashes", `  /*\n}\n#*/\n  hashes`)],
    ["a block on one line", aws + evil],
    ["a block that is indented", `${aws}  ${evil}`],
    ["something behind a block's end", aws.replace(/\}\n$/, `} ${evil}\n`)],
    ["an escape in an address", aws.replace("hashicorp/aws", "hashicorp/\\u0061ws")],
    ["a template in an address", aws.replace("hashicorp/aws", "hashicorp/$" + "{x}")],
    ["another kind of block", `${aws}module "x" {\n}\n`],
    ["a provider without hashes", aws.replace(/ {4}".*\n/g, "")],
    ["a comment among the hashes", aws.replace('    "zh', '    # nothing\n    "zh')],
    ["a line end that only some readers know", `${aws}# \r${evil}\n`.replace("# \r", "\r")],
  ])("with %s is not read at all", (_, text) => {
    expect(read(text)).toBeUndefined();
    expect(forbiddenProvider(bytes(text), ["*/*/*"])).toMatch(/not in the form that the tool writes/);
    expect(isSameLock(bytes(text), undefined)).toBe(false);
  });

  it("may name providers on the list only", () => {
    expect(forbiddenProvider(bytes(aws), ["hashicorp/*"])).toBeNull();
    expect(forbiddenProvider(bytes(aws), ["hashicorp/random"])).toMatch(/hashicorp\/aws is not on the flow's list/);
    expect(allowsProvider(["hashicorp/*"], "evil.example/hashicorp/aws")).toBe(false);
    expect(allowsProvider(["*/*"], "evil.example/hashicorp/aws")).toBe(false);
    expect(allowsProvider(["evil.example/*/*"], "evil.example/hashicorp/aws")).toBe(true);
  });
});
