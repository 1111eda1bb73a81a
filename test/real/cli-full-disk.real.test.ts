import { spawnSync } from "node:child_process";
import { readdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { main, run } from "./support/command-line.ts";
import { expectTold, type Failure } from "./support/documents.ts";
import { ordinaryRepository, planOf, web } from "./support/made-repositories.ts";
import type { TestRepository } from "./support/repository.ts";

/** A disk of its own needs a mount, which some machines keep for themselves. */
const mounting = spawnSync("unshare", ["-rm", "sh", "-c", "mount -t tmpfs -o size=64k tmpfs /mnt"], {
  encoding: "utf8",
});

describe("a disk that is full", () => {
  beforeAll(() => {
    if (mounting.status === 0) return;
    throw new Error(
      `this machine does not let a test mount a small disk (unshare -rm): ${mounting.stderr ?? mounting.error}`,
    );
  });

  const diskFull: Failure = { exit: 1, code: "disk-full", summary: /./, hint: /[Ff]ree/ };

  it("while planning: says so wherever it comes first, and nothing is half written", async () => {
    const repository = ordinaryRepository();
    const home = join(repository.top, ".plangate");
    await planOf(repository);
    let failures = 0;
    for (const left of [8, 40, 56, 72]) {
      const ran = await full(repository, left, ["plan", web, "--json"]);
      if (ran.code === 0) continue;
      failures++;
      expectTold(ran, diskFull);
      expect(readdirSync(join(home, "bundles")).filter((name) => name.startsWith("."))).toEqual([]);
      expect((await run(repository.top, ["ledger", "verify"])).code).toBe(0);
    }
    expect(failures).toBeGreaterThan(1);
    expect((await run(repository.top, ["plan", web])).code).toBe(0);
  });

  it("when an apply would begin: nothing is started, and the plan is as good as before", async () => {
    const repository = ordinaryRepository();
    const { digest } = await planOf(repository);
    expectTold(await full(repository, 8, ["apply", web, "--plan", digest, "--json"]), diskFull);
    expect(repository.effects()).toEqual([]);
    expect((await run(repository.top, ["apply", web, "--plan", digest])).code).toBe(0);
    expect(repository.effects()).toEqual(["applied"]);
  });

  /** Runs a command with the home on a disk that has so much room left, and puts what is there afterwards back. */
  async function full({ top, around }: TestRepository, left: number, args: readonly string[]) {
    const home = join(top, ".plangate");
    const script = [
      "set -e",
      `used=$(du -sk "$HOME_DIR" | cut -f1)`,
      `mkdir -p "$KEPT"; cp -a "$HOME_DIR/." "$KEPT"`,
      `mount -t tmpfs -o size=$((used + ${left}))k tmpfs "$HOME_DIR"`,
      `cp -a "$KEPT/." "$HOME_DIR"`,
      "set +e",
      `"$NODE" "$MAIN" "$@"; code=$?`,
      `rm -rf "$KEPT"; cp -a "$HOME_DIR" "$KEPT"; exit $code`,
    ].join("\n");
    const kept = join(around, "kept");
    const env = { ...process.env, NODE: process.execPath, MAIN: main, HOME_DIR: home, KEPT: kept };
    const { status, stdout, stderr } = spawnSync("unshare", ["-rm", "sh", "-c", script, "sh", ...args], {
      cwd: top,
      env,
      encoding: "utf8",
    });
    rmSync(home, { recursive: true });
    renameSync(kept, home);
    return { code: status, signal: null, stdout, stderr };
  }
});
