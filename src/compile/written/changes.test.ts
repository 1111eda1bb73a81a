import { describe, expect, it } from "vitest";
import type { CompiledFile } from "../compiled-file.ts";
import { changesOf, firstDifference } from "./changes.ts";
import { readHeader, withHeader } from "./whole.ts";

const about = { flowFile: "plangate.yaml", defaultBranch: "main" };
const whole = (path: string, text: string, comment: CompiledFile["comment"] = "#"): CompiledFile => ({
  path,
  form: "whole",
  text,
  comment,
});
const workflow = whole(".github/workflows/plangate.yml", "name: plangate\non: push\n");
const owners: CompiledFile = {
  path: ".github/CODEOWNERS",
  form: "region",
  text: "* @ann\n",
  comment: "#",
  place: "before",
};

function over(files: readonly CompiledFile[], there: Readonly<Record<string, string>> = {}, force = false) {
  const { changes, diagnostics } = changesOf(files, { ...about, there: new Map(Object.entries(there)), force });
  return {
    changes,
    kinds: changes.map(({ path, change }) => `${change} ${path}`),
    told: diagnostics.map(({ code, file, line }) => [code, file, ...(line === undefined ? [] : [line])].join(" ")),
    texts: Object.fromEntries(changes.flatMap(({ path, after }) => (after === null ? [] : [[path, after]]))),
  };
}

describe("a file that is compiled as a whole", () => {
  it.each([
    ["#", "name: plangate\n"],
    ["<!--", "# Title\n"],
    ["json", '{\n  "a": 1\n}\n'],
  ] as const)("says so, in a comment of its kind (%s), and knows when it was changed", (comment, text) => {
    const file = withHeader(whole("x", text, comment), about);
    expect(readHeader(file)).toEqual({ defaultBranch: "main", untouched: true });
    expect(readHeader(file.replaceAll("\n", "\r\n"))).toEqual({ defaultBranch: "main", untouched: true });
    expect(readHeader(`${file} `)?.untouched).toBe(false);
    expect(readHeader(file.replace("plangate:file main", "plangate:file evil"))?.untouched).toBe(false);
    expect(readHeader(`x\n${file}`)).toBeNull();
    expect(readHeader(text)).toBeNull();
    if (comment === "json") expect(JSON.parse(file)).toEqual({ "//": expect.stringContaining("plangate:file"), a: 1 });
  });

  it("is made, then the same, then brought up to date", () => {
    const first = over([workflow]);
    expect(first.kinds).toEqual(["create .github/workflows/plangate.yml"]);
    expect(over([workflow], first.texts).kinds).toEqual(["same .github/workflows/plangate.yml"]);
    expect(over([{ ...workflow, text: "name: other\n" }], first.texts).kinds).toEqual([
      "update .github/workflows/plangate.yml",
    ]);
  });

  it("keeps the line ends that Git gave it", () => {
    const { texts } = over([workflow]);
    const crlf = Object.fromEntries(Object.entries(texts).map(([path, text]) => [path, text.replaceAll("\n", "\r\n")]));
    expect(over([workflow], crlf).kinds).toEqual(["same .github/workflows/plangate.yml"]);
    const { changes } = over([{ ...workflow, text: "name: other\n" }], crlf);
    expect(changes[0]?.after).toMatch(/\r\nname: other\r\n$/);
  });

  it("that somebody changed is told, and replaced by force alone", () => {
    const edited = { [workflow.path]: `${over([workflow]).texts[workflow.path]}  more: true\n` };
    expect(over([workflow], edited)).toMatchObject({ kinds: [], told: [`file-edited-by-hand ${workflow.path}`] });
    expect(over([workflow], edited, true)).toMatchObject({ kinds: [`update ${workflow.path}`], told: [] });
  });

  it("never takes the place of one that plangate did not write, not even by force", () => {
    const there = { [workflow.path]: "name: my own\n" };
    for (const force of [false, true])
      expect(over([workflow], there, force)).toMatchObject({ kinds: [], told: [`file-not-compiled ${workflow.path}`] });
  });

  it("that is no longer given goes, when nobody changed it", () => {
    const old = over([whole(".github/workflows/demo.yml", "name: demo\n")]).texts;
    const people = { ".github/workflows/tests.yml": "name: tests\n", "docs/x.md": "plangate:file main sha256:0\n" };
    expect(over([workflow], { ...old, ...people }).kinds).toEqual([
      "delete .github/workflows/demo.yml",
      "create .github/workflows/plangate.yml",
    ]);
    const edited = { ".github/workflows/demo.yml": `${old[".github/workflows/demo.yml"]}#\n` };
    expect(over([workflow], edited).told).toEqual(["file-edited-by-hand .github/workflows/demo.yml"]);
    expect(over([workflow], edited, true).kinds).toContain("delete .github/workflows/demo.yml");
  });
});

describe("a region", () => {
  it("comes into a file of people's, and goes again", () => {
    const { texts, kinds } = over([owners], { [owners.path]: "/net/ @bob\n" });
    expect(kinds).toEqual([`update ${owners.path}`]);
    expect(over([owners], texts).kinds).toEqual([`same ${owners.path}`]);
    const { changes } = over([], texts);
    expect(changes).toMatchObject([{ change: "update", after: expect.stringMatching(/^\s*\/net\/ @bob\n$/) }]);
    expect(over([], over([owners]).texts).kinds).toEqual([`delete ${owners.path}`]);
  });

  it("of another name is people's, or another tool's", () => {
    const there = {
      "docs/notes.md": "<!-- plangate:begin local-development -->\nx\n<!-- plangate:end local-development -->\n",
    };
    expect(over([], there)).toMatchObject({ kinds: [], told: [] });
    const empty = "* @ann\n# plangate:begin codeowners\n# plangate:end codeowners\n";
    expect(over([], { [owners.path]: empty })).toMatchObject({ kinds: [], told: [] });
  });

  it("that somebody wrote in is told with its line, and replaced by force alone", () => {
    const text = over([owners], { [owners.path]: "/net/ @bob\n" }).texts[owners.path] ?? "";
    const edited = { [owners.path]: text.replace("* @ann", "* @eve") };
    expect(over([owners], edited)).toMatchObject({ kinds: [], told: [`file-edited-by-hand ${owners.path} 1`] });
    expect(over([owners], edited, true).texts[owners.path]).toBe(text);
  });

  it("whose marks cannot be told apart is told with the line", () => {
    const there = { [owners.path]: "a\n# plangate:end codeowners\n" };
    expect(over([owners], there, true)).toMatchObject({ kinds: [], told: [`marks-wrong ${owners.path} 2`] });
  });
});

it("names the first line that differs, and that of a digest only where nothing else does", () => {
  const before = over([workflow]).texts[workflow.path] ?? "";
  const { changes } = over([{ ...workflow, text: "name: plangate\non: pull_request\n" }], { [workflow.path]: before });
  expect(changes.map(firstDifference)).toEqual([{ line: 5, before: "on: push", after: "on: pull_request" }]);
  expect(firstDifference({ path: "x", change: "update", before: "a\n", after: "a\nb\n" })).toEqual({
    line: 2,
    before: null,
    after: "b",
  });
});
