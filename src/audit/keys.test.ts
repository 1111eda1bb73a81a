import { describe, expect, it } from "vitest";
import { look, perfect } from "../../test/audit/audited.ts";
import { publicKeysText } from "../domain/public-keys.ts";
import type { SeenSettings } from "../domain/seen-settings.ts";

describe("keys", () => {
  const keys = (value: Extract<SeenSettings["keys"], { readonly kind: "seen" }>["value"]): SeenSettings => ({
    ...perfect,
    keys: { kind: "seen", value },
  });

  it("are told where they are missing, each once, where they can be put already, and are no finding", () => {
    const { findings, missingKeys } = look(
      keys({
        variables: { OTHER: "x" },
        publicKeys: null,
        environments: [
          { name: "Plangate", secrets: ["PLANGATE_OPEN_KEY"] },
          { name: "prod", secrets: [] },
          { name: "release-gate", secrets: [] },
        ],
      }),
    );
    expect(findings).toEqual([]);
    // What opens in an environment is its own, at a gate that of where it leads, and an app's key is nothing we make.
    expect(missingKeys).toEqual([
      { name: "PLANGATE_SEAL_KEY", environment: null, file: "PLANGATE_SEAL_KEY" },
      { name: "PLANGATE_SIGN_KEY", environment: "plangate", file: "plangate/PLANGATE_SIGN_KEY" },
      { name: "PLANGATE_OPEN_KEY", environment: "prod", file: "prod/PLANGATE_OPEN_KEY" },
      { name: "PLANGATE_DIGEST_KEY", environment: "prod", file: "PLANGATE_DIGEST_KEY" },
      { name: "PLANGATE_OPEN_KEY", environment: "release-gate", file: "prod/PLANGATE_OPEN_KEY" },
      { name: "PLANGATE_APP_KEY", environment: "release-gate", file: null },
    ]);
  });

  it("are found where jobs must not have them: what signs at an apply, what opens at a plan", () => {
    const open = ["PLANGATE_OPEN_KEY"];
    const { findings, missingKeys } = look(
      keys({
        variables: { PLANGATE_SEAL_KEY: "age1ours" },
        publicKeys: null,
        environments: [
          { name: "plangate", secrets: [...open, "PLANGATE_SIGN_KEY"] },
          { name: "prod", secrets: [...open, "PLANGATE_DIGEST_KEY", "PLANGATE_SIGN_KEY", "DATABASE_PASSWORD"] },
          { name: "prod-plan", secrets: [...open, "DATABASE_PASSWORD"] },
        ],
      }),
    );
    expect(missingKeys).toEqual([]);
    expect(findings.map(({ code, where, loophole }) => `${code} ${loophole} ${where}`)).toEqual([
      'key-out-of-place L36 secret PLANGATE_SIGN_KEY of environment "prod"',
      'key-out-of-place L36 secret PLANGATE_OPEN_KEY of environment "prod-plan"',
    ]);
  });

  it("among the variables are held to those of the default branch, as jobs hold them", () => {
    const ours = publicKeysText({ seal: "age1ours", verify: "ours", environments: {} });
    const found = (variables: Readonly<Record<string, string>>, publicKeys: string | null = ours) => {
      const { findings, lacksPublicKeys } = look(keys({ variables, publicKeys, environments: [] }));
      return [lacksPublicKeys, ...findings.map(({ code, where, loophole }) => `${code} ${loophole} ${where}`)];
    };
    expect(found({ PLANGATE_SEAL_KEY: "age1ours\n", PLANGATE_VERIFY_KEY: "ours" })).toEqual([false]);
    expect(found({})).toEqual([false]);
    expect(found({ PLANGATE_SEAL_KEY: "age1theirs", PLANGATE_VERIFY_KEY: "theirs" })).toEqual([
      false,
      "keys-replaced L41 variable PLANGATE_SEAL_KEY",
      "keys-replaced L41 variable PLANGATE_VERIFY_KEY",
    ]);
    expect(found({ PLANGATE_SEAL_KEY: "age1ours" }, "{}")).toEqual([
      false,
      "keys-damaged L41 .github/plangate/keys.json",
    ]);
    expect(found({ PLANGATE_SEAL_KEY: "age1ours" }, null)).toEqual([true]);
  });

  it("of environments are missed where the default branch has none of them, while it has others", () => {
    const text = (environments: Readonly<Record<string, string>>) =>
      publicKeysText({ seal: "age1ours", verify: "ours", environments });
    const without = (publicKeys: string | null) =>
      look(keys({ variables: {}, environments: [], publicKeys })).environmentsWithoutKey;
    expect(without(text({ dev: "age1dev" }))).toEqual(["prod"]);
    expect(without(text({ prod: "age1prod" }))).toEqual([]);
    for (const told of [null, "{}"]) expect(without(told)).toEqual([]);
  });

  it("that a token may not see are told as hidden", () => {
    const { findings, missingKeys, lacksPublicKeys } = look({
      ...perfect,
      keys: { kind: "hidden", why: "Environments (read)" },
    });
    expect(findings.map(({ code, where }) => `${code} ${where}`)).toEqual([
      "setting-hidden secrets of the environments",
    ]);
    expect(missingKeys).toEqual([]);
    expect(lacksPublicKeys).toBe(false);
  });
});
