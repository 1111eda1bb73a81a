import { describe, expect, it } from "vitest";
import { about, flowOf } from "../../test/compile/flow-under-test.ts";
import { presetNames, renderPreset } from "../flow/index.ts";
import { fullFlow } from "../testing/full-flow.ts";
import { compile, compiledFolders } from "./index.ts";
import { changesOf } from "./written/index.ts";

describe.each(presetNames)("the flow %s, compiled", (name) => {
  const flow = flowOf(renderPreset(name));
  const { files } = compile(flow, about);

  it("gives every part, by path, each file once", () => {
    const paths = files.map(({ path }) => path);
    expect(paths).toEqual([...new Set(paths)].sort());
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

it("gives nothing for a flow that GitHub Actions does not carry, and says so", () => {
  const { files, diagnostics } = compile(flowOf(fullFlow), about);
  expect({ files, codes: diagnostics.map(({ code }) => code) }).toEqual({ files: [], codes: ["host-not-compiled"] });
  const named = compile(flowOf(renderPreset("gitflow")), { ...about, flowFile: "ci/flow.yaml" });
  expect(named).toMatchObject({ files: [], diagnostics: [{ code: "flow-file-not-carried", severity: "error" }] });
  expect(compile(flowOf(fullFlow.replace("host: server", "host: actions")), about).files.length).toBeGreaterThan(8);
});
