import { describe, expect, it } from "vitest";
import { branchClassOf, onlyBranchOf, refNameOf } from "./match.ts";
import { parseFlow } from "./parse.ts";
import { renderPreset } from "./presets.ts";
import { nextRelease, releaseClassOf, versionsBefore } from "./releases.ts";

const flow = parseFlow(renderPreset("trunk-stored-plan"), { file: "plangate.yaml" }).value;
if (flow === undefined) throw new Error("the preset does not parse");

describe("branchClassOf", () => {
  it.each([
    ["main", "main"],
    ["feature/add-logs", "work"],
    ["Main", "work"],
    ["main/x", "work"],
  ])("%s is of class %s", (branch, name) => {
    expect(branchClassOf(flow, branch)?.name).toBe(name);
    expect(branchClassOf(flow, branch)?.name).toBe(name);
  });

  it("knows refs by the names that appliesFrom uses", () => {
    expect(["main", "x", "tag:v1.0.0", "tag:1.0.0"].map((ref) => refNameOf(flow, ref))).toEqual([
      "main",
      "work",
      "release",
      undefined,
    ]);
  });

  it("tells a class that is one branch from one that is many", () => {
    expect(flow.branches.map(onlyBranchOf)).toEqual([undefined, "main"]);
  });

  it("answers fast enough for a hundred thousand decisions a second", () => {
    const started = performance.now();
    for (let count = 0; count < 100_000; count++) branchClassOf(flow, `feature/${count % 100}`);
    expect(performance.now() - started).toBeLessThan(500);
  });
});

describe("releaseClassOf", () => {
  it.each([
    ["v1.2.3", "1.2.3"],
    ["v1.2.3-rc.1", "1.2.3-rc.1"],
    ["v01.2.3", undefined],
    ["v1.2", undefined],
    ["v1.2.3+build", undefined],
    ["1.2.3", undefined],
    ["vv1.2.3", undefined],
  ])("%s is version %s", (tag, version) => {
    expect(releaseClassOf(flow, tag)?.version).toBe(version);
  });
});

describe("versionsBefore", () => {
  it("are of the same thing and lower, the highest first, whatever order tags come in", () => {
    const lower = (tag: string) => {
      const of = releaseClassOf(flow, tag);
      if (of === undefined) throw new Error(`${tag} is no version`);
      return versionsBefore(of, ["v1.9.0", "v1.10.0", "v2.0.0-rc.1", "v2.0.0", "v2.1.0", "nightly", "queue-v1.0.0"]);
    };
    expect(lower("v2.0.0")).toEqual(["v2.0.0-rc.1", "v1.10.0", "v1.9.0"]);
    expect(lower("v1.0.0")).toEqual([]);
  });
});

describe("nextRelease", () => {
  it.each([
    { latest: null, asked: undefined, next: { tag: "v1.0.0", version: "1.0.0", from: "main" } },
    { latest: null, asked: "0.3.0", next: { tag: "v0.3.0", version: "0.3.0", from: "main" } },
    { latest: "1.4.2", asked: undefined, next: { tag: "v1.5.0", version: "1.5.0", from: "main" } },
    { latest: "1.4.2", asked: "patch", next: { tag: "v1.4.3", version: "1.4.3", from: "main" } },
    { latest: "1.4.2", asked: "major", next: { tag: "v2.0.0", version: "2.0.0", from: "main" } },
    { latest: "1.4.2", asked: "2.0.0-rc.1", next: { tag: "v2.0.0-rc.1", version: "2.0.0-rc.1", from: "main" } },
    { latest: "1.4.2", asked: "1.4.2", next: { why: "version 1.4.2 does not come after 1.4.2" } },
    { latest: "1.4.2", asked: "soon", next: { why: '"soon" is no semantic version' } },
    {
      latest: "refs/heads/x",
      asked: "2.0.0",
      next: { why: 'the newest release "refs/heads/x" is no semantic version' },
    },
    { latest: undefined, asked: undefined, next: { why: "the newest release is not known" } },
  ])("after $latest, asked for $asked", ({ latest, asked, next }) => {
    expect(nextRelease(flow, latest, asked)).toEqual(next);
  });
});
