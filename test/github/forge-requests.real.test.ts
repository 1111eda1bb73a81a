import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { CommitSha, StackName } from "../../src/domain/names.ts";
import { infra } from "../../src/worlds/real/forge/small-forge.ts";
import { deciding as presenting } from "./compiled-rights.ts";
import { type JobStage, jobStage, network } from "./job-stage.ts";

let stage: JobStage;

beforeEach(async () => {
  stage = await jobStage();
});

afterEach(() => stage.close());

describe("how much is asked", () => {
  it("is one question a pull request, and a handful of requests with who pushed and who may write", async () => {
    const { small, github } = stage;
    await small.pushed("ann", "dev/x", { a: "1" });
    await stage.openX("Closes #7");
    await small.did("comment", "bob", { number: 1, body: "/plangate approve" });
    const port = await stage.asJob(presenting, { keep: 5000 });
    const before = github.exchanges.length;
    await port.pullRequest(1);
    const asked = () =>
      github.exchanges.slice(before).map(({ method, path }) => `${method} ${path.replace(`/repos/${infra}`, "")}`);
    expect(asked().toSorted()).toEqual(["GET /activity", "GET /collaborators", "POST /graphql", "POST /graphql"]);
    await port.pullRequest(1);
    expect(asked()).toHaveLength(4 + 1);
  });

  it("is a question and as many writes as there are comments for plans that are shown together", async () => {
    const { small, github } = stage;
    await small.pushed("ann", "dev/x", { a: "1" });
    await stage.openX();
    const port = await stage.asJob(presenting);
    const before = github.exchanges.length;
    const stacks = Array.from({ length: 200 }, (_, index) => `prod/s${index}` as StackName);
    const times = await Promise.all(stacks.map((stack) => port.show(1, stack, `${stack}\n${"- change\n".repeat(80)}`)));
    expect(new Set(times).size).toBe(1);
    const comments = stage.comments();
    expect(comments).toHaveLength(3);
    expect(github.exchanges.slice(before).map(({ method }) => method)).toEqual(["POST", "POST", "POST", "POST"]);
    for (const stack of stacks)
      expect(comments.filter(({ body }) => body.includes(`section ${stack} `))).toHaveLength(1);
    await port.show(1, "prod/s7" as StackName, "new");
    expect(github.exchanges.slice(before + 4).map(({ method }) => method)).toEqual(["POST", "PATCH"]);
  });

  it("is one question for twenty commits in a row", async () => {
    const { small, github } = stage;
    const commits: CommitSha[] = [];
    for (let index = 0; index < 45; index++) commits.unshift(await small.pushed("ann", "main", { a: `${index}` }));
    const port = await stage.asJob(presenting, { keep: 60_000 });
    const before = github.exchanges.length;
    for (const commit of commits) {
      expect(await port.pullRequestsOf(commit)).toEqual([]);
      expect(await port.loginOf("ann@acme.example")).toBe("ann");
    }
    const paths = github.exchanges.slice(before).map(({ method, path }) => `${method} ${path.replace(/^.*infra/, "")}`);
    // One more for what was merged into the branch.
    expect(paths.toSorted()).toEqual(["GET /activity", ...Array.from({ length: 4 }, () => "POST /graphql")]);
  });

  it("reads lists to their end", async () => {
    const { small } = stage;
    await small.pushed("ann", "dev/x", { a: "1" });
    await stage.openX();
    for (let index = 0; index < 230; index++) await small.did("comment", "eve", { number: 1, body: `${index}` });
    await small.did("comment", "bob", { number: 1, body: "/plangate hold" });
    const port = await stage.asJob(presenting);
    expect((await port.pullRequest(1))?.answers).toMatchObject([{ by: "bob", says: "hold" }]);
    await port.show(1, network, "one");
    await port.show(1, network, "two");
    expect(stage.comments().filter(({ by }) => by === "github-actions[bot]")).toHaveLength(1);
  });

  it("is no request for each of a thousand made up writers, nor nothing for one with an address of any length", async () => {
    const { small, github } = stage;
    const parent = (await small.tip("main")) as CommitSha;
    const brought = async (branch: string, addresses: readonly string[]) => {
      const trailers = addresses.map((address) => `Co-authored-by: X <${address}>`).join("\n");
      const about = { repository: infra, parent, files: { a: branch }, author: "eve" };
      const after = await small.forge.commit({ ...about, message: `Change\n\n${trailers}\n` });
      await small.did("push", "eve", { ref: `refs/heads/${branch}`, after });
      await small.did("open", "eve", { head: branch, base: "main", title: "T", body: "" });
    };
    await brought(
      "dev/many",
      Array.from({ length: 1000 }, (_, index) => `${index}@made-up.example`),
    );
    await brought("dev/long", [`${"x".repeat(5000)}@made-up.example`]);
    const port = await stage.asJob(presenting);
    const before = github.exchanges.length;
    await expect(port.pullRequest(1)).rejects.toMatchObject({ code: "answer-too-large", reaction: "stop" });
    expect(github.exchanges.length - before).toBeLessThan(250);
    const { writers = [] } = (await port.pullRequest(2)) ?? {};
    expect(writers).toEqual(["eve", expect.stringMatching(/^email:x{254}$/)]);
  });
});
