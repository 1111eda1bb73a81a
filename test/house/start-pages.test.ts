import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Command } from "commander";
import { describe, expect, it } from "vitest";
import { parse, words } from "../../scripts/github/words.ts";
import { root } from "../../scripts/parts.ts";
import { commands } from "../../src/apps/cli/commands.ts";
import { presetNames } from "../../src/flow/index.ts";

const pages = globSync("docs/start/*.md", { cwd: root })
  .sort()
  .map((page) => ({ page, text: readFileSync(join(root, page), "utf8") }));

/** Commands that a page tells to type, without comments; one that goes on over lines is one. */
function typedIn(text: string): readonly string[] {
  const blocks = [...text.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(([, block]) => block ?? "");
  return blocks.flatMap((block) => joined(block).filter((line) => line.trim() !== ""));
}

/** A text in quotes may hold line breaks. */
function joined(block: string): readonly string[] {
  const lines: string[] = [];
  let open = false;
  for (const line of block.split("\n")) {
    if (open) lines.push(`${lines.pop() ?? ""} ${line}`);
    else lines.push(line);
    if ((line.match(/(?<!\\)"/g) ?? []).length % 2 === 1) open = !open;
  }
  return lines;
}

/** The words of a line as a shell has them, up to a redirection or a pipe. */
function wordsOf(line: string): readonly string[] {
  const found = [...line.trim().matchAll(/"((?:\\.|[^"\\])*)"|'([^']*)'|([^\s"']+)/g)];
  const all = found.map(([, double, single, plain]) => double ?? single ?? plain ?? "");
  const end = all.findIndex((word) => /^([<>|]|&&)/.test(word));
  return end < 0 ? all : all.slice(0, end);
}

/** What commander says of it, as when it is typed. */
function plangateProblem([, name = "", ...rest]: readonly string[]): string | undefined {
  const known = commands.find((one) => one.name === name);
  if (known === undefined) return `there is no plangate ${name}`;
  const command = new Command(name).exitOverride().configureOutput({ writeErr: () => {} });
  known.define(command);
  try {
    command.action(() => {}).parse(rest, { from: "user" });
    return undefined;
  } catch (error) {
    return String(error);
  }
}

function problemOf(line: string): string | undefined {
  const all = wordsOf(line);
  if (all[0] === "plangate") return plangateProblem(all);
  if (all[0] !== "gh") return undefined;
  try {
    parse(all.slice(1));
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

describe.each(pages)("$page", ({ text }) => {
  it("tells to type what there is, so that it can be followed on the look-alike", () => {
    const typed = typedIn(text);
    expect(typed.length).toBeGreaterThan(3);
    expect(typed.flatMap((line) => problemOf(line) ?? [])).toEqual([]);
  });
});

it("there is a page for each preset, which the README leads to", () => {
  const readme = readFileSync(join(root, "README.md"), "utf8");
  for (const preset of presetNames) expect(readme).toContain(`(docs/start/${preset}.md)`);
});

it("finds a command, a flag and a word of gh that there are not", () => {
  expect(problemOf("plangate chek")).toBe("there is no plangate chek");
  expect(problemOf("plangate audit --fix --hard")).toMatch(/unknown option '--hard'/);
  expect(problemOf('gh pr merge 1 --fast "a b"')).toMatch(/Unknown option '--fast'/);
  expect(problemOf("gh codespace create")).toMatch(/It knows these words/);
  expect(problemOf("gh secret set A --env test < FILE")).toBeUndefined();
  expect(Object.keys(words).length).toBeGreaterThan(10);
});
