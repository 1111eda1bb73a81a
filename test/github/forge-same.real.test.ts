import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Forge } from "../../src/delivery/ports.ts";
import type { PullRequestFacts } from "../../src/domain/facts.ts";
import type { CommitSha } from "../../src/domain/names.ts";
import { type Flow, parseFlow, renderPreset } from "../../src/flow/index.ts";
import { infra } from "../../src/worlds/real/forge/small-forge.ts";
import { openForgePort } from "../../src/worlds/real/forge-port.ts";
import { type GitHubStage, githubStage } from "./forge-stage.ts";

const flow = parseFlow(renderPreset("integration-branch"), { file: "preset" }).value as Flow;
const people = ["ann", "bob", "eve", "root"] as const;
const branches = ["feature/NET-1", "feature/NET-2", "hotfix/NET-3"];

let dir: string;
let stage: GitHubStage;
let plain: Forge;

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), "forge-"));
  stage = await githubStage(dir, flow);
  const { forge } = stage.small;
  plain = openForgePort({ forge, repository: infra, flow, bot: "plangate[bot]" });
  await stage.small.did("push", "root", { ref: "refs/heads/development", after: stage.small.tip("main") });
  // GitHub tells who has an address by what they wrote.
  for (const login of people) await stage.small.pushed(login, "main", { [`${login}.txt`]: "1" });
});

afterEach(async () => {
  await stage.close();
  rmSync(dir, { recursive: true, force: true });
});

/** The same numbers each time for one seed. */
function numbersFrom(seed: number): (below: number) => number {
  let state = seed * 2_654_435_761;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** Somebody does something; what the forge does not let through changes nothing. */
async function step(random: (below: number) => number): Promise<void> {
  const { small } = stage;
  const one = <Item>(items: readonly Item[]): Item => items[random(items.length)] as Item;
  const by = one(people);
  const { pullRequests, comments, reviews } = small.forge.state.repositories[0] ?? {
    pullRequests: [],
    comments: [],
    reviews: [],
  };
  const open = pullRequests.filter(({ state }) => state === "open");
  const number = pullRequests.length === 0 ? 0 : 1 + random(pullRequests.length);
  switch (random(14)) {
    case 0:
    case 1:
    case 2: {
      const branch = one([...branches, ...branches, "development"]);
      const author = one(people);
      const from = branch.startsWith("hotfix") ? "main" : "development";
      await small
        .pushed(by, branch, { [`file-${random(4)}`]: `${random(100)}` }, { from, author })
        .catch(() => undefined);
      return;
    }
    case 3:
    case 4: {
      const head = one([...branches, "development", "main"]);
      const base = head === "development" ? "main" : one(["development", "main"]);
      const body = one(["", "Closes #1", "## Why\nso\n"]);
      await small.tried("open", by, { head, base, title: "T", body });
      return;
    }
    case 5:
      await small.tried("review", by, { number, says: one(["APPROVE", "REQUEST_CHANGES", "COMMENT"]), body: "b" });
      return;
    case 6:
      await small.tried("comment", one([...people, "sam"]), {
        number,
        body: one(["/plangate approve", "/plangate hold prod/network", "hm", "/plangate take-back"]),
      });
      return;
    case 7:
      if (comments.length > 0)
        await small.tried("edit-comment", by, { comment: one(comments).id, body: one(["/plangate approve", "no"]) });
      return;
    case 8:
      await small.tried("label", by, { number, add: [one(["urgent", "net"])], remove: [one(["urgent", "net"])] });
      return;
    case 9:
      if (reviews.length > 0)
        await small.tried("dismiss", by, { number: one(reviews).pullRequest, review: one(reviews).id });
      return;
    case 10:
    case 11:
    case 12:
      await small.tried("merge", by, {
        number: open.at(-1)?.number ?? 0,
        method: one(["merge", "squash", "rebase", "fast-forward"]),
      });
      return;
    default:
      await small.tried("edit", by, { number, base: one(["development", "main"]) });
  }
}

const unordered = (facts: PullRequestFacts | undefined) => facts && { ...facts, writers: facts.writers.toSorted() };

describe("GitHub over HTTP and the forge behind it", () => {
  it.each([22, 24])("tell the same of whatever happened, seed %i", { timeout: 180_000 }, async (seed) => {
    const { small, port } = stage;
    const random = numbersFrom(seed);
    await small.did("issue", "ann", { title: "one" });
    for (let steps = 0; steps < 40; steps += 1) await step(random);
    const { pullRequests, pushes } = small.forge.state.repositories[0] ?? { pullRequests: [], pushes: [] };
    expect(pullRequests.length).toBeGreaterThan(1);
    for (const { number } of pullRequests)
      expect(unordered(await port.pullRequest(number))).toEqual(unordered(await plain.pullRequest(number)));
    for (const { ref, after } of pushes) {
      if (after === null) continue;
      const held = async (forge: Forge) => (await forge.pullRequestsOf(after)).map((change) => change.number);
      const branch = ref.replace("refs/heads/", "");
      const told = async (forge: Forge, commit: CommitSha) => ({
        commit,
        held: await held(forge),
        pusher: await forge.pusherOf(branch, commit),
        push: await forge.pushOf?.(branch, commit),
      });
      expect(await told(port, after)).toEqual(await told(plain, after));
      const moved = pushes.findLast((push) => push.ref === ref && push.after === after);
      expect(await port.stoodBefore?.(branch, after)).toBe(moved?.before);
    }
    const heads = (small.forge.state.repositories[0]?.pullRequests ?? []).map(({ head }) => head.branch);
    for (const base of ["main", "development"]) {
      const open = (forge: Forge) => Promise.all(heads.map((head) => forge.openBetween(head, base)));
      expect(await open(port)).toEqual(await open(plain));
    }
  });
});
