import { describe, expect, it } from "vitest";
import type { CommitSha, Login } from "../../domain/names.ts";
import { parseFlow, renderPreset } from "../../flow/index.ts";
import { commit } from "../../testing/builders.ts";
import { type PushedAbout, whatWasPushed } from "./what-was-pushed.ts";

const ann = "ann" as Login;
const [start, c1, c2, c3, own] = [commit("a0"), commit("c1"), commit("c2"), commit("c3"), commit("e0")];
const names = new Map([
  [c1, "c1"],
  [c2, "c2"],
  [c3, "c3"],
]);

interface There {
  /** The commits since `start`, newest first, each with its parents. */
  readonly line: readonly (readonly [CommitSha, ...CommitSha[]])[];
  /** The merged pull requests into main that hold a commit, oldest first. */
  readonly held: ReadonlyMap<CommitSha, readonly number[]>;
  /** Commits that Git has not. */
  readonly gone?: readonly CommitSha[];
}

/** What a push to main brought that stood at `start`, as words: `1 at c1`, or `push`. */
async function brought({ line, held, gone = [] }: There, before: CommitSha | null = start): Promise<readonly string[]> {
  const about = {
    flow: parseFlow(renderPreset("trunk-demo"), { file: "plangate.yaml" }).value,
    store: {},
    repository: {
      resolve: async (ref: CommitSha) => (gone.includes(ref) ? undefined : ref),
      commitsBetween: async () => line.map(([sha, ...parents]) => ({ sha, parents })),
    },
    forge: {
      pullRequestsOf: async (sha: CommitSha) =>
        (held.get(sha) ?? []).flatMap((number) => [
          { number, base: "main", state: "merged", headBranch: "feature/x" },
          { number: 100 + number, base: "development", state: "merged", headBranch: "feature/x" },
          { number: 200 + number, base: "main", state: "open", headBranch: "feature/x" },
        ]),
    },
  } as unknown as PushedAbout;
  const push = { kind: "push", branch: "main", before, commit: line[0]?.[0] ?? c1, by: ann } as const;
  return (await whatWasPushed(push, about)).map((event) => {
    if (event.kind === "push") expect(event).toBe(push);
    else expect(event).toMatchObject({ kind: "merge", branch: "main", by: ann });
    return event.kind === "merge" ? `${event.pullRequest} at ${names.get(event.commit)}` : event.kind;
  });
}

describe("a push", () => {
  it("is the merge that it brings, and no push besides", async () => {
    expect(await brought({ line: [[c1, start]], held: new Map([[c1, [1]]]) })).toEqual(["1 at c1"]);
  });

  it("is a push where no pull request brought it", async () => {
    expect(await brought({ line: [[c1, start]], held: new Map() })).toEqual(["push"]);
  });

  it("is the merge that it brings, and the push where a commit more lies on top or below", async () => {
    const line = [
      [c2, c1],
      [c1, start],
    ] as const;
    expect(await brought({ line, held: new Map([[c1, [1]]]) })).toEqual(["1 at c1", "push"]);
    expect(await brought({ line, held: new Map([[c2, [1]]]) })).toEqual(["1 at c2", "push"]);
  });

  it("is every merge that it brings, the oldest first, each once and where it came to", async () => {
    const line = [
      [c3, c2],
      [c2, c1],
      [c1, start],
    ] as const;
    const of = (...held: readonly (readonly [CommitSha, readonly number[]])[]) =>
      brought({ line, held: new Map(held) });
    expect(await of([c1, [1]], [c2, [2]], [c3, [3]])).toEqual(["1 at c1", "2 at c2", "3 at c3"]);
    // By a rebase of two commits, and one upon another.
    expect(await of([c1, [1]], [c2, [1]], [c3, [3]])).toEqual(["1 at c2", "3 at c3"]);
    expect(await of([c1, [1, 2]], [c2, [2]], [c3, [2]])).toEqual(["1 at c1", "2 at c3"]);
  });

  it("is the merge that somebody made by hand of a pull request, and the push", async () => {
    const line = [
      [c1, start, own],
      [own, start],
    ] as const;
    expect(await brought({ line, held: new Map([[own, [1]]]) })).toEqual(["1 at c1", "push"]);
  });

  it("is told by its head alone where nobody knows what stood before, or that is gone", async () => {
    const line = [
      [c2, c1],
      [c1, start],
    ] as const;
    const held = new Map([
      [c1, [1]],
      [c2, [2]],
    ]);
    expect(await brought({ line, held }, null)).toEqual(["2 at c2"]);
    expect(await brought({ line, held, gone: [start] })).toEqual(["2 at c2"]);
    expect(await brought({ line, held: new Map() }, null)).toEqual(["push"]);
  });

  it("is told by its head where it moved the branch back", async () => {
    expect(await brought({ line: [], held: new Map([[c1, [1]]]) })).toEqual(["1 at c1"]);
  });

  it("is looked at only so deep", async () => {
    const shas = Array.from({ length: 300 }, (_, at) => commit((0xd00 + at).toString(16)));
    const line = shas.map((sha, at): [CommitSha, CommitSha] => [sha, shas[at + 1] ?? start]);
    const held = new Map(shas.map((sha, at) => [sha, [at]]));
    expect(await brought({ line, held })).toHaveLength(250);
  });
});

describe("a branch that the app moved on", () => {
  const head = commit("ab");
  const moved = { branch: "main", commit: head, by: "ann" };
  const merge = async (identity: "app" | "token", entries: readonly object[]) => {
    const told = entries.map((body) => ({ kind: "fast-forwarding", body }));
    const store = {
      ledgerHead: async () => ({ seq: told.length }),
      async *ledger() {
        yield* told;
      },
    };
    const change = { number: 12, state: "merged", headBranch: "development", base: "main" };
    const text = renderPreset("integration-branch").replace(
      /^version:.*$/m,
      (line) => `${line}\nidentity: ${identity}`,
    );
    const asking = {
      store,
      forge: { pullRequestsOf: async () => [change] },
      flow: parseFlow(text, { file: "plangate.yaml" }).value,
    } as unknown as PushedAbout;
    const push = { kind: "push", branch: "main", before: null, commit: head, by: "plangate[bot]" as Login } as const;
    return whatWasPushed(push, asking);
  };

  it("is merged by who asked for it, and not by the app", async () => {
    expect(await merge("app", [{ ...moved, by: "eve" }, moved])).toMatchObject([{ kind: "merge", by: "ann" }]);
  });

  it.each([
    ["nobody asked for", "app", []],
    ["was asked for another commit", "app", [{ ...moved, commit: commit("cd") }]],
    ["was asked for another branch", "app", [{ ...moved, branch: "development" }]],
    ["no app moves here", "token", [moved]],
  ] as const)("is merged by who pushed it where it %s", async (_, identity, entries) => {
    expect(await merge(identity, entries)).toMatchObject([{ kind: "merge", by: "plangate[bot]" }]);
  });
});
