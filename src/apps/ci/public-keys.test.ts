import { describe, expect, it } from "vitest";
import type { TreeSha } from "../../domain/names.ts";
import { publicKeysFile, publicKeysText } from "../../domain/public-keys.ts";
import { mustBeKnownKeys } from "./public-keys.ts";

const keys = { seal: "age1ours", verify: "-----BEGIN PUBLIC KEY-----\nours\n-----END PUBLIC KEY-----" };
const given = { PLANGATE_SEAL_KEY: `${keys.seal}\n`, PLANGATE_VERIFY_KEY: keys.verify };
const held = (env: Record<string, string>, text: string | null) =>
  mustBeKnownKeys(env, {
    tree: "a".repeat(40) as TreeSha,
    reader: {
      fileAt: async (_, path) =>
        text === null || path !== publicKeysFile ? undefined : { blob: "b", content: new TextEncoder().encode(text) },
    },
  });

describe("public keys that a job is given", () => {
  it("are those of the default branch; a job that is given none asks for none", async () => {
    await held(given, publicKeysText(keys));
    // A job of another kind is given fewer.
    await held({ PLANGATE_SEAL_KEY: keys.seal, PLANGATE_VERIFY_KEY: "" }, publicKeysText(keys));
    await held({}, publicKeysText(keys));
    await held({ PLANGATE_SEAL_KEY: "" }, null);
  });

  it.each(["PLANGATE_SEAL_KEY", "PLANGATE_VERIFY_KEY"])("end the job when somebody replaced %s", async (name) => {
    await expect(held({ ...given, [name]: "age1evil" }, publicKeysText(keys))).rejects.toMatchObject({
      code: "keys-replaced",
      message: expect.stringContaining(name),
    });
  });

  it.each([["PLANGATE_SEAL_KEY"], ["PLANGATE_VERIFY_KEY"], Object.keys(given)])(
    "end the job where the default branch has none, and say what to commit: %s",
    async (...names) => {
      const env = Object.fromEntries(names.map((name) => [name, "age1anybody"]));
      await expect(held(env, null)).rejects.toMatchObject({
        code: "keys-not-committed",
        message: expect.stringContaining(names.join(" and ")),
        hint: expect.stringMatching(/plangate ci keys.*\.github\/plangate\/keys\.json/),
      });
    },
  );

  it.each([
    "",
    "{}",
    "[]",
    "null",
    '{"seal":"age1ours"}',
    '{"seal":"","verify":""}',
    '{"seal":"a","verify":"b","more":""}',
  ])("end the job when the file says %j", async (text) => {
    await expect(held(given, text)).rejects.toMatchObject({ code: "keys-damaged" });
  });
});
