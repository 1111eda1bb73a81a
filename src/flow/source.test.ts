import { describe, expect, it } from "vitest";
import { readSource } from "./source.ts";

const read = (text: string) =>
  readSource(text, "plangate.yaml").diagnostics.map(({ line, column, code }) => `${line}:${column} ${code}`);

describe("readSource", () => {
  it.each([
    { name: "takes `on` as a word", text: "when:\n  - { on: push }\n", found: [] },
    { name: "reads past a byte order mark", text: "\uFEFFa: 1\na: 2\n", found: ["2:1 duplicate-key"] },
    { name: "reads Windows line ends", text: "a: 1\r\na: 2\r\n", found: ["2:1 duplicate-key"] },
    {
      name: "counts characters, not code units",
      text: 'a: "🙂" \nb: { "🙂": 1, "🙂": 2 }\n',
      found: ["2:14 duplicate-key"],
    },
    { name: "refuses a key that stands twice", text: "a:\n  b: 1\n  b: 2\n", found: ["3:3 duplicate-key"] },
    {
      name: "refuses anchors and aliases, each where it stands",
      text: "a: &x [1]\nb: *x\n",
      found: ["1:7 yaml-alias", "2:4 yaml-alias"],
    },
    {
      name: "refuses a merge of aliases",
      text: "a: &x {b: 1}\nc:\n  <<: *x\n",
      found: ["1:7 yaml-alias", "3:7 yaml-alias"],
    },
    { name: "refuses a key that is a list", text: "? [a]\n: 1\n", found: ["1:3 bad-key"] },
    { name: "refuses an empty key", text: "a: 1\n: 2\n", found: ["2:1 bad-key"] },
    { name: "refuses __proto__", text: "__proto__: { a: 1 }\n", found: ["1:1 bad-name"] },
    { name: "refuses tags", text: "a: !secret x\n", found: ["1:4 yaml-tag"] },
    { name: "refuses a second document", text: "a: 1\n---\nb: 2\n", found: ["2:1 yaml-syntax"] },
    {
      name: "refuses YAML 1.1, in which `on` is no word",
      text: "%YAML 1.1\n---\non: yes\n",
      found: ["1:1 yaml-version"],
    },
    { name: "says where a list is not closed", text: "a: [1,\nb: 2\n", found: ["2:1 yaml-syntax"] },
    { name: "refuses nesting that nobody reads", text: `a: ${"[".repeat(200)}`, found: ["1:1 nested-too-deep"] },
    { name: "refuses nesting by indentation", text: `a:\n${" ".repeat(500)}b: 1\n`, found: ["2:1 nested-too-deep"] },
    { name: "refuses a file larger than a megabyte", text: "#".repeat(1_000_001), found: ["1:1 file-too-large"] },
  ])("$name", ({ text, found }) => {
    expect(read(text).slice(0, found.length + 1)).toEqual(found);
  });

  it("knows where values, keys and items stand, and gives the parent of what is not there", () => {
    const { source } = readSource("a: 1\nb:\n  c: [x, y]\n  d:\n", "f.yaml");
    const at = (...path: (string | number)[]) => source?.at(path);
    expect(at("b", "c", 1)).toEqual({ file: "f.yaml", line: 3, column: 10 });
    expect(at("b", "d")).toEqual({ file: "f.yaml", line: 4, column: 3 });
    expect(at("b", "nothing")).toEqual({ file: "f.yaml", line: 3, column: 3 });
    expect(source?.at(["b"], "key")).toEqual({ file: "f.yaml", line: 2, column: 1 });
    expect(at()).toEqual({ file: "f.yaml", line: 1, column: 1 });
  });

  it("makes data in which no key means more than it says", () => {
    const { source } = readSource("constructor: 1\ntoString: 2\n1: 3\ntrue: 4\n", "f.yaml");
    expect(Object.getPrototypeOf(source?.data)).toBeNull();
    expect({ ...(source?.data as object) }).toEqual({ constructor: 1, toString: 2, "1": 3, true: 4 });
  });
});
