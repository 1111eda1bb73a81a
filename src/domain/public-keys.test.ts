import { describe, expect, it } from "vitest";
import { keyOfEnvironment, parsePublicKeys, publicKeysText, replacedVariables } from "./public-keys.ts";

const environments = { dev: "age1dev", prod: "age1prod" };
const keys = { seal: "age1ours", verify: "-----BEGIN\nours\n-----END", environments };

describe("the file of public keys", () => {
  it("is read as it is written", () => {
    const given = { prod: "age1prod\n", dev: "age1dev" };
    const text = publicKeysText({ seal: "age1ours\n", verify: `${keys.verify}\n`, environments: given });
    expect(parsePublicKeys(text)).toEqual(keys);
    expect(text).toBe(publicKeysText(keys));
  });

  it.each([
    "",
    "7",
    "null",
    "[]",
    "{}",
    '{"seal":"a"}',
    '{"seal":"a","verify":"b"}',
    '{"seal":1,"verify":"b","environments":{}}',
    '{"seal":" ","verify":"b","environments":{}}',
    '{"seal":"a","verify":"b","environments":[]}',
    '{"seal":"a","verify":"b","environments":{"dev":7}}',
    '{"seal":"a","verify":"b","environments":{"dev":" "}}',
    '{"seal":"a","verify":"b","environments":{},"more":"c"}',
  ])("says nothing when it holds %j", (text) => {
    expect(parsePublicKeys(text)).toBeUndefined();
  });

  it("has a key of the environments that it names, and of nothing else", () => {
    expect(keyOfEnvironment(keys, "prod")).toBe("age1prod");
    for (const other of ["test", "constructor", "__proto__"]) expect(keyOfEnvironment(keys, other)).toBeNull();
    const odd = parsePublicKeys('{"seal":"a","verify":"b","environments":{"__proto__":"age1x"}}');
    expect(odd && keyOfEnvironment(odd, "dev")).toBeNull();
  });

  it("tells which variables hold another key, whatever spaces are around it", () => {
    const live = (PLANGATE_SEAL_KEY?: string, PLANGATE_VERIFY_KEY?: string) =>
      replacedVariables(keys, { PLANGATE_SEAL_KEY, PLANGATE_VERIFY_KEY, OTHER: "x" }).map(({ variable }) => variable);
    expect(live("age1ours\n", keys.verify)).toEqual([]);
    expect(live(undefined, " ")).toEqual([]);
    expect(live("age1OURS", "theirs")).toEqual(["PLANGATE_SEAL_KEY", "PLANGATE_VERIFY_KEY"]);
  });
});
