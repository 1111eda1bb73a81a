import { describe, expect, it } from "vitest";
import { makeSealingKeys } from "../../adapters/keys/index.ts";
import type { TreeSha } from "../../domain/names.ts";
import { publicKeysFile, publicKeysText } from "../../domain/public-keys.ts";
import { mustBeKnownKeys, mustOpenOnlyFor, recipientAt } from "./public-keys.ts";

const verify = "-----BEGIN PUBLIC KEY-----\nours\n-----END PUBLIC KEY-----";
const keys = { seal: "age1ours", verify, environments: { dev: "age1dev" } };
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
    expect(await held(given, publicKeysText(keys))).toEqual(keys);
    // A job of another kind is given fewer.
    await held({ PLANGATE_SEAL_KEY: keys.seal, PLANGATE_VERIFY_KEY: "" }, publicKeysText(keys));
    expect(await held({}, publicKeysText(keys))).toBeNull();
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
    '{"seal":"a","verify":"b"}',
    '{"seal":"a","verify":"b","environments":{},"more":""}',
  ])("end the job when the file says %j", async (text) => {
    await expect(held(given, text)).rejects.toMatchObject({ code: "keys-damaged" });
  });
});

describe("the key that opens", async () => {
  const [present, dev, prod] = await Promise.all([makeSealingKeys(), makeSealingKeys(), makeSealingKeys()]);
  const environments = { dev: dev.recipient, prod: prod.recipient };
  const known = { seal: present.recipient, verify, environments };
  const holds = (identity: string, environment: string | null) =>
    mustOpenOnlyFor(
      { PLANGATE_OPEN_KEY: `${identity}\n` },
      known,
      environment === null ? null : { environment, held: `demo-${environment}` },
    );

  it("is an environment's own where a job applies, and that of all where it presents", async () => {
    await holds(dev.identity, "dev");
    await holds(prod.identity, "prod");
    await holds(present.identity, null);
  });

  it.each([
    { name: "of another environment", identity: prod.identity, at: "dev" },
    { name: "of all where one would do", identity: present.identity, at: "dev" },
    { name: "of one where all are presented", identity: dev.identity, at: null },
    { name: "that is none", identity: "AGE-SECRET-KEY-1X", at: "dev" },
    {
      name: "that is none any more",
      identity: `${dev.identity.slice(0, -1)}${dev.identity.endsWith("Q") ? "P" : "Q"}`,
      at: "dev",
    },
  ])("ends the job when it is one $name", async ({ identity, at }) => {
    const error = await holds(identity, at).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      code: "keys-replaced",
      hint: expect.stringContaining(
        at === null
          ? "--env plangate < FOLDER/plangate/PLANGATE_OPEN_KEY"
          : "--env demo-dev < FOLDER/dev/PLANGATE_OPEN_KEY",
      ),
    });
    expect(JSON.stringify(error)).not.toContain(identity);
  });

  it("of an environment that the default branch names none for is asked for, and so is one that is no key", async () => {
    const missing = { code: "environment-without-key", message: expect.stringContaining("no key of stage") };
    await expect(holds(dev.identity, "stage")).rejects.toMatchObject(missing);
    expect(() => recipientAt({ ...known, environments: { stage: "age1stage" } }, "stage")).toThrow("no key of stage");
    expect(() => recipientAt(null, "dev")).toThrow("no key of dev");
    expect(recipientAt(known, "dev")).toBe(dev.recipient);
  });
});
