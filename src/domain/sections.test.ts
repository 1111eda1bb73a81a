import { describe, expect, it } from "vitest";
import { sectionsOf } from "./sections.ts";

describe("sectionsOf", () => {
  it.each([
    {
      name: "names headings with words below them",
      body: "## Why\n\nIt is full.\n\n## Rollback\nRevert.",
      gives: ["why", "rollback"],
    },
    { name: "leaves out a heading with nothing below it", body: "## Why\n\n## Rollback\nRevert.", gives: ["rollback"] },
    {
      name: "takes a template's comment for no words",
      body: "## Why\n<!-- say why -->\n## Rollback\n<!-- a\nb -->",
      gives: [],
    },
    { name: "takes words beside a comment", body: "## Why\n<!-- say why -->It is full.", gives: ["why"] },
    {
      name: "hides what follows a comment that nothing closes",
      body: "## Why\n<!-- It is full.\n## Rollback\nRevert.",
      gives: [],
    },
    {
      name: "takes a label with words behind it",
      body: "why: it is full\nRollback: revert",
      gives: ["why", "rollback"],
    },
    { name: "takes a label with words below it", body: "Why:\nit is full", gives: ["why"] },
    { name: "leaves out a label with nothing behind or below it", body: "why:\nrollback: revert", gives: ["rollback"] },
    {
      name: "takes labels in bold and in lists",
      body: "**Why:** it is full\n- **Rollback**: revert",
      gives: ["why", "rollback"],
    },
    { name: "lets a section go on through smaller headings", body: "# Why\n### Cost\nLess.", gives: ["why", "cost"] },
    { name: "ends a section at a heading of its size", body: "### Cost\n## Why\nLess.", gives: ["why"] },
    { name: "fills a section with a label's words", body: "## Why\nreason: it is full", gives: ["why", "reason"] },
    { name: "reads headings that are underlined", body: "Why\n===\nIt is full.\n\nRollback\n---\n", gives: ["why"] },
    { name: "takes no address for a label", body: "## Why\nhttps://example.com/12", gives: ["why"] },
    { name: "takes no heading out of a block of code", body: "```sh\n## Why\nrollback: none\n```", gives: [] },
    {
      name: "takes a block of code for words",
      body: "## Rollback\n~~~\n```\ngit revert\n~~~\n## Why\n",
      gives: ["rollback"],
    },
    { name: "leaves marks around a heading out of its name", body: "## 🎯 Why? ##\r\nIt is full.\r\n", gives: ["why"] },
    { name: "takes bare punctuation for no words", body: "## Why\n- \n---\n...", gives: [] },
    { name: "gives nothing for no text", body: "", gives: [] },
  ])("$name", ({ body, gives }) => {
    expect(sectionsOf(body)).toEqual(gives);
  });

  it("names a section once", () => {
    expect(sectionsOf("## Why\nA.\n## Why\nB.")).toEqual(["why"]);
  });

  it("takes no longer for a long line of marks", () => {
    expect(sectionsOf(`## Why\n${"- **".repeat(50_000)}x`)).toEqual(["why"]);
  });
});
