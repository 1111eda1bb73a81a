import { describe, expect, it } from "vitest";
import { parsePublicKeys, publicKeysText, replacedVariables } from "./public-keys.ts";

const keys = { seal: "age1ours", verify: "-----BEGIN\nours\n-----END" };

describe("the file of public keys", () => {
  it("is read as it is written", () => {
    expect(parsePublicKeys(publicKeysText({ seal: "age1ours\n", verify: `${keys.verify}\n` }))).toEqual(keys);
  });

  it.each([
    "",
    "7",
    "null",
    "[]",
    "{}",
    '{"seal":"a"}',
    '{"seal":1,"verify":"b"}',
    '{"seal":" ","verify":"b"}',
    '{"seal":"a","verify":"b","more":"c"}',
  ])("says nothing when it holds %j", (text) => {
    expect(parsePublicKeys(text)).toBeUndefined();
  });

  it("tells which variables hold another key, whatever spaces are around it", () => {
    const live = (PLANGATE_SEAL_KEY?: string, PLANGATE_VERIFY_KEY?: string) =>
      replacedVariables(keys, { PLANGATE_SEAL_KEY, PLANGATE_VERIFY_KEY, OTHER: "x" }).map(({ variable }) => variable);
    expect(live("age1ours\n", keys.verify)).toEqual([]);
    expect(live(undefined, " ")).toEqual([]);
    expect(live("age1OURS", "theirs")).toEqual(["PLANGATE_SEAL_KEY", "PLANGATE_VERIFY_KEY"]);
  });
});
