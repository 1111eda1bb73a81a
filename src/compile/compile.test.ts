import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { about, flowOf } from "../../test/compile/flow-under-test.ts";
import { type Flow, presetNames, renderPreset } from "../flow/index.ts";
import { fullFlow } from "../testing/full-flow.ts";
import { compile, compiledFolders } from "./index.ts";
import { changesOf } from "./written/index.ts";

describe.each(presetNames)("the flow %s, compiled", (name) => {
  const flow = flowOf(renderPreset(name));
  const { files } = compile(flow, about);

  it("gives every part, by path, each file and each region of one once", () => {
    const names = files.map(({ path, place }) => (place === "last" ? `${path} ${place}` : path));
    expect(names).toEqual([...new Set(names)].sort());
    const paths = files.map(({ path }) => path);
    expect(paths).toEqual(
      expect.arrayContaining([
        ".github/CODEOWNERS",
        ".github/plangate/settings.yaml",
        ".github/pull_request_template.md",
        ".github/workflows/plangate.yml",
        "docs/delivery.md",
        "docs/local-development.md",
      ]),
    );
    for (const path of paths) expect(compiledFolders).toContain(path.slice(0, path.lastIndexOf("/")));
    for (const { text } of files) expect(text.endsWith("\n")).toBe(true);
  });

  it("gives the same again, and nothing to change where it was written", () => {
    expect(compile(flow, about).files).toEqual(files);
    const first = changesOf(files, { ...about, there: new Map(), force: false });
    expect(new Set(first.changes.map(({ change }) => change))).toEqual(new Set(["create"]));
    const there = new Map(first.changes.map(({ path, after }) => [path, after ?? ""]));
    const second = changesOf(compile(flow, about).files, { ...about, there, force: false });
    expect(second.diagnostics).toEqual([]);
    expect(new Set(second.changes.map(({ change }) => change))).toEqual(new Set(["same"]));
  });
});

it("writes inside its folders, and the same again, whatever names a flow has", () => {
  const piece = fc.constantFrom(
    "a",
    "Demo",
    " ",
    "..",
    "/",
    "\\",
    "\n",
    "# plangate:end codeowners",
    "-->",
    "|",
    "`",
    "@eve",
    "é",
    "{stack}",
  );
  const name = fc.array(piece, { minLength: 1, maxLength: 4 }).map((parts) => parts.join(""));
  let compiled = 0;
  fc.assert(
    fc.property(fc.constantFrom(...presetNames), name, name, (preset, one, other) => {
      const flow = flowOf(renderPreset(preset));
      const odd: Flow = {
        ...flow,
        stacks: flow.stacks.map((stack) => ({ ...stack, root: one, depends: [other] })),
        when: flow.when.map((row) => (row.on === "dispatch" ? { ...row, job: one, workflow: other } : row)),
        require: { ...flow.require, sections: [one, other] },
      };
      const { files } = compile(odd, about);
      for (const { path } of files) expect(compiledFolders).toContain(path.slice(0, path.lastIndexOf("/")));
      const first = changesOf(files, { ...about, there: new Map(), force: false });
      const there = new Map(first.changes.map(({ path, after }) => [path, after ?? ""]));
      const second = changesOf(compile(odd, about).files, { ...about, there, force: false });
      expect([...first.diagnostics, ...second.diagnostics]).toEqual([]);
      expect(second.changes.every(({ change }) => change === "same")).toBe(true);
      if (files.some(({ path }) => path.startsWith(".github/workflows/"))) compiled++;
    }),
    { numRuns: 60 },
  );
  expect(compiled).toBeGreaterThan(5);
});

it("gives nothing for a flow that GitHub Actions does not carry, and says so", () => {
  const { files, diagnostics } = compile(flowOf(fullFlow), about);
  expect({ files, codes: diagnostics.map(({ code }) => code) }).toEqual({ files: [], codes: ["host-not-compiled"] });
  const named = compile(flowOf(renderPreset("gitflow")), { ...about, flowFile: "ci/flow.yaml" });
  expect(named).toMatchObject({ files: [], diagnostics: [{ code: "flow-file-not-carried", severity: "error" }] });
  expect(compile(flowOf(fullFlow.replace("host: server", "host: actions")), about).files.length).toBeGreaterThan(8);
});
