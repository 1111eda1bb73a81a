import { describe, expect, it } from "vitest";
import { readWorkflow } from "./index.ts";

describe("readWorkflow", () => {
  it("finds what steps and jobs use and run, with places, and what they are given of versions", () => {
    const { whole, uses, images, runs } = readWorkflow(`jobs:
  a:
    container: { image: alpine:3 }
    services: { db: { image: postgres:17 } }
    steps:
      - uses: acme/act@v1
        with: { tool-version: 1.2, name: x }
      - run: make
        continue-on-error: true
  b:
    uses: ./.github/workflows/other.yml
`);
    expect(whole).toBe(true);
    expect(uses).toEqual([
      { text: "acme/act@v1", versions: { "tool-version": "1.2" }, line: 6, column: 15 },
      { text: "./.github/workflows/other.yml", versions: {}, line: 11, column: 11 },
    ]);
    expect(images.map(({ text }) => text)).toEqual(["alpine:3", "postgres:17"]);
    expect(runs).toEqual([{ text: "make", mayFail: true, line: 8, column: 14 }]);
  });

  it("takes no names of the author's own for what is used", () => {
    const { uses, images, runs } = readWorkflow(`on:
  workflow_call: { inputs: { uses: { type: string }, image: { default: x } } }
env: { image: x, run: y, uses: z }
jobs: { a: { outputs: { image: x }, steps: [{ name: y, with: { image: x, run: y } }] } }
`);
    expect({ uses, images, runs }).toEqual({ uses: [], images: [], runs: [] });
  });

  it("follows no alias, so that no file grows while it is read", () => {
    const bomb = Array.from({ length: 30 }, (_, n) => `a${n}: &a${n} [${n === 0 ? "x" : `*a${n - 1}, *a${n - 1}`}]`);
    expect(readWorkflow(bomb.join("\n"))).toMatchObject({ whole: true, uses: [] });
  });

  it("tells what is no YAML, and what it could read of it", () => {
    expect(readWorkflow("uses: a@b\n  x: [")).toMatchObject({ whole: false });
  });
});
