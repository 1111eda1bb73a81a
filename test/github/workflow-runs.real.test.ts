import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openGitHubArtifacts } from "../../src/adapters/github/artifacts.ts";
import { openWorkflowRuns } from "../../src/adapters/github/workflow-runs.ts";
import { dispatchable, trusted } from "./compiled-rights.ts";
import { at, infra, type SmallGitHub, smallGitHub } from "./small-github.ts";

let small: SmallGitHub;

beforeEach(async () => {
  small = await smallGitHub();
  await small.pushed("root", "main", { [trusted]: dispatchable });
});

afterEach(() => small.close());

const client = (token: string) => ({
  apiUrl: small.github.url,
  token,
  ...at,
  progress: () => undefined,
  signal: new AbortController().signal,
  patience: { second: 1, spaced: false },
});

const start = () =>
  small.github.runs.start({
    repository: infra,
    workflow: trusted,
    event: "workflow_dispatch",
    ref: "refs/heads/main",
    by: "ann",
  });

describe("runs of workflows, by their interface", () => {
  it("are told with whose they are and whether they go on; one that is not there is none", async () => {
    const one = await start();
    const runs = openWorkflowRuns(client(await small.github.tokenFor({ job: { actions: "read" }, repository: infra })));
    const head = await small.tip("refs/heads/main");
    const from = { event: "workflow_dispatch", ref: "main", fromHere: true, by: "ann" };
    const seen = { workflow: trusted, attempt: 1, going: true, head, ...from };
    expect(await runs.run(one.id)).toEqual(seen);
    const applied = await one.job("Apply to test");
    await small.did("environment", "root", { name: "gate", reviewers: ["bob"] });
    await one.job("Take it down", { environment: "gate" });
    expect(await runs.onlyWaits(one.id)).toBe(false);
    await applied.finish("failure");
    expect(await runs.onlyWaits(one.id)).toBe(true);
    one.finish();
    expect(await runs.run(one.id)).toEqual({ ...seen, going: false });
    expect(await runs.run(one.id + 1000)).toBeUndefined();
  });

  it("keep artifacts, of which no more is taken than was asked for", async () => {
    const one = await start();
    one.upload("plangate-plan-test-0", { "a/claim.json": "{}", "a/part-0": "x".repeat(1000) });
    const token = await small.github.tokenFor({ job: { actions: "read" }, repository: infra });
    const artifacts = openGitHubArtifacts(client(token));
    const [found] = await artifacts.list(one.id);
    expect(found).toMatchObject({ name: "plangate-plan-test-0", expired: false });
    expect(await artifacts.list(one.id + 1000)).toEqual([]);
    expect((await artifacts.download(found?.id ?? 0, 1_000_000))?.subarray(0, 2)).toEqual(
      new Uint8Array(Buffer.from("PK")),
    );
    await expect(artifacts.download(found?.id ?? 0, 10)).rejects.toMatchObject({ code: "artifact-too-large" });
    expect(await artifacts.download(999_999, 10)).toBeUndefined();
  });
});
