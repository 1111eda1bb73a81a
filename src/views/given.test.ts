import { describe, expect, it } from "vitest";
import type { StackName } from "../domain/names.ts";
import { login } from "../testing/builders.ts";
import { type GivenView, renderGiven } from "./given.ts";

const gate = { count: 2, by: { teams: ["owners"], logins: [login("eve")] }, notBy: ["writers"] as const };
const at = (stack: string, about: Partial<GivenView> = {}): GivenView => ({
  stack: stack as StackName,
  gate,
  rejectedBy: null,
  approvals: [],
  ...about,
});
const yes = (by: string, obstacle: string | null = null) => ({ by: login(by), obstacle });

describe("who said yes", () => {
  it("is told with what is missing and who may give it, one line for all stacks of which it is so", () => {
    const approvals = [yes("bob"), yes("ann", "they wrote part of what would be applied")];
    const shown = renderGiven([
      at("prod/app", { approvals }),
      at("prod/net", { approvals }),
      at("prod/db", { approvals: [yes("bob"), yes("eve")] }),
      at("prod/quiet"),
    ]);
    expect(shown).toBe(
      [
        "### Who said yes",
        "",
        "- `prod/app` and `prod/net`: 1 of 2 approvals given, by bob. **1 more** by owners or eve, from somebody who wrote none of it. What ann said does not count: they wrote part of what would be applied.",
        "- `prod/db`: 2 of 2 approvals given, by bob and eve.",
      ].join("\n"),
    );
  });

  it("asks nobody again who said yes, and tells a no alone", () => {
    expect(renderGiven([at("prod/app", { approvals: [yes("eve")] })])).toContain("**1 more** by owners, from somebody");
    const no = renderGiven([at("prod/app", { approvals: [yes("bob")], rejectedBy: login("cem") })]);
    expect(no).toContain("- `prod/app`: **cem said no to this plan.**");
    expect(no).not.toContain("bob");
  });

  it("is nothing where nobody said anything", () => {
    expect(renderGiven([])).toBeNull();
    expect(renderGiven([at("prod/app")])).toBeNull();
  });

  it("is bounded, and what names try is only text", () => {
    const many = Array.from({ length: 200 }, (_, index) => at(`prod/app-${index}`, { approvals: [yes(`p${index}`)] }));
    expect(renderGiven(many)).toMatch(/\n- and 170 more$/);
    const same = Array.from({ length: 200 }, (_, index) => at(`prod/app-${index}`, { approvals: [yes("bob")] }));
    expect(renderGiven(same)).toContain("and 192 more: 1 of 2");
    const hostile = { ...gate, by: { teams: ["@everyone <b>![x](http://x)"], logins: [] } };
    const shown = renderGiven([at("prod/app", { gate: hostile, approvals: [yes("a[bot]", "see ![x](http://x)")] })]);
    expect(shown).not.toMatch(/@everyone|<b>|(?<!\\)!\[|:\/\//);
  });
});
