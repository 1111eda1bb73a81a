import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fenced, inertCode, inertHtml, inertLine, inertMarkdown, inertText, inlineCode, tableCode } from "./inert.ts";

const hostile = fc.string({
  unit: fc.constantFrom(..."ab@`~|<>&\"'*_[]()!#:/\\\n\r\t \u001b\u0007\u202e\u200b\u2066-", "::", "```", "##["),
  maxLength: 40,
});

describe("inertText", () => {
  it.each([
    ["\u001b[31mred\u0007", "\\u001b[31mred\\u0007"],
    ["a\u202eb\u2066c\u200bd\ufeffe\u00adf", "a\\u202eb\\u2066c\\u200bd\\ufeffe\\u00adf"],
    ["tag \u{e0041}", "tag \\u{e0041}"],
    ["half \ud800", "half \\ud800"],
    ["a\r\nb\rc", "a\nb\nc"],
    ["::set-output name=x::y", ":\u200b:set-output name=x::y"],
    ["ok\n  ::error::x", "ok\n  :\u200b:error::x"],
    ["x ##[group]y", "x #\u200b#[group]y"],
    ["AWS::EC2::Instance\tä€😀", "AWS::EC2::Instance\tä€😀"],
  ])("%j → %j", (text, expected) => {
    expect(inertText(text)).toBe(expected);
  });

  it("lets no line begin a workflow command, and no control character through", () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const inert = inertText(text);
        expect(inert).not.toMatch(/^\s*::/m);
        expect(inert).not.toContain("##[");
        // biome-ignore lint/suspicious/noControlCharactersInRegex: that there are none is the point
        expect(inert).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
        expect(inertLine(text)).not.toContain("\n");
      }),
    );
  });
});

describe("inertCode", () => {
  it("cannot end its fence nor call anybody", () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const lines = fenced("diff", inertCode(text)).split("\n");
        expect(lines.slice(1, -1).join("\n")).not.toMatch(/`{3}|~{3}|@[a-z]/);
      }),
    );
  });
});

describe("inlineCode", () => {
  it.each([
    ["plain", "`plain`"],
    ["a`b", "``a`b``"],
    ["`", "`` ` ``"],
    ["a|b", "`a|b`"],
    ["", "`  `"],
    ["@team", "`@\u200bteam`"],
    ["a\nb", "`a\\nb`"],
  ])("%j → %s", (text, expected) => {
    expect(inlineCode(text)).toBe(expected);
  });
});

describe("tableCode", () => {
  it("keeps a bar from ending the cell", () => {
    expect(tableCode("a|b")).toBe("`a\\|b`");
  });
});

describe("inertHtml and inertMarkdown", () => {
  it("leave nothing that begins markup, a link or a mention", () => {
    fc.assert(
      fc.property(hostile, (text) => {
        expect(inertHtml(text)).not.toMatch(/[<>"'`]|@[a-z]/);
        expect(inertMarkdown(text).replaceAll(/\\[\\`*_{}[\]()<>#+.!|~&"'-]/g, " ")).not.toMatch(
          /[`*_[\]<>#|~&]|:\/\/|@[a-z]/,
        );
      }),
    );
  });

  it("shows the text", () => {
    expect(inertHtml(`<a href="x">&'`)).toBe("&#60;a href=&#34;x&#34;&#62;&#38;&#39;");
    expect(inertMarkdown("see https://evil.example [x](y) #12")).toBe(
      "see https:\u200b//evil\\.example \\[x\\]\\(y\\) \\#12",
    );
  });
});
