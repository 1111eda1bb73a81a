import { describe, expect, it } from "vitest";
import { type CheckView, renderCheck } from "./check-text.ts";

const view: CheckView = {
  file: "plangate.yaml",
  readable: true,
  stacks: 2,
  environments: ["test", "prod"],
  flow: [
    { name: "every-name-exists", count: 3 },
    { name: "every-time-can-come", count: 0 },
  ],
  files: [
    { name: "no-two-stacks-share-a-state", count: 2, errors: 1, warnings: 0 },
    { name: "no-networks-overlap", count: 0, errors: 0, warnings: 0 },
  ],
  errors: 1,
  warnings: 0,
};

describe("renderCheck", () => {
  it("tells what was looked at, what was found, and what had nothing to look at", () => {
    expect(renderCheck(view).split("\n")).toEqual([
      "plangate.yaml: 2 stacks in test, prod",
      "",
      "  1 check of the flow file looked at something; with nothing to look at: every-time-can-come",
      "  ✗ no-two-stacks-share-a-state        looked at 2: 1 error",
      "  – no-networks-overlap                nothing to look at",
      "",
      "1 error, 0 warnings. 1 check of files had nothing to look at.",
    ]);
  });

  it("says of what was not counted to its end that there is more", () => {
    const [share] = view.files;
    if (share === undefined) throw new Error("the test has no check");
    const text = renderCheck({ ...view, files: [{ ...share, errors: 101 }], errors: 101 });
    expect(text).toContain("looked at 2: more than 100 errors");
    expect(text).toContain("\nmore than 100 errors, 0 warnings.");
  });

  it("counts no stacks and names no checks of a flow file that cannot be used", () => {
    const [first, second, third] = renderCheck({ ...view, readable: false, stacks: 0, environments: [] }).split("\n");
    expect(first).toBe("plangate.yaml cannot be used: its stacks, and what is said of them, wait until it can.");
    expect([second, third]).toEqual(["", "  ✗ no-two-stacks-share-a-state        looked at 2: 1 error"]);
  });
});
