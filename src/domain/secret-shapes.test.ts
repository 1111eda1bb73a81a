import { describe, expect, it } from "vitest";
import { findSecrets } from "./secret-shapes.ts";

// Put together here, so that no file of ours holds what looks like a key.
const body = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASC\n".repeat(3);
const pem = (kind: string, text = body) =>
  `-----BEGIN ${kind}PRIVATE KEY-----\n${text}-----END ${kind}PRIVATE KEY-----`;
const join = (...parts: readonly string[]) => parts.join("");

describe("findSecrets", () => {
  it.each([
    ["a private key", pem("")],
    ["a private key", pem("OPENSSH ")],
    ["a private key", pem("ENCRYPTED ", `Proc-Type: 4,ENCRYPTED\nDEK-Info: AES\n\n${body.replaceAll("\n", "")}\n`)],
    ["the key of a Google service account", JSON.stringify({ type: "service_account", private_key: pem("") })],
    ["an AWS access key", join("AK", "IA", "QWERTYUIOPASDFGH")],
    ["an AWS secret access key", join("aws_secret_access_key = ", "abcdEFGH12/+".repeat(4).slice(0, 40))],
    ["a GitHub token", join("gh", "p_", "a1B2".repeat(9))],
    ["a GitHub token", join("github", "_pat_", "a1B2".repeat(9))],
    ["a GitLab token", join("gl", "pat-", "a1B2".repeat(6))],
    ["a Vault token", join("hv", "s.", "a1B2".repeat(8))],
  ])("finds %s", (kind, secret) => {
    const text = `first = 1\nsecond: ${secret}\n`;
    expect(findSecrets(text).map((found) => found.kind)).toContain(kind);
    expect(findSecrets(text)[0]?.index).toBeGreaterThanOrEqual(text.indexOf("second: "));
    expect(JSON.stringify(findSecrets(text))).not.toContain(secret.slice(-12));
  });

  it.each([
    "AKIAIOSFODNN7EXAMPLE",
    "-----BEGIN PRIVATE KEY-----",
    "/-----BEGIN [A-Z ]*PRIVATE KEY-----/ and -----END PRIVATE KEY-----",
    "-----BEGIN PUBLIC KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASC",
    "password=hunter2",
    "token = var.github_token",
    "postgres://user:pass@localhost/db",
  ])("takes %j for no key that opens something for long", (text) => expect(findSecrets(text)).toEqual([]));
});
