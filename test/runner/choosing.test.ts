import { describe, expect, it } from "vitest";
import { fitsPattern, fitsPatterns } from "./patterns.ts";
import { readTrigger } from "./read-trigger.ts";
import { type Happened, startsOn } from "./which-workflows.ts";
import type { Workflow, Written } from "./workflow.ts";

describe("a pattern", () => {
  it.each([
    ["main", "main", true],
    ["feature/*", "feature/a", true],
    ["feature/*", "feature/a/b", false],
    ["feature/**", "feature/a/b", true],
    ["**", "a/b", true],
    ["*", "a/b", false],
    ["**/docs/**", "docs/a.md", true],
    ["**.js", "src/a/b.js", true],
    ["v[12].[0-9]+.[0-9]+", "v1.10.1", true],
    ["v[12].[0-9]+.[0-9]+", "v3.1.1", false],
    ["*.jsx?", "a.js", true],
    ["*.jsx?", "a.jsx", true],
    ["a.b", "axb", false],
    ["a\\*b", "a*b", true],
    ["a\\*b", "axb", false],
  ])("%s with %s: %s", (pattern, name, fits) => {
    expect(fitsPattern(pattern, name)).toBe(fits);
  });

  it("takes away what stands before it, and what stands behind gives it back", () => {
    expect(fitsPatterns(["releases/**", "!releases/**-alpha"], "releases/10-alpha")).toBe(false);
    expect(fitsPatterns(["releases/**", "!releases/**-alpha"], "releases/10")).toBe(true);
    expect(fitsPatterns(["!releases/10", "releases/**"], "releases/10")).toBe(true);
    expect(fitsPatterns(["!releases/10"], "main")).toBe(false);
  });
});

function startedBy(event: string, written: Written, happened: Partial<Happened>): Promise<boolean> {
  const on = new Map([[event, readTrigger("on", event, written)]]);
  const nothing: Happened = { event, action: null, branch: null, tag: null, paths: async () => null };
  return startsOn({ on } as unknown as Workflow, { ...nothing, ...happened });
}

describe("what starts a workflow", () => {
  it("is one of its types, or the few that count when it names none", async () => {
    const change = (written: Written, action: string) => startedBy("pull_request", written, { action, branch: "main" });
    expect(await change(null, "synchronize")).toBe(true);
    expect(await change(null, "closed")).toBe(false);
    expect(await change({ types: ["closed"] }, "closed")).toBe(true);
    expect(await change({ types: "closed" }, "opened")).toBe(false);
    expect(await startedBy("release", { types: ["published"] }, { action: "edited" })).toBe(false);
  });

  it("is a push of a branch or a tag that it names, and of either when it names none", async () => {
    const push = (written: Written, about: Partial<Happened>) => startedBy("push", written, about);
    expect(await push(null, { tag: "v1" })).toBe(true);
    expect(await push({ branches: ["main"] }, { branch: "main" })).toBe(true);
    expect(await push({ branches: ["main"] }, { tag: "main" })).toBe(false);
    expect(await push({ tags: ["v*"] }, { branch: "v1" })).toBe(false);
    expect(await push({ "tags-ignore": ["v*"] }, { tag: "w1" })).toBe(true);
    expect(await push({ "branches-ignore": ["dev"] }, { branch: "dev" })).toBe(false);
    expect(await push({ branches: ["**", "!main"] }, { branch: "main" })).toBe(false);
  });

  it("changes a path that it names", async () => {
    const push = (written: Written, ...paths: string[]) =>
      startedBy("push", written, { branch: "main", paths: async () => paths });
    expect(await push({ paths: ["stacks/**"] }, "README.md", "stacks/a/main.tf")).toBe(true);
    expect(await push({ paths: ["stacks/**"] }, "README.md")).toBe(false);
    expect(await push({ "paths-ignore": ["**.md"] }, "README.md")).toBe(false);
    expect(await push({ "paths-ignore": ["**.md"] }, "README.md", "a.tf")).toBe(true);
  });

  it("is never something that the runner does not know", () => {
    expect(() => readTrigger("on", "workflow_run", null)).toThrow("does not know the event workflow_run");
    expect(() => readTrigger("on", "push", { teams: ["a"] })).toThrow("does not know teams");
    expect(() => readTrigger("on", "issue_comment", { branches: ["a"] })).toThrow("does not know branches");
  });
});
