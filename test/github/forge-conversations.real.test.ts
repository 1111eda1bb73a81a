import { afterEach, beforeEach, expect, it } from "vitest";
import { infra } from "../../src/worlds/real/forge/small-forge.ts";
import { type JobStage, jobStage } from "./job-stage.ts";

let stage: JobStage;

beforeEach(async () => {
  stage = await jobStage();
});

afterEach(() => stage.close());

it("counts the conversations that nobody resolved, on every page of them, and those of the pull request alone", async () => {
  const { small, github, port } = stage;
  const { reviewThreads } = github.kept(infra);
  const begin = (pullRequest: number, resolved: boolean) =>
    reviewThreads.push({ id: reviewThreads.length + 1, pullRequest, resolved });
  await small.pushed("ann", "dev/x", { a: "1" });
  await stage.openX();
  expect(await port.pullRequest(1)).toMatchObject({ unresolved: 0 });
  for (let index = 0; index < 100; index += 1) begin(1, true);
  begin(2, false);
  begin(1, false);
  expect(await port.pullRequest(1)).toMatchObject({ unresolved: 1 });
  for (const thread of reviewThreads) thread.resolved = true;
  expect(await port.pullRequest(1)).toMatchObject({ unresolved: 0 });
});
