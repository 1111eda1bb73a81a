import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openDeployments } from "../../src/adapters/github/deployments.ts";
import { digestOf } from "../../src/domain/digest.ts";
import type { CommitSha } from "../../src/domain/names.ts";
import { infra } from "../../src/worlds/real/forge/small-forge.ts";
import { deciding as presenting } from "./compiled-rights.ts";
import { type JobStage, jobStage } from "./job-stage.ts";

let stage: JobStage;

beforeEach(async () => {
  stage = await jobStage();
});

afterEach(() => stage.close());

describe("what is applied", () => {
  const key = Buffer.alloc(32, 1);
  const head = (seq: number) => ({ seq, hash: digestOf(`${seq}`) });

  async function deploymentsOf(mine: Uint8Array = key) {
    const { github, small } = stage;
    return openDeployments({
      apiUrl: github.url,
      owner: "acme",
      repo: "infra",
      identity: { kind: "token", token: await github.tokenFor({ job: presenting, repository: infra }) },
      clock: { now: () => small.later(0) },
      progress: () => undefined,
      signal: new AbortController().signal,
      patience: { second: 1, spaced: false },
      key: mine,
    });
  }
  const about = () => ({
    environment: "prod",
    commit: stage.small.tip("main") as CommitSha,
    description: "prod/network, by plangate",
    url: "https://github.example/run/1",
  });

  it("stands on the repository's page, with the ledger's head as a witness, and how it ended", async () => {
    const deployments = await deploymentsOf();
    expect(await deployments.newestHead()).toEqual({ kind: "none" });
    const first = await deployments.begin({ ...about(), state: "in_progress", ledger: head(7) });
    await deployments.begin({ ...about(), state: "queued", ledger: head(9) });
    await deployments.end(first, { ...about(), state: "failure" });
    const { kept } = stage.github;
    expect(kept(infra).deployments).toMatchObject([
      { environment: "prod", task: "plangate:apply", statuses: [{ state: "in_progress" }, { state: "failure" }] },
      { description: "prod/network, by plangate", statuses: [{ state: "queued", logUrl: about().url }] },
    ]);
    expect(await deployments.newestHead()).toMatchObject({ kind: "told", head: head(9) });
  });

  it("is told by whoever has the key of the record, and by nobody else who may make deployments", async () => {
    const ours = await deploymentsOf();
    const id = await ours.begin({ ...about(), state: "in_progress", ledger: head(7) });
    const others = await deploymentsOf(Buffer.alloc(32, 2));
    await others.begin({ ...about(), state: "in_progress", ledger: head(900) });
    const { kept } = stage.github;
    const all = kept(infra).deployments;
    const [true7 = {}] = all.map(({ payload }) => payload as { ledger: { mark: string } });
    for (const payload of [
      "{}",
      { ledger: head(900) },
      { ledger: { ...head(900), mark: "x" } },
      { ledger: { ...head(900), mark: (true7 as { ledger: { mark: string } }).ledger.mark } },
    ])
      all.push({ ...(all[0] as (typeof all)[number]), id: 5_000 + all.length, payload });
    expect(await ours.newestHead()).toEqual({ kind: "told", head: { ...head(7), deployment: id } });
  });

  it("is not taken for untold where it may lie behind what others made", async () => {
    const ours = await deploymentsOf();
    await ours.begin({ ...about(), state: "in_progress", ledger: head(7) });
    const all = stage.github.kept(infra).deployments;
    const [one] = all;
    const copies = (count: number) =>
      Array.from({ length: count }, (_, index) => ({
        ...(one as NonNullable<typeof one>),
        id: 9_000 + index,
        payload: {},
      }));
    all.push(...copies(150));
    expect(await ours.newestHead()).toMatchObject({ kind: "told", head: head(7) });
    all.push(...copies(1_000));
    expect(await ours.newestHead()).toEqual({ kind: "hidden", since: one?.at });
  });
});
