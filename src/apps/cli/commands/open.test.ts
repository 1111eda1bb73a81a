import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeSealingKeys, sealerFor } from "../../../adapters/keys/index.ts";
import { digestOf } from "../../../domain/digest.ts";
import type { Context } from "../context.ts";
import { openCommand } from "./open.ts";

const dir = mkdtempSync(join(tmpdir(), "open-"));
afterAll(() => rmSync(dir, { recursive: true }));

const digests: Record<string, string> = {};
const context = { options: { directory: dir } } as Context;
const open = (file: string, options: Readonly<Record<string, string>> = {}) =>
  openCommand(context, { operands: [file], options: { key: "test.key", ...options } });

beforeAll(async () => {
  const [test, prod] = await Promise.all([makeSealingKeys(), makeSealingKeys()]);
  writeFileSync(join(dir, "test.key"), `${test.identity}\n`);
  writeFileSync(join(dir, "prod.key"), `${prod.identity}\n`);
  const sealer = sealerFor([test.recipient]);
  const files = {
    "run-1.log.age": "::set-output name=x::y\nall\u001b[31m",
    "run-1.tfstate.age": '{"lineage":"l","serial":3}',
  };
  for (const [name, text] of Object.entries(files)) {
    const sealed = await sealer.seal(new TextEncoder().encode(text));
    digests[name] = digestOf(sealed);
    writeFileSync(join(dir, name), sealed);
  }
});

describe("plangate open", () => {
  it("prints what programs said, inert", async () => {
    const { exitCode, text, diagnostics } = await open("run-1.log.age", { digest: digests["run-1.log.age"] ?? "" });
    expect([exitCode, text, diagnostics]).toEqual([0, ":\u200b:set-output name=x::y\nall\\u001b[31m", []]);
  });

  it("warns where nothing says that it is the file that plangate kept", async () => {
    expect((await open("run-1.log.age")).diagnostics).toMatchObject([
      { severity: "warning", code: "digest-not-given" },
    ]);
  });

  it("writes a state beside the file, for this user alone and over nothing, and prints nothing of it", async () => {
    const digest = digests["run-1.tfstate.age"] ?? "";
    const { text, fields } = await open("run-1.tfstate.age", { digest });
    const out = join(dir, "run-1.tfstate");
    expect(fields).toEqual({ digest, expected: true, kind: "state", out, text: null });
    expect(text).toContain(`terraform state push ${out}`);
    expect(text).not.toContain("lineage");
    expect([readFileSync(out, "utf8"), statSync(out).mode & 0o777]).toEqual(['{"lineage":"l","serial":3}', 0o600]);
    await expect(open("run-1.tfstate.age", { digest })).rejects.toMatchObject({
      diagnostics: [{ code: "file-not-written" }],
    });
  });

  it("opens nothing that is another file, was altered, or is another environment's", async () => {
    const out = join(dir, "never");
    const differs = await open("run-1.tfstate.age", { digest: digests["run-1.log.age"] ?? "", out });
    expect(differs).toMatchObject({ exitCode: 3, diagnostics: [{ code: "digest-differs" }], text: "" });
    const other = { key: "prod.key", out };
    await expect(open("run-1.tfstate.age", other)).rejects.toMatchObject({ diagnostics: [{ code: "not-opened" }] });
    const altered = readFileSync(join(dir, "run-1.tfstate.age"));
    altered[altered.length - 1] = (altered.at(-1) ?? 0) ^ 1;
    writeFileSync(join(dir, "altered.age"), altered);
    await expect(open("altered.age", { out })).rejects.toMatchObject({ diagnostics: [{ code: "not-opened" }] });
    const noKey = { key: "run-1.log.age", out };
    await expect(open("run-1.tfstate.age", noKey)).rejects.toMatchObject({ diagnostics: [{ code: "not-a-key" }] });
    expect(existsSync(out)).toBe(false);
  });
});
