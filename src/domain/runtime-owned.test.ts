import { describe, expect, it } from "vitest";
import { ownedPaths } from "./runtime-owned.ts";

function isOwned(pattern: { address: string; path: string }, address: string, path: readonly string[]): boolean {
  let here = ownedPaths([pattern])(address);
  for (const segment of path) {
    const next = here?.under(segment);
    if (next === "here") return true;
    if (next === undefined) return false;
    here = next;
  }
  return false;
}

describe("ownedPaths", () => {
  it.each([
    ["aws_route.out", "target", "aws_route.out", ["target"], true],
    ["aws_route.out", "target", "aws_route.out[0]", ["target"], false],
    ["aws_route.out[*]", "target", "aws_route.out[0]", ["target"], true],
    ["aws_route.out[*]", "target", 'aws_route.out["a.b[\\"x\\"]"]', ["target"], true],
    ["aws_route.*", "target", "aws_route.out", ["target"], true],
    ["aws_route.*", "target", "module.m.aws_route.out", ["target"], false],
    ["*", "target", "aws_route.out", ["target"], false],
    ["**", "target", "module.m.aws_route.out", ["target"], true],
    ["a.b", "route[*].gw", "a.b", ["route", "3", "gw"], true],
    ["a.b", "route[*].gw", "a.b", ["route", "3", "other"], false],
    ["a.b", "route", "a.b", ["route", "3", "gw"], true],
    ["a.b", "tags.**", "a.b", ["tags", "x", "y"], true],
    ["a.b", "tags.Name*", "a.b", ["tags", "Name2"], true],
    ["a.b", "tags.Name*", "a.b", ["tags", "name"], false],
    ["a.b", 'tags["a.b"]', "a.b", ["tags", "a.b"], false],
  ] as const)("%s %s on %s %j: %s", (...[address, path, on, at, expected]) => {
    expect(isOwned({ address, path }, on, at)).toBe(expected);
  });
});
