import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { applyKeys, planKeys, presentKeys, secretKey } from "../../adapters/keys/index.ts";
import type { TreeSha } from "../../domain/names.ts";
import { type PublicKeys, parsePublicKeys } from "../../domain/public-keys.ts";
import { madeKeys } from "../../testing/made-keys.ts";
import { placeJobKeys, secretsIn, withoutKeys } from "./job-keys.ts";
import { keysCommand } from "./make-keys.ts";
import { mustBeKnownKeys, recipientAt } from "./public-keys.ts";

let dir = "";
let made = "";
beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), "plangate-keys-"));
  made = join(dir, "made");
  await keysCommand(made, ["dev", "prod"]);
});
afterEach(() => rmSync(dir, { recursive: true }));

/** What a job has in an environment on GitHub. */
const envAt = (environment: string) => madeKeys(made, environment);

function committed(folder: string): PublicKeys {
  const keys = parsePublicKeys(readFileSync(join(folder, "keys.json"), "utf8"));
  if (keys === undefined) throw new Error("keys.json cannot be read");
  return keys;
}

/** Whether the key of an environment opens what was closed. */
async function opens(environment: string, sealed: Uint8Array): Promise<boolean> {
  const keys = placeJobKeys("apply", envAt(environment), mkdtempSync(join(dir, "apply-")));
  const { opener } = await applyKeys(keys.dir);
  return opener.open(sealed).then(
    () => true,
    (error: { readonly code?: string }) => {
      expect(error.code).toBe("bundle-altered");
      return false;
    },
  );
}

describe("the keys of a job", () => {
  it("are those of its kind and no others, for this user alone, and gone afterwards", () => {
    const plan = placeJobKeys("plan", envAt("dev"), join(dir, "plan"));
    expect(readdirSync(plan.dir)).toEqual(["recipient.txt"]);
    const apply = placeJobKeys("apply", envAt("dev"), join(dir, "apply"));
    expect(readdirSync(apply.dir).sort()).toEqual(["identity.txt", "secret-key.txt", "trusted-keys.pem"]);
    expect(statSync(apply.dir).mode & 0o777).toBe(0o700);
    for (const name of readdirSync(apply.dir)) expect(statSync(join(apply.dir, name)).mode & 0o777).toBe(0o600);
    apply.remove();
    expect(() => statSync(apply.dir)).toThrow("ENOENT");
  });

  it("that `ci keys` makes close, open, sign and check for one another, an environment's for itself alone", async () => {
    const present = await presentKeys(placeJobKeys("present", envAt("plangate"), join(dir, "present")).dir);
    const plan = await planKeys(placeJobKeys("plan", envAt("dev"), join(dir, "plan")).dir);
    const content = new Uint8Array(Buffer.from("a plan"));
    const handed = await plan.seal(content);
    expect(await present.opener.open(handed)).toEqual(content);
    expect([await opens("dev", handed), await opens("prod", handed)]).toEqual([false, false]);
    const stored = await present.sealerWith([recipientAt(committed(made), "prod")]).seal(content);
    expect(await present.opener.open(stored)).toEqual(content);
    expect([await opens("dev", stored), await opens("prod", stored)]).toEqual([false, true]);
    const apply = await applyKeys(placeJobKeys("apply", envAt("prod"), join(dir, "apply")).dir);
    expect(await apply.signatures.verify(await present.signer.sign("text"), present.signer.keyId)).toBe(true);
  });

  it("for digests are the same wherever inputs are compared, and open nothing", async () => {
    const present = placeJobKeys("present", envAt("plangate"), join(dir, "present"));
    const apply = placeJobKeys("apply", { ...envAt("dev"), PLANGATE_SIGN_KEY: "" }, join(dir, "apply"));
    expect(await secretKey(present.dir)).toEqual(await secretKey(apply.dir));
    expect(() => placeJobKeys("apply", { ...envAt("dev"), PLANGATE_DIGEST_KEY: "" }, join(dir, "none"))).toThrow(
      "PLANGATE_DIGEST_KEY is not set",
    );
  });

  it("are asked for by name where one is missing, and never told", () => {
    expect(() =>
      placeJobKeys("present", { ...envAt("plangate"), PLANGATE_SIGN_KEY: undefined }, join(dir, "x")),
    ).toThrow("PLANGATE_SIGN_KEY is not set");
  });

  it("are passed on to no program", () => {
    const given = { ...envAt("plangate"), GITHUB_TOKEN: "ghs_x", PLANGATE_APP_KEY: "key", TF_VAR_size: "1" };
    expect(withoutKeys(given)).toEqual({ TF_VAR_size: "1" });
    expect(Object.keys(secretsIn(given)).sort()).toEqual([
      "GITHUB_TOKEN",
      "PLANGATE_APP_KEY",
      "PLANGATE_DIGEST_KEY",
      "PLANGATE_OPEN_KEY",
      "PLANGATE_SIGN_KEY",
    ]);
  });
});

describe("the folder of keys", () => {
  it("has a file to commit, with one key of each environment, which jobs hold the others to", async () => {
    const text = readFileSync(join(made, "keys.json"), "utf8");
    expect(committed(made)).toEqual({
      seal: envAt("plangate").PLANGATE_SEAL_KEY?.trim(),
      verify: envAt("plangate").PLANGATE_VERIFY_KEY?.trim(),
      environments: { dev: expect.stringMatching(/^age1/), prod: expect.stringMatching(/^age1/) },
    });
    const tree = "a".repeat(40) as TreeSha;
    const fileAt = async () => ({ blob: "b", content: new TextEncoder().encode(text) });
    expect(await mustBeKnownKeys(envAt("plangate"), { tree, reader: { fileAt } })).toEqual(committed(made));
  });

  it("is shown nowhere: what is printed names files and no key", async () => {
    const again = join(dir, "again");
    const { text, fields } = await keysCommand(again, ["dev"]);
    expect(text).toContain("cp FILE .github/plangate/keys.json");
    for (const environment of ["plangate", "dev"])
      for (const name of ["PLANGATE_OPEN_KEY", "PLANGATE_DIGEST_KEY"])
        expect(text + JSON.stringify(fields)).not.toContain(madeKeys(again, environment)[name]?.trim());
    expect(JSON.stringify(fields)).toContain(JSON.stringify(join(again, "dev", "PLANGATE_OPEN_KEY")).slice(1, -1));
  });

  it("gets those of environments that are new, from a copy, and keeps the others", async () => {
    const copy = join(dir, "copy");
    cpSync(made, copy, { recursive: true });
    rmSync(join(copy, "plangate"), { recursive: true });
    const before = committed(made);
    const { text } = await keysCommand(copy, ["dev", "stage", "prod"]);
    const after = committed(copy);
    expect(after).toEqual({
      ...before,
      environments: { ...before.environments, stage: expect.stringMatching(/^age1/) },
    });
    expect(readFileSync(join(copy, "dev", "PLANGATE_OPEN_KEY"), "utf8")).toBe(envAt("dev").PLANGATE_OPEN_KEY);
    expect(readdirSync(copy)).not.toContain("plangate");
    expect(text).toContain(join(copy, "stage", "PLANGATE_OPEN_KEY"));
    expect(text).not.toContain(join(copy, "dev"));
    expect((await keysCommand(copy, ["dev", "stage"])).text).toContain("has a key already");
    expect(committed(copy)).toEqual(after);
  });

  it("takes up a key that was made by a command that ended before it said so", async () => {
    const before = committed(made);
    writeFileSync(
      join(made, "keys.json"),
      JSON.stringify({ ...before, environments: { dev: before.environments.dev } }),
    );
    await keysCommand(made, ["dev", "prod"]);
    expect(committed(made)).toEqual(before);
  });

  it("is left alone where something else is in its place", async () => {
    const unusable = { code: "keys-unreachable" };
    await expect(keysCommand(dir, ["dev"])).rejects.toMatchObject(unusable);
    await expect(keysCommand(join(made, "keys.json"), ["dev"])).rejects.toMatchObject(unusable);
    await expect(keysCommand(join(dir, "missing", "keys"), ["dev"])).rejects.toMatchObject(unusable);
    writeFileSync(join(made, "keys.json"), "{}");
    await expect(keysCommand(made, ["stage"])).rejects.toMatchObject(unusable);
    expect(readdirSync(made)).not.toContain("stage");
  });

  it("has none for an environment with the name of plangate's own", async () => {
    await expect(keysCommand(made, ["Plangate"])).rejects.toMatchObject({
      diagnostics: [{ code: "environment-twice" }],
    });
  });
});
