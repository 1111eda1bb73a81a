import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { applyKeys, planKeys, presentKeys, secretKey } from "../../adapters/keys/index.ts";
import type { TreeSha } from "../../domain/names.ts";
import { placeJobKeys, secretsIn, withoutKeys } from "./job-keys.ts";
import { keysCommand } from "./make-keys.ts";
import { mustBeKnownKeys } from "./public-keys.ts";

describe("the keys of a job", () => {
  let dir = "";
  let env: Record<string, string> = {};
  beforeEach(async () => {
    dir = mkdtempSync(join(tmpdir(), "plangate-keys-"));
    await keysCommand(join(dir, "made"));
    env = Object.fromEntries(
      readdirSync(join(dir, "made"))
        .filter((name) => name.startsWith("PLANGATE_"))
        .map((name) => [name, readFileSync(join(dir, "made", name), "utf8")]),
    );
  });
  afterEach(() => rmSync(dir, { recursive: true }));

  it("are those of its kind and no others, for this user alone, and gone afterwards", () => {
    const plan = placeJobKeys("plan", env, join(dir, "plan"));
    expect(readdirSync(plan.dir)).toEqual(["recipient.txt"]);
    const apply = placeJobKeys("apply", env, join(dir, "apply"));
    expect(readdirSync(apply.dir).sort()).toEqual(["identity.txt", "secret-key.txt", "trusted-keys.pem"]);
    expect(statSync(apply.dir).mode & 0o777).toBe(0o700);
    for (const name of readdirSync(apply.dir)) expect(statSync(join(apply.dir, name)).mode & 0o777).toBe(0o600);
    apply.remove();
    expect(() => statSync(apply.dir)).toThrow("ENOENT");
  });

  it("that `ci keys` makes close, open, sign and check for one another", async () => {
    const present = await presentKeys(placeJobKeys("present", env, join(dir, "present")).dir);
    const plan = await planKeys(placeJobKeys("plan", env, join(dir, "plan")).dir);
    const apply = await applyKeys(placeJobKeys("apply", env, join(dir, "apply")).dir);
    expect(await apply.opener.open(await plan.seal(Buffer.from("a plan")))).toEqual(
      new Uint8Array(Buffer.from("a plan")),
    );
    expect(await apply.signatures.verify(await present.signer.sign("text"), present.signer.keyId)).toBe(true);
  });

  it("for digests follows from the one that opens, so that deciding and applying compare the same", async () => {
    const present = placeJobKeys("present", env, join(dir, "present"));
    const apply = placeJobKeys("apply", { ...env, PLANGATE_SIGN_KEY: "" }, join(dir, "apply"));
    expect(await secretKey(present.dir)).toEqual(await secretKey(apply.dir));
  });

  it("are asked for by name where one is missing, and never told", () => {
    expect(() => placeJobKeys("present", { ...env, PLANGATE_SIGN_KEY: undefined }, join(dir, "x"))).toThrow(
      "PLANGATE_SIGN_KEY is not set",
    );
  });

  it("are passed on to no program", () => {
    const given = { ...env, GITHUB_TOKEN: "ghs_x", PLANGATE_APP_KEY: "key", TF_VAR_size: "1" };
    expect(withoutKeys(given)).toEqual({ TF_VAR_size: "1" });
    expect(Object.keys(secretsIn(given)).sort()).toEqual([
      "GITHUB_TOKEN",
      "PLANGATE_APP_KEY",
      "PLANGATE_OPEN_KEY",
      "PLANGATE_SIGN_KEY",
    ]);
  });

  it("have a file to commit, which holds jobs to the public ones and names no other", async () => {
    const text = readFileSync(join(dir, "made", "keys.json"), "utf8");
    expect(JSON.parse(text)).toEqual({
      seal: env.PLANGATE_SEAL_KEY?.trim(),
      verify: env.PLANGATE_VERIFY_KEY?.trim(),
    });
    const tree = "a".repeat(40) as TreeSha;
    const fileAt = async () => ({ blob: "b", content: new TextEncoder().encode(text) });
    await mustBeKnownKeys(env, { tree, reader: { fileAt } });
  });

  it("stay in their files: what is printed names none of them", async () => {
    const { text, fields } = await keysCommand(join(dir, "again"));
    const secret = readFileSync(join(dir, "again", "PLANGATE_OPEN_KEY"), "utf8").trim();
    expect(text).toContain("cp FILE .github/plangate/keys.json");
    expect(text + JSON.stringify(fields)).not.toContain(secret);
    await expect(keysCommand(join(dir, "again"))).rejects.toMatchObject({ code: "keys-unreachable" });
  });
});
