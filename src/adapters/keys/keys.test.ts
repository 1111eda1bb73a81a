import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { keyContract } from "../../../test/contract/keys.ts";
import { applyKeys, ensureKeys, planKeys, presentKeys, secretKey } from "./index.ts";

const folder = mkdtempSync(join(tmpdir(), "plangate-keys-"));
afterAll(() => rmSync(folder, { recursive: true }));
let count = 0;
const nextDir = () => join(folder, `${count++}`, "keys");

async function newKeys(): Promise<string> {
  const dir = nextDir();
  await ensureKeys(dir);
  return dir;
}

keyContract("key folder", async () => {
  const dir = await newKeys();
  const { opener, signatures } = await applyKeys(dir);
  return { sealer: await planKeys(dir), opener, signer: (await presentKeys(dir)).signer, signatures };
});

describe("a key folder", () => {
  it("is made once, for this user alone, also by two first uses at a time", async () => {
    const dir = nextDir();
    mkdirSync(dir, { recursive: true, mode: 0o700 });
    await Promise.all([ensureKeys(dir), ensureKeys(dir), ensureKeys(dir)]);
    const before = readdirSync(dir).map((name) => readFileSync(join(dir, name), "utf8"));
    await ensureKeys(dir);
    expect(readdirSync(dir).map((name) => readFileSync(join(dir, name), "utf8"))).toEqual(before);
    expect(before).toHaveLength(5);
    expect(readdirSync(join(dir, ".."))).toEqual(["keys"]);
    expect(statSync(dir).mode & 0o777).toBe(0o700);
    for (const name of readdirSync(dir)) expect(statSync(join(dir, name)).mode & 0o777).toBe(0o600);
    expect(await secretKey(dir)).toHaveLength(32);
  });

  it("gives plan its sealer from the recipient alone", async () => {
    const dir = await newKeys();
    for (const name of readdirSync(dir)) if (name !== "recipient.txt") rmSync(join(dir, name));
    const sealer = await planKeys(dir);
    expect(Object.keys(sealer)).toEqual(["seal"]);
    expect(await sealer.seal(Uint8Array.of(1))).toBeInstanceOf(Uint8Array);
  });

  it("gives present a sealer for itself and for others, each of whom opens alone", async () => {
    const [present, dev, prod] = [await newKeys(), await newKeys(), await newKeys()];
    const recipient = readFileSync(join(dev, "recipient.txt"), "utf8").trim();
    const sealed = await (await presentKeys(present)).sealerWith([recipient]).seal(Uint8Array.of(1));
    for (const dir of [present, dev])
      expect(await (await applyKeys(dir)).opener.open(sealed)).toEqual(Uint8Array.of(1));
    await expect((await applyKeys(prod)).opener.open(sealed)).rejects.toMatchObject({ code: "bundle-altered" });
  });

  it("gives apply nothing to sign or seal with", async () => {
    const dir = await newKeys();
    for (const name of ["recipient.txt", "signing-key.pem", "secret-key.txt"]) rmSync(join(dir, name));
    expect(Object.keys(await applyKeys(dir))).toEqual(["opener", "signatures"]);
  });

  it.each([
    ["identity.txt", 0o640, "can be read by other users (its mode is 640)"],
    ["signing-key.pem", 0o604, "can be read by other users (its mode is 604)"],
    ["recipient.txt", 0o620, "can be written by other users (its mode is 620)"],
    [".", 0o770, "can be written by other users (its mode is 770)"],
  ])("refuses keys that others can get at: %s", async (name, mode, why) => {
    const dir = await newKeys();
    chmodSync(join(dir, name), mode);
    await expect(presentKeys(dir)).rejects.toMatchObject({
      code: "keys-exposed",
      reaction: "stop",
      message: expect.stringContaining(why),
      hint: expect.stringContaining("chmod"),
    });
  });

  it("lets others read what is no secret", async () => {
    const dir = await newKeys();
    chmodSync(join(dir, "recipient.txt"), 0o644);
    chmodSync(dir, 0o755);
    expect(await planKeys(dir)).toBeDefined();
  });

  it("says what is missing, and makes no new keys beside old ones", async () => {
    const dir = await newKeys();
    renameSync(join(dir, "identity.txt"), join(dir, "elsewhere"));
    await expect(applyKeys(dir)).rejects.toMatchObject({
      code: "keys-missing",
      message: expect.stringContaining("identity.txt"),
    });
    await expect(ensureKeys(dir)).rejects.toMatchObject({ code: "keys-missing" });
    await expect(planKeys(nextDir())).rejects.toMatchObject({ code: "keys-missing" });
  });

  it.each(["identity.txt", "signing-key.pem", "trusted-keys.pem", "recipient.txt", "secret-key.txt"])(
    "names a damaged file and shows nothing of it: %s",
    async (name) => {
      const dir = await newKeys();
      writeFileSync(join(dir, name), "hunter2");
      const use = async () => [await presentKeys(dir), await applyKeys(dir), await secretKey(dir)];
      const error = await use().catch((reason: Error) => reason);
      expect(error).toMatchObject({ code: "keys-damaged" });
      expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain("hunter2");
    },
  );

  it("trusts a key that a person added", async () => {
    const [ours, theirs] = [await newKeys(), await newKeys()];
    appendFileSync(join(ours, "trusted-keys.pem"), readFileSync(join(theirs, "trusted-keys.pem")));
    const { signer } = await presentKeys(theirs);
    const { signatures } = await applyKeys(ours);
    expect(await signatures.verify(await signer.sign("text"), signer.keyId)).toBe(true);
  });
});
