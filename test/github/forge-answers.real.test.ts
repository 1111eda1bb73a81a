import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { StackName } from "../../src/domain/names.ts";
import { infra } from "../../src/worlds/real/forge/small-forge.ts";
import { smallFlow } from "../contract/forge-stage.ts";
import { applying, deciding } from "./compiled-rights.ts";
import { type GitHubStage, githubStage } from "./forge-stage.ts";

let dir: string;
let stage: GitHubStage;

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), "forge-"));
  stage = await githubStage(dir, smallFlow);
});

afterEach(async () => {
  await stage.close();
  rmSync(dir, { recursive: true, force: true });
});

const asJob = async (permissions: typeof deciding) =>
  stage.openPort({
    identity: { kind: "token", token: await stage.github.tokenFor({ job: permissions, repository: infra }) },
  });

describe("an answer to a comment", () => {
  it("is a reaction, made by a job that decides with the rights that it has, and by no job that applies", async () => {
    const { small, github } = stage;
    await small.pushed("ann", "dev/x", { a: "1" });
    await small.did("open", "ann", { head: "dev/x", base: "main", title: "T", body: "" });
    const issue = await small.did("issue", "ann", { title: "I" });
    const onChange = await small.did("comment", "ann", { number: 1, body: "/plangate plan" });
    const onIssue = await small.did("comment", "ann", { number: issue.number, body: "/plangate accept 012" });
    const port = await asJob(deciding);
    await port.react?.(onChange.id, "taken-up");
    await port.react?.(onChange.id, "taken-up");
    await port.react?.(onIssue.id, "not-understood");
    await stage.port.react?.(onChange.id, "refused");
    expect(github.kept(infra).reactions.map(({ comment, content }) => [comment, content])).toEqual([
      [onChange.id, "eyes"],
      [onIssue.id, "confused"],
      [onChange.id, "-1"],
    ]);
    await expect((await asJob(applying)).react?.(onChange.id, "taken-up")).rejects.toMatchObject({
      code: "right-missing",
    });
  });

  it("stands in plangate's one comment, before the stacks, and goes when nothing is left of it", async () => {
    const { small } = stage;
    await small.pushed("ann", "dev/x", { a: "1" });
    await small.did("open", "ann", { head: "dev/x", base: "main", title: "T", body: "" });
    const port = await asJob(deciding);
    const bodies = () => small.forge.state.repositories[0]?.comments.map(({ body }) => body) ?? [];
    await port.show(1, "prod/network" as StackName, "the plan");
    await port.showAsked?.(1, "not done");
    await port.showOutcome?.(1, "applied");
    expect(bodies()).toEqual([expect.stringMatching(/applied[\s\S]*not done[\s\S]*the plan/)]);
    await port.showAsked?.(1, null);
    expect(bodies()).toEqual([expect.not.stringContaining("not done")]);
  });

  it("is given to a fork before anybody asks, where its pull request is open", async () => {
    const { small } = stage;
    const port = await asJob(deciding);
    await small.pushed("ann", "dev/x", { a: "1" });
    await small.did("open", "ann", { head: "dev/x", base: "main", title: "T", body: "" });
    await small.did("fork", "sam", {});
    for (const branch of ["fix", "mend"]) {
      await small.pushed("sam", branch, { [branch]: "1" }, { repository: "sam/infra" });
      await small.did("open", "sam", { head: branch, headRepository: "sam/infra", base: "main", title: "T" });
    }
    await small.did("close", "sam", { number: 2 });
    expect(await port.openForks?.()).toEqual([{ number: 3, base: "main" }]);
    await port.showFork?.(3, "from a fork");
    await port.showAsked?.(3, "not done");
    const said = small.forge.state.repositories.find(({ name }) => name === infra)?.comments;
    expect(said).toMatchObject([{ on: { number: 3 }, body: expect.stringMatching(/from a fork[\s\S]*not done/) }]);
  });

  it("stands below on an issue", async () => {
    const { small } = stage;
    const { number } = await small.did("issue", "ann", { title: "I" });
    await (await asJob(deciding)).reply?.(number, "not done");
    expect(small.forge.state.repositories[0]?.comments).toMatchObject([{ on: { number }, body: "not done" }]);
  });
});
