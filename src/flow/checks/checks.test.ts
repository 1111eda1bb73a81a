import { describe, expect, it } from "vitest";
import { parseFlow } from "../parse.ts";
import { shortFlow } from "../short-flow.ts";
import { checks } from "./index.ts";
import { saidAfter } from "./said-after.ts";

describe("checks of a flow", () => {
  it("says how much each check looked at, and runs each on a flow without errors", () => {
    const { checked } = parseFlow(shortFlow, { file: "plangate.yaml" });
    expect(checked.map(({ name }) => name)).toEqual(checks.map(({ name }) => name));
    expect(checked.find(({ name }) => name === "every-gate-can-be-opened")?.count).toBe(3);
  });

  it("does not blame the rest for what it could not read", () => {
    const said = saidAfter(shortFlow, [["prod: { appliesFrom", "prod: { apliesFrom"]]);
    expect(said).toEqual(['7:11 unknown-key: Unknown key "apliesFrom" in environments.prod.']);
  });
});
