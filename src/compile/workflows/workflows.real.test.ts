import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { fetchedProgram, type ProgramName } from "../../../scripts/fetched-programs.ts";
import { workflowParser } from "../../../scripts/workflow-parser.ts";
import { parseFlow, presetNames, renderPreset } from "../../flow/index.ts";
import { fullFlow } from "../../testing/full-flow.ts";
import { compileWorkflows } from "./index.ts";

type Files = Readonly<Record<string, string>>;

function compiled(text: string): Files {
  const { value: flow, diagnostics } = parseFlow(text, { file: "plangate.yaml" });
  if (flow === undefined) throw new Error(JSON.stringify(diagnostics));
  const about = { stacks: [], flowFile: "plangate.yaml", version: "0.1.0", defaultBranch: "main" };
  return Object.fromEntries(compileWorkflows(flow, about).files.map(({ path, text: file }) => [path, file]));
}

const flows: readonly (readonly [string, string])[] = [
  ...presetNames.map((name) => [name, renderPreset(name)] as const),
  ...presetNames.map(
    (name) => [`${name} with an app`, renderPreset(name).replace("version: 1", "version: 1\nidentity: app")] as const,
  ),
  ["a flow that says everything", fullFlow],
  [
    "a flow whose bundles are in Google Cloud",
    renderPreset("gitflow").replace("version: 1", "version: 1\nbundles: { gcs: { bucket: acme-plans } }"),
  ],
];

/** The first test that asks for a linter waits until it is built. */
const fetching = 600_000;

const folders: string[] = [];

/** A repository of its own, since the linters look for where one begins. */
function written(files: Files): string {
  const top = mkdtempSync(join(tmpdir(), "plangate-workflows-"));
  folders.push(top);
  execFileSync("git", ["init", "--quiet", top]);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(top, path)), { recursive: true });
    writeFileSync(join(top, path), text);
  }
  return top;
}

/** What a linter prints of the files, with its exit code; nothing when there is no finding. */
function lint(name: ProgramName, files: Files): string {
  const args =
    name === "zizmor"
      ? ["--offline", "--no-progress", "--format=plain", "."]
      : ["-no-color", "-shellcheck=", "-pyflakes="];
  const { status, stdout, stderr } = spawnSync(fetchedProgram(name), args, { cwd: written(files), encoding: "utf8" });
  return status === 0 ? "" : `${stdout}${stderr}exit ${status}`;
}

/** What GitHub's own reader has against the files. */
async function parserProblems(files: Files): Promise<readonly string[]> {
  const { convertWorkflowTemplate, NoOperationTraceWriter, parseWorkflow } = (await workflowParser()).workflows;
  const problems: string[] = [];
  for (const [name, content] of Object.entries(files)) {
    const { context, value } = parseWorkflow({ name, content }, new NoOperationTraceWriter());
    if (value !== undefined) await convertWorkflowTemplate(context, value);
    problems.push(...context.errors.getErrors().map(({ message }) => message));
  }
  return problems;
}

afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

describe.each(flows)("the workflows of %s", (_name, text) => {
  const files = compiled(text);

  it("are read by GitHub's own parser without a complaint", async () => {
    expect(Object.keys(files).length).toBeGreaterThan(3);
    expect(await parserProblems(files)).toEqual([]);
  });

  it.each(["actionlint", "zizmor"] as const)(
    "pass %s without a finding",
    (name) => {
      expect(lint(name, files)).toBe("");
    },
    fetching,
  );
});

describe("the tools that look at workflows", () => {
  const path = ".github/workflows/plangate.yml";
  const holed = (from: string, to: string): Files => {
    const files = compiled(renderPreset("gitflow"));
    const text = files[path] ?? "";
    if (!text.includes(from)) throw new Error(`no ${from}`);
    return { ...files, [path]: text.replace(from, () => to) };
  };

  it("are GitHub's parser, which sees a context that there is not", async () => {
    expect(await parserProblems(holed("github.ref ==", "githubb.ref =="))).not.toEqual([]);
  });

  it(
    "are actionlint, which sees a job that nobody made",
    () => {
      expect(lint("actionlint", holed("needs: guard", "needs: gard"))).toContain("gard");
    },
    fetching,
  );

  it(
    "are zizmor, which sees an input in a script",
    () => {
      expect(lint("zizmor", holed(" ci decide", " ci decide $" + "{{ inputs.ref }}"))).toContain("template-injection");
    },
    fetching,
  );
});
