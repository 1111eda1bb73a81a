import { describe, expect, it } from "vitest";
import { makeRedactor } from "../domain/redaction.ts";
import { aChange } from "../testing/plan-json.ts";
import { outputLines, resourceLines } from "./change-lines.ts";

const redact = makeRedactor({ values: ["hunter2-super-secret"] });

function linesOf(change: object, most = 100): readonly string[] {
  return resourceLines(aChange("a.b", { change: { actions: ["update"], ...change } }), { redact, most }).map(
    ({ sign, depth, text }) => `${sign}${"  ".repeat(depth)} ${text}`,
  );
}

describe("resourceLines", () => {
  // Too short to be found by value: the markers alone must hide them.
  it.each([
    ["marked after", { after_sensitive: { p: true } }],
    ["marked before", { before_sensitive: { p: true } }],
  ])("hides both sides of a value that is %s", (_, markers) => {
    for (const [was, becomes] of [
      ["x1y", "z2z"],
      [["x1y"], ["z2z"]],
      [{ k: "x1y" }, { k: "z2z" }],
      ["x1y\nx1y", "z2z\n"],
      ['{"a":"x1y"}', '{"a":"z2z"}'],
    ]) {
      const shown = linesOf({ before: { p: was }, after: { p: becomes }, ...markers }).join("\n");
      expect(shown).toContain("p = (sensitive value) -> (sensitive value)");
      expect(shown).not.toMatch(/x1y|z2z/);
    }
  });

  it("hides marked values deep inside, on either side, in lists and in what becomes unknown", () => {
    const before = { a: [{ open: 1, p: "x1y" }], b: { p: "x1y" }, id: "x1y", gone: [{ p: "x1y" }] };
    const marker = { a: [{ p: true }], b: { p: true }, id: true, gone: [{ p: true }] };
    const changes: object[] = [
      {
        before,
        after: { a: [{ open: 2, p: "z2z" }], b: { p: "z2z" }, id: "x1y" },
        before_sensitive: marker,
        after_sensitive: marker,
      },
      { before, after: null, before_sensitive: marker },
      { before: null, after: before, after_sensitive: marker },
      { before, after: {}, before_sensitive: marker, after_unknown: { a: true, b: true, id: true, gone: true } },
    ];
    const deep = { l: [{ k: "x1y" }, ["x1y"]], m: { n: { k: "x1y" } }, o: ["x1y"] };
    const deepMarker = { l: [true, true], m: { n: true }, o: true };
    changes.push({ before: { v: deep }, after: { v: 1 }, before_sensitive: { v: deepMarker } });
    changes.push({ before: { v: 1 }, after: { v: deep }, after_sensitive: { v: deepMarker } });
    changes.push({
      before: { v: [deep] },
      after: {},
      before_sensitive: { v: [deepMarker] },
      after_unknown: { v: true },
    });
    for (const change of changes) expect(linesOf(change).join("\n")).not.toMatch(/x1y|z2z/);
  });

  it("hides copies that carry no mark", () => {
    const copy = "hunter2-super-secret";
    const texts = [copy, `a\n${copy}\nb`, JSON.stringify({ k: [copy] }), `x${copy}`, "y".repeat(700) + copy];
    for (const text of texts) {
      for (const value of [text, [text], { k: text }, { [text]: "v" }, [{ deep: [text] }]]) {
        for (const change of [
          { before: { v: 1 }, after: { v: value } },
          { before: { v: value }, after: { v: 1 } },
          { before: null, after: { v: value } },
        ]) {
          expect(linesOf(change).join("\n")).not.toContain(copy);
        }
      }
    }
  });

  it("says when only the mark changes", () => {
    const shown = linesOf({
      before: { p: "x1y" },
      after: { p: "x1y" },
      before_sensitive: {},
      after_sensitive: { p: true },
    });
    expect(shown).toContain("~   p = (sensitive value) -> (sensitive value) # only whether it is sensitive changes");
  });

  it("shows the place where long texts part, and JSON by its parts", () => {
    const long = "x".repeat(2000);
    expect(linesOf({ before: { t: `${long}a` }, after: { t: `${long}b` } }).join("\n")).toMatch(/"…x+a" -> "…x+b"/);
    const policy = (action: string): string => JSON.stringify({ Statement: [{ Action: action, Effect: "Allow" }] });
    expect(linesOf({ before: { t: policy("s3:Get*") }, after: { t: policy("s3:*") } }).join("\n")).toContain(
      'Action = "s3:Get*" -> "s3:*"',
    );
  });

  it("does not take apart JSON that says more than its value: a key that stands twice, another spelling", () => {
    const twice = '{"Effect":"Deny","Effect":"Allow"}';
    expect(linesOf({ before: null, after: { t: twice } }).join("\n")).toContain(JSON.stringify(twice));
    expect(
      linesOf({ before: { t: '{"a":9007199254740992}' }, after: { t: '{"a":9007199254740993}' } }).join("\n"),
    ).toContain("9007199254740993");
  });

  it("stops at its limit and says so", () => {
    const after = Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`k${index}`, index]));
    const shown = linesOf({ before: null, after }, 10);
    expect(shown).toHaveLength(11);
    expect(shown.at(-1)).toBe("# 43 more lines of this change are not shown here");
  });
});

describe("outputLines", () => {
  it("hides a sensitive output", () => {
    const lines = outputLines(
      "o",
      { actions: ["create"], before: null, after: "x1y", before_sensitive: true, after_sensitive: true },
      { redact, most: 9 },
    );
    expect(lines).toEqual([{ sign: "+", depth: 0, text: "o = (sensitive value)" }]);
  });
});
