import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { makeRedactor } from "../../domain/redaction.ts";
import { openOutputs } from "./outputs.ts";

describe("what a step gives", () => {
  let dir = "";
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), "plangate-outputs-"));
  });
  afterEach(() => rmSync(dir, { recursive: true }));

  const files = () => ({ GITHUB_OUTPUT: join(dir, "output"), GITHUB_STEP_SUMMARY: join(dir, "summary") });
  const open = () => openOutputs(files(), makeRedactor({ values: ["hunter22-hunter22"] }));
  const written = (name: "output" | "summary") => readFileSync(join(dir, name), "utf8");

  it("lets no value end its output or name another one, whatever lines a branch or title brings", () => {
    const hostile = '{"a":"x"}\nEOF\nplans<<EOF\n{}\nplangate-00000000\napplies=evil';
    open().output("plans", hostile);
    const [first = "", ...lines] = written("output").split("\n");
    const [, end = ""] = /^plans<<(plangate-[0-9a-f-]{36})$/.exec(first) ?? [];
    expect(lines.slice(0, -2).join("\n")).toBe(hostile);
    expect(lines.at(-2)).toBe(end);
    expect(hostile).not.toContain(end);
  });

  it("ends each output by words of its own", () => {
    const outputs = open();
    outputs.output("plans", "{}");
    outputs.output("applies", "{}");
    const ends = [...written("output").matchAll(/<<(.+)$/gm)].map(([, end]) => end);
    expect(new Set(ends).size).toBe(2);
  });

  it("gives no more than GitHub takes of a job", () => {
    expect(() => open().output("plans", "x".repeat(1024 * 1024 + 1))).toThrow(/GitHub takes/);
  });

  it("shows no secret and no workflow command in the summary", () => {
    open().summary("::set-output name=a::b\nthe key is hunter22-hunter22");
    expect(written("summary")).not.toContain("hunter22");
    expect(written("summary")).not.toMatch(/^::/m);
  });

  it("cuts a summary that GitHub would not take, and says so", () => {
    const outputs = open();
    outputs.summary("é".repeat(400_000));
    outputs.summary("é".repeat(400_000));
    outputs.summary("more");
    expect(Buffer.byteLength(written("summary"))).toBeLessThanOrEqual(1024 * 1024);
    expect(written("summary")).toContain("cut here");
    expect(written("summary")).not.toContain("\ufffd");
  });
});
