import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { at, type SmallGitHub, smallGitHub } from "./small-github.ts";

let small: SmallGitHub;

beforeEach(async () => {
  small = await smallGitHub();
});

afterEach(() => small.close());

const immutable = async () => {
  await (await small.as("root")).request("PUT /repos/{owner}/{repo}/immutable-releases", at);
};

describe("a release", () => {
  it("is drafted, published, listed, and taken away", async () => {
    await immutable();
    const { repos } = (await small.as("ann")).rest;
    const draft = await repos.createRelease({ ...at, tag_name: "v1.0.0", draft: true, name: "One" });
    expect(await small.tip("refs/tags/v1.0.0")).toBeUndefined();
    const release = { ...at, release_id: draft.data.id };
    await repos.updateRelease({ ...release, draft: false, body: "Notes" });
    expect(await small.tip("refs/tags/v1.0.0")).toBe(await small.tip("refs/heads/main"));
    expect((await repos.getReleaseByTag({ ...at, tag: "v1.0.0" })).data).toMatchObject({
      body: "Notes",
      draft: false,
      immutable: true,
    });
    await repos.getLatestRelease(at);
    await repos.getRelease(release);
    expect((await repos.listReleases(at)).data).toHaveLength(1);
    expect((await repos.listTags(at)).data).toMatchObject([{ name: "v1.0.0" }]);
    await repos.deleteRelease(release);
    await expect(repos.createRelease({ ...at, tag_name: "v1.0.0" })).rejects.toMatchObject({ status: 422 });
  });

  it("keeps its tag where it is only where the settings made releases immutable when it was published", async () => {
    const { repos, git } = (await small.as("ann")).rest;
    const next = await small.pushed("ann", "dev/x", { a: "1" });
    const moved = (tag: string) => git.updateRef({ ...at, ref: `tags/${tag}`, sha: next, force: true });
    const before = await repos.createRelease({ ...at, tag_name: "v1" });
    expect(before.data).toMatchObject({ immutable: false });
    await immutable();
    await repos.createRelease({ ...at, tag_name: "v2" });
    await moved("v1");
    expect(await small.tip("refs/tags/v1")).toBe(next);
    await expect(moved("v2")).rejects.toMatchObject({ status: 422, message: expect.stringContaining("immutable") });
    await repos.deleteRelease({ ...at, release_id: before.data.id });
    await git.deleteRef({ ...at, ref: "tags/v1" });
    await repos.createRelease({ ...at, tag_name: "v1" });
  });

  it("is told as made wherever somebody says so, while it is not immutable, and its tag stays where it is", async () => {
    const { repos } = (await small.as("ann")).rest;
    const main = await small.tip("refs/heads/main");
    const edited = async (tag_name: string) => {
      const { id } = (await repos.createRelease({ ...at, tag_name, target_commitish: main ?? "" })).data;
      return repos.updateRelease({ ...at, release_id: id, target_commitish: "dev/x" });
    };
    expect((await edited("v1")).data.target_commitish).toBe("dev/x");
    expect(await small.tip("refs/tags/v1")).toBe(main);
    await immutable();
    await expect(edited("v2")).rejects.toMatchObject({ status: 422 });
  });

  it("makes no tag that a ruleset lets nobody make", async () => {
    const [root, ann] = [await small.as("root"), await small.as("ann")];
    await root.rest.repos.createRepoRuleset({
      ...at,
      name: "tags",
      target: "tag",
      enforcement: "active",
      conditions: { ref_name: { include: ["refs/tags/v*"], exclude: [] } },
      rules: [{ type: "creation" }],
    });
    const draft = await ann.rest.repos.createRelease({ ...at, tag_name: "v1", draft: true });
    await expect(
      ann.rest.repos.updateRelease({ ...at, release_id: draft.data.id, draft: false }),
    ).rejects.toMatchObject({ status: 422, message: expect.stringContaining("creations being restricted") });
    await expect(ann.rest.repos.createRelease({ ...at, tag_name: "v1" })).rejects.toMatchObject({ status: 422 });
    expect(await small.tip("refs/tags/v1")).toBeUndefined();
    await ann.rest.repos.createRelease({ ...at, tag_name: "other" });
  });
});

describe("owners of code", () => {
  it("are told where CODEOWNERS names nobody", async () => {
    await small.pushed("root", "main", { ".github/CODEOWNERS": "* @ann\n/prod/ @nobody-there @acme/devops\n" });
    const errors = (await (await small.as("ann")).rest.repos.codeownersErrors(at)).data.errors;
    expect(errors).toMatchObject([{ line: 2, column: 8, kind: "Unknown owner", path: ".github/CODEOWNERS" }]);
  });
});
