import { describe, expect, it } from "vitest";
import { type FileReach, reachesNothing } from "./file-reach.ts";
import { graphText, parseGraph } from "./kept-graph.ts";
import { emptyGraph, type TreeChange, type TreeGraph, withChanges } from "./tree-graph.ts";

const calling = (source: string): FileReach => ({ ...reachesNothing, sources: [source] });
/** Each file's reach follows from its blob. */
const read = { reach: (_: string, blob: string) => (blob === "" ? reachesNothing : calling(blob)), link: String };
const to = (path: string, blob: string): TreeChange => ({ path, from: null, to: { mode: "100644", blob } });
const gone = (path: string): TreeChange => ({ path, from: { mode: "100644", blob: "" }, to: null });
const foldersOf = (graph: TreeGraph | undefined) =>
  [...(graph?.folders ?? [])]
    .map(([folder, files]) => [folder, [...files].sort()] as const)
    .sort(([left], [right]) => (left < right ? -1 : 1));

describe("graphText", () => {
  const first = withChanges(
    emptyGraph,
    [
      to("x.tf", "./a"),
      to("a/x.tf", "../b"),
      to("a/.y.tf", ""),
      to("a b/x.tf", ""),
      to('q"\t/x.tf', "../b"),
      to("z/x.tf", ""),
    ],
    read,
  );

  it("is read back as it was, be it written from what was read before and what changed since", () => {
    const kept = parseGraph(graphText(first));
    expect(foldersOf(kept)).toEqual(foldersOf(first));
    const changes = [
      gone("a/x.tf"),
      gone("a/.y.tf"),
      to('q"\t/y.tf', "../c"),
      to("a b/x.tf", "../b"),
      to("new/x.tf", ""),
    ];
    const next = withChanges(kept ?? emptyGraph, changes, read);
    expect(foldersOf(parseGraph(graphText(next)))).toEqual(foldersOf(withChanges(first, changes, read)));
    expect(foldersOf(next).map(([folder]) => folder)).toEqual(["", "a b", "new", 'q"\t', "z"]);
  });

  it("does not grow with changes that came and went", () => {
    let text = graphText(first);
    for (let index = 0; index < 1_000; index++)
      text = graphText(withChanges(parseGraph(text) ?? emptyGraph, [to("z/x.tf", `../${index}`)], read));
    expect(text.length).toBeLessThan(40_000);
    expect(foldersOf(parseGraph(text)).at(-1)).toEqual(["z", [["x.tf", calling("../999")]]]);
  });
});
