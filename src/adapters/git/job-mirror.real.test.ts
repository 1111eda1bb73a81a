import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { CommitSha } from "../../domain/names.ts";
import { initBare, openRepository, openWriter } from "./index.ts";
import { mirrorCheckout, renewRefs } from "./job-mirror.ts";

let folder: string;
let remote: string;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "plangate-mirror-"));
  remote = join(folder, "remote.git");
  await initBare(remote);
});
afterEach(() => rmSync(folder, { recursive: true }));

const person = { name: "Ann", email: "ann@example.com" };
const about = (message: string) => ({ author: person, committer: person, message, at: Date.UTC(2026, 0, 6) });

/** Moves a ref of the remote to a new commit, wherever it was; `null` removes it. */
async function moved(ref: string, parent: CommitSha | null, text: string | null): Promise<CommitSha | null> {
  const writer = openWriter(remote);
  const repository = openRepository(remote);
  const from = (await repository.resolve(ref)) ?? null;
  repository.close();
  const to = text === null ? null : await writer.writeFiles(parent, { "main.tf": text }, about(text));
  expect(await writer.updateRef(ref, { from, to })).toBe(true);
  return to;
}

describe("the mirror of a checkout", () => {
  it("has branches and tags where they are when it looks again: pushed, by force, new and gone", async () => {
    const first = await moved("refs/heads/main", null, "1");
    await moved("refs/heads/release", first, "2");
    await moved("refs/heads/gone", first, "3");
    await moved("refs/tags/v1", first, "4");
    const record = await moved("refs/heads/plangate/record", null, "5");
    const checkout = join(folder, "checkout");
    execFileSync("git", ["clone", "--quiet", remote, checkout]);
    const mirror = await mirrorCheckout(checkout, join(folder, "mirror.git"), { env: process.env });
    const repository = openRepository(mirror);
    const now = async () =>
      Promise.all(
        ["main", "release", "gone", "new", "plangate/record"]
          .map((name) => `refs/heads/${name}`)
          .concat("refs/tags/v1")
          .map((ref) => repository.resolve(ref)),
      );
    // What was read before must not stay.
    expect((await now()).filter((commit) => commit !== undefined)).toHaveLength(5);

    const pushed = await moved("refs/heads/main", first, "6");
    const forced = await moved("refs/heads/release", null, "7");
    await moved("refs/heads/gone", null, null);
    const fresh = await moved("refs/heads/new", first, "8");
    const tag = await moved("refs/tags/v1", first, "9");
    await moved("refs/heads/plangate/record", record, "10");
    await renewRefs(mirror, { url: remote, env: process.env, without: "plangate/record" });
    expect(await now()).toEqual([pushed, forced, undefined, fresh, record, tag]);
    expect(await repository.changedPaths(pushed as CommitSha, forced as CommitSha)).toEqual(["main.tf"]);
    repository.close();
  });

  it("says so when the remote cannot be reached, and keeps what it has", async () => {
    const first = await moved("refs/heads/main", null, "1");
    const checkout = join(folder, "checkout");
    execFileSync("git", ["clone", "--quiet", remote, checkout]);
    const mirror = await mirrorCheckout(checkout, join(folder, "mirror.git"), { env: process.env });
    const renewed = renewRefs(mirror, {
      url: "http://127.0.0.1:1/a.git",
      env: process.env,
      without: "plangate/record",
    });
    await expect(renewed).rejects.toMatchObject({ code: "record-unreachable", reaction: "retry" });
    const repository = openRepository(mirror);
    expect(await repository.resolve("refs/heads/main")).toBe(first);
    repository.close();
  });
});
