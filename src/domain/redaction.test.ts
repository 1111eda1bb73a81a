import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { aChange, aPlan } from "../testing/plan-json.ts";
import { environmentRedactor, lineRedactor, makeRedactor, sensitiveValuesOf } from "./redaction.ts";

const bySecret = makeRedactor({
  values: ["hunter2-super-secret", 'p@ss w<o"rd', "first\nsecond-long-line\r\n  third-long-line", "abc", "true"],
});
const byShape = makeRedactor({ values: [] });
// Put together here, so that no scanner takes this file for a leak.
const token = (prefix: string, length: number): string => prefix + "aB3".repeat(length).slice(0, length);

describe("environmentRedactor", () => {
  it("hides what a program was given, but not who it acts as and where", () => {
    const variables = { AWS_PROFILE: "acme-dev", AWS_REGION: "eu-central-1", DATABASE: "hunter2-super-secret" };
    expect(environmentRedactor(variables)("acme-dev-state in eu-central-1: hunter2-super-secret")).toBe(
      "acme-dev-state in eu-central-1: (redacted)",
    );
  });
});

describe("makeRedactor", () => {
  it.each([
    ["the value itself", "x hunter2-super-secret y", "x (redacted) y"],
    ["its base64", `user_data ${btoa("hunter2-super-secret")}`, "user_data (redacted)"],
    ["URL encoding", "q=p%40ss%20w%3Co%22rd&a=1", "q=(redacted)&a=1"],
    ["form encoding", "q=p%40ss+w%3Co%22rd&a=1", "q=(redacted)&a=1"],
    ["JSON", JSON.stringify({ a: 'p@ss w<o"rd' }), '{"a":"(redacted)"}'],
    ["JSON as Go writes it", String.raw`{"a":"p@ss w\u003co\"rd"}`, '{"a":"(redacted)"}'],
    ["JSON in JSON", JSON.stringify(JSON.stringify({ a: 'p@ss w<o"rd' })), String.raw`"{\"a\":\"(redacted)\"}"`],
    ["a line of a longer value", "> third-long-line <", "> (redacted) <"],
    ["short values not", "abc abc", "abc abc"],
    ["words of every plan not", "true", "true"],
  ])("finds %s", (_, text, expected) => {
    expect(bySecret(text)).toBe(expected);
  });

  it.each([
    ["GitHub tokens", token("ghp_", 36), "(redacted)"],
    ["fine-grained GitHub tokens", token("github_pat_", 60), "(redacted)"],
    ["AWS key ids", `id ${"AKIA"}IOSFODNN7EXAMPLE.`, "id (redacted)."],
    ["AWS secret keys", `aws_secret_access_key = ${token("", 40)}`, "aws_secret_access_key = (redacted)"],
    ["AWS secret keys in JSON", `"secret_key": "${token("", 40)}"`, `"secret_key": "(redacted)"`],
    [
      "passwords in URLs",
      "https://user:pa:ss@host/x and postgres://u:p@h",
      "https://user:(redacted)@host/x and postgres://u:(redacted)@h",
    ],
    ["passwords as parameters", "?password=x1&user=me", "?password=(redacted)&user=me"],
    ["JWTs", `${"eyJ"}hbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJl!`, "(redacted)!"],
    [
      "private keys",
      `a\n-----BEGIN ${"RSA PRIVATE"} KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----\nb`,
      "a\n(redacted)\nb",
    ],
    [
      "private keys in JSON",
      String.raw`"-----BEGIN ${"PRIVATE"} KEY-----\nMIIE\n-----END PRIVATE KEY-----\n"`,
      String.raw`"(redacted)\n"`,
    ],
    ["private keys that are cut off", `-----BEGIN ${"PRIVATE"} KEY-----\nMIIE\nMIIF`, "(redacted)"],
    ["Google keys", token("AIza", 35), "(redacted)"],
    ["Slack tokens", token("xoxb-", 20), "(redacted)"],
    ["authorization headers", "Authorization: Bearer abc.def-ghi", "Authorization: Bearer (redacted)"],
  ])("knows %s by their shape", (_, text, expected) => {
    expect(byShape(text)).toBe(expected);
  });

  it("leaves ordinary text alone", () => {
    const text =
      "aws_iam_role.hook: Creating... arn:aws:iam::123456789012:role/x https://example.com:8443/a@b secret_key = var.key";
    expect(byShape(text)).toBe(text);
  });

  it("takes every value out of any text, and changes nothing the second time", () => {
    const secret = fc.string({ minLength: 4, maxLength: 12, unit: fc.constantFrom(..."ab(redacted)1=: \n") });
    fc.assert(
      fc.property(
        fc.array(secret, { maxLength: 4 }),
        fc.array(fc.string({ unit: fc.constantFrom(..."ab(redacted)1=: \n") }), { maxLength: 5 }),
        (values, texts) => {
          const redact = makeRedactor({ values });
          const text = texts.map((part, index) => part + (values[index] ?? "")).join("");
          const shown = redact(text);
          expect(redact(shown)).toBe(shown);
          const rest = shown.replaceAll("(redacted)", "\u0001");
          for (const value of values) {
            if (!["true", "null", "none"].includes(value.toLowerCase())) expect(rest.includes(value)).toBe(false);
          }
        },
      ),
      { numRuns: 1000 },
    );
  });

  it("finds secrets that its own placeholder completes", () => {
    const redact = makeRedactor({ values: ["abcd", "x(red", "acted)y"] });
    for (const text of ["xabcd", "abcdy", "xabcdy"]) {
      const shown = redact(text);
      expect(redact(shown)).toBe(shown);
    }
  });

  it("stays fast with thousands of values and on hostile text", () => {
    const redact = makeRedactor({ values: Array.from({ length: 5000 }, (_, index) => `secret-value-${index}`) });
    const start = performance.now();
    redact("secret-value- https://a:b@c ".repeat(20_000));
    redact("eyJ".repeat(50_000));
    redact(`a${" ".repeat(200_000)}://`);
    redact(`secret_key${" ".repeat(200_000)}`);
    expect(performance.now() - start).toBeLessThan(3000);
  });
});

describe("lineRedactor", () => {
  it("remembers that a private key was opened", () => {
    const redact = lineRedactor(bySecret);
    const lines = [
      "a",
      `-----BEGIN ${"PRIVATE"} KEY-----`,
      "MIIE",
      "MIIF",
      "-----END PRIVATE KEY----- b",
      "hunter2-super-secret c",
    ];
    expect(lines.map(redact)).toEqual(["a", "(redacted)", "(redacted)", "(redacted)", "(redacted) b", "(redacted) c"]);
  });

  it("does not stay open after a whole key on one line", () => {
    const redact = lineRedactor(byShape);
    redact(String.raw`-----BEGIN ${"PRIVATE"} KEY-----\nMIIE\n-----END PRIVATE KEY-----`);
    expect(redact("after")).toBe("after");
  });
});

describe("sensitiveValuesOf", () => {
  it("collects what markers, variables, outputs, state and provider settings hide", () => {
    const plan = aPlan({
      resource_changes: [
        aChange("a.b", {
          change: {
            actions: ["update"],
            before: { a: "before-1", list: ["open", "in-list"] },
            after: { a: { deep: ["after-1"] }, n: 87654321, open: "open" },
            before_sensitive: { a: true, list: [false, true] },
            after_sensitive: { a: true, n: true },
          },
        }),
      ],
      output_changes: { o: { actions: ["create"], after: "output-1", after_sensitive: true } },
      variables: { v: { value: "variable-1" }, w: { value: "not-hidden" } },
      configuration: {
        root_module: {
          variables: { v: { sensitive: true }, w: {} },
          module_calls: { m: { module: { variables: { d: { sensitive: true, default: "default-1" } } } } },
        },
        provider_config: {
          aws: {
            expressions: { secret_key: { constant_value: "provider-1" }, region: { constant_value: "eu-central-1" } },
          },
        },
      },
      prior_state: {
        values: { root_module: { resources: [{ values: { t: "state-1" }, sensitive_values: { t: true } }] } },
      },
    });
    expect(new Set(sensitiveValuesOf(plan))).toEqual(
      new Set([
        "before-1",
        "in-list",
        "after-1",
        "87654321",
        "output-1",
        "variable-1",
        "default-1",
        "provider-1",
        "state-1",
      ]),
    );
  });
});
