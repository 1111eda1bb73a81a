import { describe, expect, it } from "vitest";
import { readConfigurationFacts, readSettings } from "../adapters/hcl/index.ts";
import { readWorkflow } from "../adapters/workflow/index.ts";
import { parseFlow } from "../flow/index.ts";
import { awsKey, type Files, flowFile, key, sound } from "../testing/repositories/files.ts";
import { policiesCases } from "../testing/repositories/policies.ts";
import { secretsCases } from "../testing/repositories/secrets.ts";
import { stacksCases } from "../testing/repositories/stacks.ts";
import { statePlacesCases } from "../testing/repositories/state-places.ts";
import { supplyCases } from "../testing/repositories/supply.ts";
import { fileChecks, inspect, stackChecks } from "./inspect.ts";
import type { RepositoryReader } from "./repository.ts";

function readerOf(files: Files): RepositoryReader {
  const prefix = (path: string) => /^(ignored|new|binary|latin1|submodule):/.exec(files[path] ?? "")?.[1];
  const modes: Readonly<Record<string, string>> = { submodule: "160000" };
  const current = files[".git/HEAD"] ?? null;
  return {
    files: Object.keys(files)
      .filter((path) => prefix(path) !== "ignored" && !path.startsWith(".git/"))
      .map((path) => ({
        path,
        mode: files[path]?.startsWith("-> ") ? "120000" : (modes[prefix(path) ?? ""] ?? "100644"),
        tracked: prefix(path) !== "new",
      })),
    branches: {
      current: current === "detached" ? null : current,
      local: (files[".git/branches"] ?? "").split(" ").filter((name) => name !== ""),
    },
    read: async (path) => {
      const text = (files[path] ?? "").replace(/^(?:new|latin1):/, "");
      if (prefix(path) === "binary") return { text: null, why: "binary" };
      return prefix(path) === "latin1" ? { text, notUtf8: true } : { text };
    },
    linkTarget: (path) => (files[path] ?? "").slice("-> ".length),
    ignored: async (asked) => new Set(asked.filter((path) => prefix(path) === "ignored")),
    configuration: readConfigurationFacts,
    settings: readSettings,
    workflow: async (text) => readWorkflow(text),
  };
}

async function inspected(changes: Files) {
  const files = Object.fromEntries(Object.entries({ ...sound, ...changes }).filter(([, text]) => text !== "gone"));
  const { value: flow, diagnostics } = parseFlow(files["plangate.yaml"] ?? "", { file: "plangate.yaml" });
  if (flow === undefined) throw new Error(JSON.stringify(diagnostics));
  return inspect(flow, readerOf(files), "plangate.yaml");
}

/** Everything that is said: `file:line:column severity code`. */
async function saidOf(changes: Files): Promise<readonly string[]> {
  const { diagnostics, checks } = await inspected(changes);
  const said = [...diagnostics, ...checks.flatMap((check) => check.diagnostics)].map(
    ({ file, line, column, severity, code }) => `${file}:${line}:${column} ${severity} ${code}`,
  );
  return said.filter((line) => line !== always);
}

/** What the sound repository lets through by a mark is told each time. */
const always = "docs/example.txt:1:24 warning secret-ignored";

const cases = [...stacksCases, ...statePlacesCases, ...policiesCases, ...supplyCases, ...secretsCases];

describe("inspect", () => {
  it("finds nothing wrong in a sound repository, and every check sees something there", async () => {
    expect(await saidOf({})).toEqual([]);
    const { checks } = await inspected({});
    expect(checks.flatMap(({ diagnostics }) => diagnostics.map(({ code }) => code))).toEqual(["secret-ignored"]);
    expect(checks.filter(({ count }) => count === 0)).toEqual([]);
    expect(checks.map(({ name }) => name)).toEqual([...stackChecks, ...fileChecks].map(({ name }) => name));
  });

  it.each(cases)("$name", async ({ broken, said, kept }) => {
    expect(await saidOf(broken)).toEqual(said);
    expect(await saidOf(kept)).toEqual([]);
  });

  it("has a case for every check", async () => {
    const complaining = new Set<string>();
    for (const { broken } of cases) {
      const { checks } = await inspected(broken);
      for (const { name, diagnostics } of checks) if (diagnostics.length > 0) complaining.add(name);
    }
    expect([...complaining].sort()).toEqual([...stackChecks, ...fileChecks].map(({ name }) => name).sort());
  });

  it("never shows a secret that it found", async () => {
    const { checks } = await inspected({ "notes.txt": awsKey, "sa.json": key("") });
    expect(JSON.stringify(checks)).not.toMatch(new RegExp(`${awsKey}|MIIE`));
  });

  it("says that it saw nothing in an empty repository, and checks no stacks without a flow", async () => {
    const { stacks, checks } = await inspect(undefined, readerOf({}), "plangate.yaml");
    expect(stacks).toEqual([]);
    expect(checks).toEqual(fileChecks.map(({ name }) => ({ name, count: 0, diagnostics: [] })));
  });

  it("asks for a ticket where the class of the branch does", async () => {
    const asking = flowFile.replace('match: "**",', 'match: "**", ticket: required,');
    const on = (branch: string) => saidOf({ "plangate.yaml": asking, ".git/HEAD": branch, ".git/branches": "main" });
    expect(await on("update-vpc")).toEqual(["plangate.yaml:1:1 error branch-unknown"]);
    expect(await on("NET-12-update-vpc")).toEqual([]);
  });

  it("shows the reason of what a mark lets through, each time", async () => {
    const { checks } = await inspected({});
    const [told] = checks.flatMap(({ diagnostics }) => diagnostics);
    expect(told?.summary).toContain("it was never valid, and shows what one looks like");
  });
});
