import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { FileChange } from "../../../compile/written/index.ts";
import { writeChanges } from "./write.ts";

let top: string;
beforeEach(() => {
  top = mkdtempSync(join(tmpdir(), "plangate write-"));
});
afterEach(() => rmSync(top, { recursive: true, force: true }));

const change = (path: string, before: string | null, after: string | null): FileChange => ({
  path,
  change: before === null ? "create" : after === null ? "delete" : "update",
  before,
  after,
});
const text = (path: string) => readFileSync(join(top, path), "utf8");

describe("writing compiled files", () => {
  it("makes every change, and leaves nothing else behind", () => {
    writeFileSync(join(top, "a"), "one");
    writeFileSync(join(top, "b"), "one");
    chmodSync(join(top, "a"), 0o640);
    writeChanges(top, [change("a", "one", "two"), change("b", "one", null), change("c/d/e", null, "new")]);
    expect([text("a"), text("c/d/e"), existsSync(join(top, "b"))]).toEqual(["two", "new", false]);
    expect(statSync(join(top, "a")).mode & 0o777).toBe(0o640);
    expect(readdirSync(top, { recursive: true }).sort()).toEqual(["a", "c", "c/d", "c/d/e"]);
  });

  it.each([
    ["is gone before it is replaced", change("gone", "was", "is")],
    ["is gone before it is deleted", change("gone", "was", null)],
  ])("undoes everything when a file %s", (_, last) => {
    writeFileSync(join(top, "a"), "one");
    writeFileSync(join(top, "b"), "one");
    const all = [change("a", "one", "two"), change("b", "one", null), change("c/d/e", null, "new"), last];
    expect(() => writeChanges(top, all)).toThrow(/writing compiled files/);
    expect([text("a"), text("b")]).toEqual(["one", "one"]);
    expect(readdirSync(top, { recursive: true }).sort()).toEqual(["a", "b"]);
  });
});
