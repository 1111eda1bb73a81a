import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { infra } from "../../src/worlds/real/forge/small-forge.ts";
import { applying, deciding } from "./compiled-rights.ts";
import { type JobStage, jobStage, network } from "./job-stage.ts";

let stage: JobStage;

beforeEach(async () => {
  stage = await jobStage();
});

afterEach(() => stage.close());

describe("an answer to a comment", () => {
  it("is a reaction, made by a job that decides with the rights that it has, and by no job that applies", async () => {
    const { small, github } = stage;
    await small.pushed("ann", "dev/x", { a: "1" });
    await stage.openX();
    const issue = await small.did("issue", "ann", { title: "I" });
    const onChange = await small.did("comment", "ann", { number: 1, body: "/plangate plan" });
    const onIssue = await small.did("comment", "ann", { number: issue.number, body: "/plangate accept 012" });
    const port = await stage.asJob(deciding);
    await port.react?.(onChange.id, "taken-up");
    await port.react?.(onChange.id, "taken-up");
    await port.react?.(onIssue.id, "not-understood");
    await stage.port.react?.(onChange.id, "refused");
    expect(github.kept(infra).reactions.map(({ comment, content }) => [comment, content])).toEqual([
      [onChange.id, "eyes"],
      [onIssue.id, "confused"],
      [onChange.id, "-1"],
    ]);
    await expect((await stage.asJob(applying)).react?.(onChange.id, "taken-up")).rejects.toMatchObject({
      code: "right-missing",
    });
  });

  it("stands in plangate's one comment, before the stacks, and goes when nothing is left of it", async () => {
    const { small } = stage;
    await small.pushed("ann", "dev/x", { a: "1" });
    await stage.openX();
    const port = await stage.asJob(deciding);
    const bodies = () => stage.comments().map(({ body }) => body);
    await port.show(1, network, "the plan");
    await port.showAsked?.(1, "not done");
    await port.showOutcome?.(1, "applied");
    expect(bodies()).toEqual([expect.stringMatching(/applied[\s\S]*not done[\s\S]*the plan/)]);
    await port.showAsked?.(1, null);
    expect(bodies()).toEqual([expect.not.stringContaining("not done")]);
  });

  it("is given to a fork before anybody asks, where its pull request is open", async () => {
    const { small } = stage;
    const port = await stage.asJob(deciding);
    await small.pushed("ann", "dev/x", { a: "1" });
    await stage.openX();
    await small.did("fork", "sam", {});
    for (const branch of ["fix", "mend"]) {
      await small.pushed("sam", branch, { [branch]: "1" }, { repository: "sam/infra" });
      await small.did("open", "sam", { head: branch, headRepository: "sam/infra", base: "main", title: "T" });
    }
    await small.did("close", "sam", { number: 2 });
    expect(await port.openForks?.()).toEqual([{ number: 3, base: "main" }]);
    await port.showFork?.(3, "from a fork");
    await port.showAsked?.(3, "not done");
    expect(stage.comments()).toMatchObject([
      { on: { number: 3 }, body: expect.stringMatching(/from a fork[\s\S]*not done/) },
    ]);
  });

  it("stands below on an issue", async () => {
    const { small } = stage;
    const { number } = await small.did("issue", "ann", { title: "I" });
    await (await stage.asJob(deciding)).reply?.(number, "not done");
    expect(stage.comments()).toMatchObject([{ on: { number }, body: "not done" }]);
  });
});
