import { describe, expect, it } from "vitest";
import { commit } from "../testing/builders.ts";
import { renderReleaseNotes } from "./release-notes.ts";

const notes = (messages: readonly string[], since: string | null = "v1.0.0") =>
  renderReleaseNotes({
    why: "everything that v1.1.0 needs is there",
    since,
    changes: messages.map((message, index) => ({ commit: commit(`c${index}`), message })),
  });

describe("renderReleaseNotes", () => {
  it("names each change once, by its title and the pull request that its message names", () => {
    const text = notes([
      "Add a queue (#12)\n\nWith a word about it",
      "Merge pull request #9 from acme/topic\n\nWiden the network",
      "Mend it",
    ]);
    expect(text.split("\n").slice(2)).toEqual([
      String.raw`What came since v1\.0\.0:`,
      "",
      "- Add a queue (#12)",
      "- Widen the network (#9)",
      `- Mend it (${commit("c2").slice(0, 12)})`,
      "",
    ]);
  });

  it("says that it is the first version, and that nothing came", () => {
    expect(notes([], null)).toContain("The first version. What came to it:\n\n- nothing\n");
  });

  it("calls nobody, links nowhere, and ends no list by what a message holds", () => {
    const text = notes([
      "@ann <img src=x> [here](https://evil.example) ::set-output\u001b[31m (#1)",
      "# Big",
      "- [x] done",
    ]);
    expect(text).not.toMatch(/@ann|(?<!\\)<img|(?<!\\)\]\(|https:\/\//);
    expect(text).not.toContain("\u001b[");
    expect(text.match(/^- /gm)).toHaveLength(3);
    expect(text).not.toMatch(/^#/m);
  });

  it("stays short, however much came and however long a title is", () => {
    const text = notes(Array.from({ length: 5_000 }, () => "x".repeat(70_000)));
    expect(text.length).toBeLessThan(60_000);
    expect(text).toContain("- and 4800 more");
  });
});
