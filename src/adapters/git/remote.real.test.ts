import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openRemoteBranch } from "./index.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "plangate-remote-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

const author = { name: "plangate", email: "plangate@example.com" };

describe("a remote branch", () => {
  it.each([
    "http://github.example/acme/infra.git",
    "https://x-access-token:secret@github.example/acme/infra.git",
    "http://user@localhost/acme/infra.git",
    "ssh://git@github.example/acme/infra.git",
    "git@github.example:acme/infra.git",
    "ext::sh -c touch% pwned",
    "--upload-pack=touch",
    "../elsewhere.git",
    "",
  ])("is not reached where a token or a program could go astray: %s", async (url) => {
    const dir = join(folder, "clone");
    const opening = openRemoteBranch({ dir, url, branch: "plangate/record", env: process.env, author });
    await expect(opening).rejects.toMatchObject({ code: "remote-not-safe", reaction: "stop" });
    await expect(opening).rejects.not.toThrow("secret");
    expect(existsSync(dir)).toBe(false);
  });

  it("says what could not be reached, and that it may be tried again", async () => {
    const url = "http://127.0.0.1:1/acme/infra.git";
    const dir = join(folder, "other");
    const branch = await openRemoteBranch({ dir, url, branch: "plangate/record", env: process.env, author });
    await expect(branch.fetch()).rejects.toMatchObject({ code: "record-unreachable", reaction: "retry" });
    branch.close();
  });
});
