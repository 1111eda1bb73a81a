import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { root } from "../../scripts/parts.ts";
import { commands } from "../../src/apps/cli/commands.ts";
import { parseCommands } from "../../src/domain/command.ts";

const pages = ["README.md", "CONTRIBUTING.md", ...globSync("docs/**/*.md", { cwd: root }).sort()].map((page) => ({
  page,
  text: readFileSync(join(root, page), "utf8"),
}));

/** As GitHub makes the anchor of a heading. */
function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, "")
    .replaceAll(" ", "-");
}

/** Links to files of the repository that are not there, and to headings that no page has. */
function brokenLinks({ page, text }: (typeof pages)[number]): readonly string[] {
  const links = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map((match) => match[1] ?? "");
  return links.filter((link) => {
    if (/^https?:/.test(link)) return false;
    const [path = "", anchor] = link.split("#");
    const file = path === "" ? join(root, page) : join(root, dirname(page), path);
    if (!existsSync(file)) return true;
    if (anchor === undefined) return false;
    const headings = [...readFileSync(file, "utf8").matchAll(/^#+ (.+)$/gm)].map((match) => anchorOf(match[1] ?? ""));
    return !headings.includes(anchor);
  });
}

describe.each(pages)("$page", (about) => {
  it("links to what is there", () => {
    expect(brokenLinks(about)).toEqual([]);
  });

  it("names commands that there are", () => {
    const named = [...about.text.matchAll(/^plangate (?:-C \S+ )?(\w+)/gm)].map((match) => match[1]);
    const known = commands.map(({ name }) => name);
    expect(named.filter((name) => name === undefined || !known.includes(name))).toEqual([]);
  });

  it("names words of comments that there are", () => {
    const words = [...about.text.matchAll(/`(\/plangate [^`]+)`/g)].map((match) =>
      // What stands for a stack or a commit in the text.
      (match[1] ?? "").replace(/<stack>|STACK|\[stack\]/, "dev/app").replace(/<commit>|COMMIT/, "0123456789"),
    );
    expect(words.flatMap((word) => parseCommands(word).problems)).toEqual([]);
  });
});

it("finds a link that leads nowhere, and a heading that is not there", () => {
  const text =
    "[a](../README.md) [b](nowhere.md) [c](../README.md#see-it) [d](../README.md#nothing) [e](https://x.test)";
  expect(brokenLinks({ page: "docs/x.md", text })).toEqual(["nowhere.md", "../README.md#nothing"]);
});
