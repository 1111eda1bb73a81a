import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { openLines, readPairs } from "./commands.ts";
import { openGroups } from "./concurrency.ts";
import { openMasks } from "./masks.ts";
import { combinationsOf, suffixOf } from "./matrix.ts";
import { byDefault, forFork, given, refuseMore } from "./permissions.ts";

describe("a matrix", () => {
  it("makes a job of every combination, but for those left out, and with those added", () => {
    expect(combinationsOf({ a: [1, 2], b: ["x", "y"], exclude: [{ a: 2, b: "y" }] })).toEqual([
      { a: 1, b: "x" },
      { a: 1, b: "y" },
      { a: 2, b: "x" },
    ]);
    expect(combinationsOf({ a: [1, 2], include: [{ a: 1, c: "more" }, { a: 3 }] })).toEqual([
      { a: 1, c: "more" },
      { a: 2 },
      { a: 3 },
    ]);
    expect(combinationsOf({ include: [{ a: 1 }] })).toEqual([{ a: 1 }]);
  });

  it("ends the job when it is empty, no list, or too large", () => {
    expect(() => combinationsOf({ a: [] })).toThrow("'a' does not contain any values");
    expect(() => combinationsOf({ a: "x" })).toThrow("'a' does not contain any values");
    expect(() => combinationsOf("x")).toThrow("a mapping");
    expect(() => combinationsOf({ a: Array.from({ length: 257 }, (_, at) => at) })).toThrow("256");
  });

  it("is said behind the job's name, with everything that is in it", () => {
    expect(suffixOf({ who: "ann", bundle: { index: 0, orders: [{ stack: "a/b" }] } })).toBe(" (ann, 0, a/b)");
  });
});

describe("rights", () => {
  it("are what is named, and what the setting says where nothing is", () => {
    expect(given(new Map([["pull-requests", "write"] as const]))).toEqual({ metadata: "read", pull_requests: "write" });
    expect(given(new Map())).toEqual({ metadata: "read" });
    expect(given("read-all")).not.toHaveProperty("id_token");
    expect(byDefault("read")).toEqual({ contents: "read", metadata: "read" });
    expect(byDefault("write")).toMatchObject({ contents: "write", actions: "write" });
    expect(byDefault("write")).not.toHaveProperty("id_token");
  });

  it("are reading alone for a fork, without an identity", () => {
    expect(forFork({ contents: "write", id_token: "write", metadata: "read" })).toEqual({
      contents: "read",
      metadata: "read",
    });
  });

  it("are never more than those of whoever calls", () => {
    expect(() => refuseMore("x", { contents: "write" }, { contents: "read" })).toThrow("only allowed 'contents: read'");
    expect(() => refuseMore("x", { id_token: "write" }, {})).toThrow("only allowed 'id_token: none'");
    expect(() => refuseMore("x", { contents: "read" }, { contents: "write" })).not.toThrow();
  });
});

describe("masks", () => {
  it("hide a secret however it is written, and each line of it", () => {
    const masks = openMasks();
    masks.add('first "line"\nsecond-line');
    const plain = "a second-line b";
    expect(masks.hide(plain)).toBe("a *** b");
    expect(masks.hide(JSON.stringify('x first "line"'))).toBe('"x ***"');
    expect(masks.hide(Buffer.from("..second-line").toString("base64"))).toContain("***");
    expect(masks.hide(encodeURIComponent('first "line"'))).toBe("***");
    expect([masks.finds(plain), masks.finds("other")]).toEqual([true, false]);
  });
});

describe("what a step prints", () => {
  const heard = () => {
    const [log, outputs, masks] = [[] as string[], new Map<string, string>(), openMasks()];
    const line = openLines({ masks, log: (text) => log.push(text), output: (name, value) => outputs.set(name, value) });
    return { line, log, outputs, masks };
  };

  it("is obeyed where it is a command, also the old one for outputs", () => {
    const { line, log, outputs, masks } = heard();
    for (const text of [
      "::add-mask::hush",
      "::set-output name=a::b%0Ac",
      "::error file=x::bad",
      "::set-env name=A::b",
      "x",
    ])
      line(text);
    expect(log).toEqual(["##[error]bad", "##[error]The 'set-env' command is disabled.", "x"]);
    expect(outputs.get("a")).toBe("b\nc");
    expect(masks.hide("hush")).toBe("***");
  });

  it("is not while commands are stopped", () => {
    const { line, log, outputs } = heard();
    for (const text of ["::stop-commands::word", "::set-output name=a::b", "::word::", "::set-output name=c::d"])
      line(text);
    expect(log).toEqual(["::set-output name=a::b"]);
    expect([...outputs]).toEqual([["c", "d"]]);
  });
});

describe("a file of outputs", () => {
  const dir = mkdtempSync(join(tmpdir(), "pairs-"));
  afterEach(() => rmSync(dir, { recursive: true, force: true }));
  it("holds lines and blocks, and nothing else", () => {
    const file = join(dir, "output");
    const read = (text: string) => {
      writeFileSync(file, text);
      return readPairs(file);
    };
    expect(read("a=1\nb<<END\nx\ny=2\nEND\nc=<<no\n")).toEqual([
      ["a", "1"],
      ["b", "x\ny=2"],
      ["c", "<<no"],
    ]);
    expect(() => read("b<<END\nx\n")).toThrow("Matching delimiter not found");
    expect(() => read("nothing\n")).toThrow("Invalid format");
    expect(() => read("=x\n")).toThrow("must not be empty");
  });
});

describe("a group", () => {
  it("lets one in, keeps the newest waiting, and ends the others", async () => {
    const groups = openGroups();
    const ended: string[] = [];
    const holder = (name: string) => ({ cancel: () => void ended.push(name) });
    const [one, two, three, four] = ["one", "two", "three", "four"].map(holder);
    if (!one || !two || !three || !four) throw new Error("four of them");
    expect(await groups.enter("A", one, false)).toBe(true);
    const second = groups.enter("a", two, false);
    const third = groups.enter("a", three, false);
    expect([await second, ended]).toEqual([false, ["two"]]);
    groups.leave("a", one);
    expect(await third).toBe(true);
    const fourth = groups.enter("a", four, true);
    expect(ended).toEqual(["two", "three"]);
    groups.leave("a", three);
    expect(await fourth).toBe(true);
    const fifth = groups.enter("a", one, false);
    expect(groups.waits(one)).toBe(true);
    groups.giveUp("a", one);
    expect([await fifth, groups.waits(one)]).toEqual([false, false]);
    expect(await groups.enter("b", one, false)).toBe(true);
  });
});
