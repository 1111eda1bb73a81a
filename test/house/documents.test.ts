import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { renderCommands } from "../../scripts/docs/commands.ts";
import { renderReasons } from "../../scripts/docs/reasons.ts";
import { renderArrows } from "../../scripts/docs/rooms.ts";
import { renderExpectations, renderSteps } from "../../scripts/docs/stories.ts";
import { replaceRegion } from "../../scripts/generate-docs.ts";
import { root } from "../../scripts/parts.ts";

interface Manifest {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
}

describe("docs/dependencies.md", () => {
  const { dependencies, devDependencies } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as Manifest;
  const declared = { ...dependencies, ...devDependencies };
  const rows = [...readFileSync(join(root, "docs/dependencies.md"), "utf8").matchAll(/^\| `([^`]+)` \| (.+) \|$/gm)];

  it("has one row, with a reason, for every dependency and no other", () => {
    expect(rows.map(([, name]) => name).sort()).toEqual(Object.keys(declared).sort());
    expect(rows.filter(([, , reason]) => reason === undefined || reason.trim().length < 20)).toEqual([]);
  });

  it("speaks of dependencies that are pinned to one version", () => {
    const ranges = Object.entries(declared);
    expect(ranges.filter(([, version]) => !/^(npm:typescript@)?\d+\.\d+\.\d+$/.test(version))).toEqual([]);
  });
});

describe("generated documents", () => {
  it("replace only what stands in their region", () => {
    const text = "before\n<!-- x:begin -->\nold\n<!-- x:end -->\nafter\n";
    expect(replaceRegion(text, "x", "new")).toBe("before\n<!-- x:begin -->\nnew\n<!-- x:end -->\nafter\n");
  });

  it("write nothing into a document without their region", () => {
    expect(() => replaceRegion("text\n", "x", "new")).toThrow("it has no region");
  });

  it("give every reason a heading that can be linked to", () => {
    expect(renderReasons()).toMatch(/\n\n## `plan-missing`\n\n\S.+\n\n\*\*Next:\*\* \S.+\n\n/);
  });

  it("tell each command with its options and its example", () => {
    const text = renderCommands();
    expect(text).toContain("| `--limit <n>` | at most so many, newest first (20) |");
    expect(text).toContain("### `plangate runs`\n\nWhat was planned");
    expect(text).toContain("```sh\nplangate runs\nplangate runs prod/app --json\n```");
    expect(text).not.toContain("--help");
  });

  it("tell which fields of a step have to be there, and what a few of them may be", () => {
    expect(renderSteps()).toContain("| `gate` | **`by`**, **`environment`**, **`state`: approve / reject** |");
    expect(renderSteps()).toContain("| `merge` | **`by`**, `pr`, `method`: squash / rebase / merge / fast-forward,");
    expect(renderExpectations()).toContain("| `applied` | stacks that were applied. Left out it means none |");
  });

  it("leave an arrow out of the picture that follows from others, and keep a types-only one", () => {
    const arrow = (from: string, to: string, typesOnly = false) => ({ from, to, typesOnly });
    const picture = renderArrows([arrow("a", "b"), arrow("a", "c"), arrow("b", "c"), arrow("b", "worlds/model", true)]);
    expect(picture.split("\n").filter((line) => line.includes(">"))).toEqual([
      "  room_a --> room_b",
      "  room_b --> room_c",
      "  room_b -.-> room_worlds_model",
    ]);
  });
});
