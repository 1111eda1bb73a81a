import { describe, expect, it } from "vitest";
import { type Commit, commitsBetween, isAncestor, makeCommit, mergeBaseOf, mergeTrees, type Tree } from "./git.ts";

let clock = 0;
const commit = (tree: Tree, ...parents: Commit[]): Commit => makeCommit({ parents, tree, at: clock++, people: [] });

const base = commit({ a: "1", b: "1" });
const ours = commit({ a: "2", b: "1" }, base);
const theirs = commit({ a: "1", b: "2", c: "1" }, base);

describe("a merge of trees", () => {
  it("takes what each side changed", () => {
    expect(mergeTrees(ours, theirs)).toEqual({ a: "2", b: "2", c: "1" });
  });

  it("takes a deletion of one side", () => {
    expect(mergeTrees(ours, commit({ a: "1" }, base))).toEqual({ a: "2" });
  });

  it("takes once what both did alike", () => {
    expect(mergeTrees(ours, commit({ a: "2", b: "1" }, base))).toEqual({ a: "2", b: "1" });
  });

  it("does not choose between two changes of one path", () => {
    expect(mergeTrees(ours, commit({ a: "3", b: "1" }, base))).toBeNull();
  });

  it("starts where the two last met", () => {
    const met = commit({ a: "2", b: "2", c: "1" }, theirs, ours);
    expect(mergeBaseOf(met, ours)).toBe(ours);
    expect(mergeTrees(commit({ a: "3", b: "1" }, ours), met)).toEqual({ a: "3", b: "2", c: "1" });
  });
});

describe("a history", () => {
  it("tells what one commit has and another has not", () => {
    const later = commit({}, ours);
    expect(commitsBetween(base, later)).toEqual([later, ours]);
    expect(commitsBetween(later, base)).toEqual([]);
    expect(isAncestor(base, later)).toBe(true);
    expect(isAncestor(theirs, later)).toBe(false);
  });

  it("gives one content one id", () => {
    const about = { parents: [base], tree: { a: "9" }, at: 5, people: [] };
    expect(makeCommit(about).sha).toBe(makeCommit({ ...about, tree: { a: "9" } }).sha);
    expect(makeCommit(about).sha).not.toBe(makeCommit({ ...about, tree: { a: "8" } }).sha);
  });
});
