import { describe, expect, it } from "vitest";
import { parseFlow, renderPreset } from "./index.ts";
import { isFastForwarded } from "./merges.ts";

function preset(name: "integration-branch" | "gitflow") {
  const { value } = parseFlow(renderPreset(name), { file: "plangate.yaml" });
  if (value === undefined) throw new Error(`${name} does not parse`);
  return value;
}

describe("a branch is promoted by fast-forward", () => {
  const flow = preset("integration-branch");

  it.each([
    { name: "where the branch that takes it moves on", head: "development", base: "main", expected: true },
    { name: "not where it goes back", head: "main", base: "development", expected: false },
    { name: "not where it is squashed", head: "feature/NET-1", base: "development", expected: false },
    { name: "not where it is not taken", head: "feature/NET-1", base: "main", expected: false },
    { name: "not from a branch of no class", head: "whatever", base: "main", expected: false },
  ])("$name", ({ head, base, expected }) => {
    expect(isFastForwarded(flow, head, base)).toBe(expected);
  });

  it("not where it is merged", () => {
    expect(isFastForwarded(preset("gitflow"), "develop", "main")).toBe(false);
  });
});
