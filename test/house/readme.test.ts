import { readFile } from "node:fs/promises";
import { expect, it } from "vitest";
import { commands } from "../../src/apps/cli/commands.ts";
import { parseFlow } from "../../src/flow/index.ts";

const readme = await readFile(new URL("../../README.md", import.meta.url), "utf8");
const scripts = JSON.parse(await readFile(new URL("../../package.json", import.meta.url), "utf8")).scripts as Record<
  string,
  string
>;

it("shows a flow file that is one", () => {
  const block = /```yaml\n([\s\S]*?)```/.exec(readme)?.[1] ?? "";
  const { value, diagnostics } = parseFlow(block, { file: "README.md" });
  expect(diagnostics).toEqual([]);
  expect(value?.environments.map((environment) => environment.name)).toEqual(["test"]);
});

it("names commands that there are", () => {
  const named = [...readme.matchAll(/^plangate (\w+)/gm)].map((match) => match[1]);
  expect(named.length).toBeGreaterThan(5);
  expect(commands.map((command) => command.name)).toEqual(expect.arrayContaining(named));
  for (const [, script = ""] of readme.matchAll(/npm run ([\w:]+)/g)) expect(scripts).toHaveProperty([script]);
});
