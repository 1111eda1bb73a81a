import { describe, expect, it } from "vitest";
import { type ToolError, toolErrorsSentence, toolErrorsText } from "./tool-error.ts";

const error = (about: Partial<ToolError> = {}): ToolError => ({
  summary: "Invalid value",
  place: { file: "infra/main.tf", line: 5 },
  address: "terraform_data.x",
  detail: "It is\nnot allowed.",
  ...about,
});

describe("toolErrorsSentence", () => {
  it("is one line with where, what and why", () => {
    expect(toolErrorsSentence([error(), error({ place: null, address: null, detail: "" })])).toBe(
      "Invalid value (infra/main.tf:5, terraform_data.x): It is not allowed; Invalid value",
    );
  });

  it("tells the first three, how many more there are, and no more of each than people read", () => {
    const long = toolErrorsSentence(Array.from({ length: 5 }, () => error({ detail: "x".repeat(10_000) })));
    expect(long).toMatch(/…; and 2 more errors$/);
    expect(long.length).toBeLessThan(1_200);
  });
});

describe("toolErrorsText", () => {
  it("tells each in lines of its own, whole", () => {
    expect(toolErrorsText([error(), error({ address: null })])).toBe(
      "Error: Invalid value\n  at infra/main.tf:5, terraform_data.x\n\nIt is\nnot allowed.\n\nError: Invalid value\n  at infra/main.tf:5\n\nIt is\nnot allowed.",
    );
  });

  it("ends somewhere", () => {
    const text = toolErrorsText(Array.from({ length: 200 }, () => error({ detail: "x".repeat(100_000) })));
    expect(text).toMatch(/and 150 more$/);
    expect(text.length).toBeLessThan(250_000);
  });
});
