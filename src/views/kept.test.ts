import { describe, expect, it } from "vitest";
import type { StackName } from "../domain/names.ts";
import { inertText } from "./inert.ts";
import { type SeenCheck, type SeenOfStack, seenMarkdown, seenText } from "./kept.ts";

const check = (about: Partial<SeenCheck> = {}): SeenCheck => ({
  name: "sh verify.sh",
  passed: false,
  exitCode: 3,
  durationMs: 1_250,
  output: "one\ntwo",
  ...about,
});
const seen = (about: Partial<SeenOfStack> = {}): SeenOfStack => ({
  stack: "test/app" as StackName,
  errors: [],
  checks: [],
  ...about,
});
const error = {
  summary: "Invalid value",
  place: { file: "app/main.tf", line: 5 },
  address: "terraform_data.x",
  detail: "No.\n````\n@ann ![](x)",
};

describe("what came of a stack in a job", () => {
  it("is nothing where nothing was heard, and for the log where nothing failed", () => {
    expect([seenText(seen()), seenMarkdown(seen())]).toEqual([null, null]);
    expect(seenText(seen({ checks: [check({ passed: true, exitCode: 0 })] }))).toBeNull();
  });

  it("tells errors whole, in a block that none of them ends", () => {
    expect(seenMarkdown(seen({ errors: [error] }))).toBe(
      "#### `test/app`\n\n`````text\nError: Invalid value\n  at app/main.tf:5, terraform_data.x\n\nNo.\n````\n@ann ![](x)\n`````",
    );
    expect(seenText(seen({ errors: [error] }))).toContain("test/app:\nError: Invalid value\n  at app/main.tf:5");
  });

  it("tells of each check how it ended, and what one that failed printed last", () => {
    const passed = check({ name: "a new plan is empty", passed: true, exitCode: null, output: "not shown" });
    expect(seenMarkdown(seen({ checks: [passed, check()] }))).toBe(
      "#### `test/app`\n\n- ✓ `a new plan is empty`, 1.3 s\n- ✗ `sh verify.sh`, exit code 3, 1.3 s\n\n```text\none\ntwo\n```",
    );
    const long = check({
      output: Array.from({ length: 50 }, (_, line) => `line ${line} ${"x".repeat(1_000)}`).join("\n"),
    });
    const text = seenText(seen({ checks: [long] })) ?? "";
    expect(text).toMatch(/^test\/app:\n✗ sh verify\.sh, exit code 3\n… \(30 lines before\)\n/);
    expect(text.length).toBeLessThan(5_000);
  });

  it("commands no runner, once it is made inert as whoever writes it does", () => {
    const text = inertText(seenText(seen({ checks: [check({ output: "::add-mask::x\n  ##[error]y" })] })) ?? "");
    expect(text).not.toMatch(/^\s*::add-mask|##\[/m);
  });
});
