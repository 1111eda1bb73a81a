import { expect, it } from "vitest";
import type { CommitSha } from "../../domain/names.ts";
import { parseFlow } from "../../flow/index.ts";
import { commit } from "../../testing/builders.ts";
import { fullFlow } from "../../testing/full-flow.ts";
import type { Delivery } from "../delivery.ts";
import type { CommitPeople } from "../ports.ts";
import { releaseNotes } from "./release-notes.ts";

const flow = parseFlow(fullFlow, { file: "plangate.yaml" }).value;
if (flow === undefined) throw new Error("the flow of the test does not parse");
const [project, module] = [
  flow.releases.find(({ of }) => of === "project"),
  flow.releases.find(({ of }) => of !== "project"),
];
if (project === undefined || module === undefined) throw new Error("the flow releases no module, or no project");
const tagOf = ({ tag }: { readonly tag: string }, version: string) =>
  tag.replace("{version}", version).replace("{module}", "queue");
const folder = module.of.replace("{module}", "queue");

/** A branch whose commits, oldest first, have these messages, paths and second parents. */
function delivery(
  line: readonly { readonly message: string; readonly path: string; readonly merges?: string }[],
  tags: Readonly<Record<string, number>>,
): Delivery {
  const commits: CommitPeople[] = line.map(({ message, path, merges }, index) => ({
    sha: commit(`c${index}`),
    parents: [...(index === 0 ? [] : [commit(`c${index - 1}`)]), ...(merges === undefined ? [] : [commit(merges)])],
    emails: [],
    message,
    paths: [path],
  }));
  const at = (sha: CommitSha | null) => commits.findIndex((one) => one.sha === sha);
  const repository = {
    tags: async () => Object.keys(tags),
    resolve: async (ref: string) => commits[tags[ref.replace("refs/tags/", "")] ?? -1]?.sha,
    isAncestor: async (ancestor: CommitSha, descendant: CommitSha) => at(ancestor) <= at(descendant),
    // Newest first, with what was merged among it, as Git tells it.
    commitsBetween: async (from: CommitSha | null, to: CommitSha) => [
      ...commits.slice(at(from) + 1, at(to) + 1).toReversed(),
      { sha: commit("c99"), parents: [], emails: [], message: "On the side", paths: ["x.tf"] },
    ],
  };
  return { flow, repository } as unknown as Delivery;
}

const line = [
  { message: "Begin", path: "main.tf" },
  { message: "Add a queue (#1)", path: `${folder}/main.tf` },
  { message: "Merge pull request #2 from acme/topic\n\nWiden the network", path: "network.tf", merges: "c99" },
  { message: "Mend the queue (#3)", path: `${folder}/main.tf` },
];

it("tell what came to the branch since the newest version before, along its first parents", async () => {
  const tags = { [tagOf(project, "1.0.0")]: 0, [tagOf(project, "1.1.0")]: 1, [tagOf(project, "0.9.0")]: 0 };
  const asked = { tag: tagOf(project, "1.2.0"), commit: commit("c3"), why: "ann releases" };
  const changes = async (of: typeof asked) =>
    (await releaseNotes(delivery(line, tags), of)).split("\n").filter((one) => one.startsWith("- "));
  expect(await changes(asked)).toEqual(["- Mend the queue (#3)", "- Widen the network (#2)"]);
  // A version of another branch is none before this one.
  expect((await changes({ ...asked, tag: tagOf(project, "1.0.5") })).length).toBe(3);
  expect((await changes({ ...asked, tag: tagOf(project, "0.1.0") })).length).toBe(4);
});

it("of a module tell what touched its folder", async () => {
  const notes = await releaseNotes(delivery(line, {}), {
    tag: tagOf(module, "1.0.0"),
    commit: commit("c3"),
    why: "why",
  });
  expect(notes.split("\n").filter((one) => one.startsWith("- "))).toEqual([
    "- Mend the queue (#3)",
    "- Add a queue (#1)",
  ]);
});
