import { describe, expect, it } from "vitest";
import { withGivenSecrets } from "./given-secrets.ts";

const given = (text: string, how = "stdin") => withGivenSecrets({ PATH: "/bin", PLANGATE_SECRETS: how }, () => text);

describe("withGivenSecrets", () => {
  it("adds what standard input gives, line ends and all, and reads nothing where it is not said", () => {
    expect(given("GITHUB_TOKEN\0a\0PLANGATE_SIGN_KEY\0-----\nb=c\n-----\n\0")).toMatchObject({
      PATH: "/bin",
      GITHUB_TOKEN: "a",
      PLANGATE_SIGN_KEY: "-----\nb=c\n-----\n",
    });
    expect(given("PLANGATE_APP_KEY\0\0").PLANGATE_APP_KEY).toBe("");
    const read = () => {
      throw new Error("it was read");
    };
    for (const env of [{}, { PLANGATE_SECRETS: "" }]) expect(withGivenSecrets(env, read)).toBe(env);
  });

  it.each([
    ["half of it", "GITHUB_TOKEN\0a"],
    ["a name alone", "GITHUB_TOKEN\0"],
    ["nothing", ""],
    ["a name that is none", "__proto__\0a\0"],
    ["too much", `A\0${"x".repeat(300_000)}\0`],
  ])("refuses %s", (_, text) => {
    expect(() => given(text)).toThrow(/^taking the job's secrets: standard input (?:does not give|names)/);
  });

  it("refuses another way than standard input", () => {
    expect(() => given("A\0b\0", "file")).toThrow(/PLANGATE_SECRETS is "file"/);
  });
});
