import { describe, expect, it } from "vitest";
import { meantStack } from "./local-stack.ts";

const few = ["dev/app", "dev/net", "prod/app"];
const many = Array.from({ length: 30 }, (_, index) => `test/service${index}`);

describe("meantStack", () => {
  it.each([
    ["dev/ap", few, 'Did you mean "dev/app"?'],
    ["app", few, "A stack is named with its environment: dev/app, prod/app."],
    ["queue", few, "There are: dev/app, dev/net, prod/app."],
    ["app", [], "There are none; see `stacks` in the flow file."],
  ])("helps with %s among %j", (written, stacks, hint) => {
    expect(meantStack(written, stacks)).toBe(hint);
  });

  it("says how many there are beyond those that it lists", () => {
    expect(meantStack("x", many)).toMatch(/^There are: (?:test\/service\d+, ){10}and 20 more; `plangate check --json`/);
  });
});
