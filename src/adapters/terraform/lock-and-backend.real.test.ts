import { readFile, writeFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import {
  appears,
  data,
  local,
  noBackend,
  nothing,
  plain,
  slow,
  terraformStage,
} from "../../../test/terraform/terraform-stage.ts";

const stage = terraformStage();

describe("the state lock", () => {
  it("of a local state names who holds it, since when and for what", async () => {
    const terraform = stage.open();
    const stop = new AbortController();
    const { workdir, path } = await stage.rootWith(local + slow, { signal: stop.signal });
    await terraform.init(workdir, noBackend);
    await terraform.plan(workdir, { ...plain, out: path("p") });
    const other = { ...workdir, signal: new AbortController().signal };
    const applying = terraform.apply(workdir, path("p"), nothing);
    await appears(path("pid"));

    const holder = {
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      who: expect.stringContaining("@"),
      operation: "apply",
      since: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
    };
    expect(await terraform.plan(other, { ...plain, out: path("q") })).toMatchObject({
      kind: "failed",
      summary: expect.stringMatching(/^Error acquiring the state lock: /),
      stateLock: holder,
    });
    expect(await terraform.apply(other, path("p"), nothing)).toMatchObject({
      kind: "failed",
      started: false,
      stateLock: holder,
    });
    stop.abort();
    expect(await applying).toMatchObject({ kind: "failed", started: true });
  });

  it("of an http state gives the holder's id, and can be released by hand", async () => {
    const terraform = stage.open();
    const { block, path: statePath } = stage.http();
    const { workdir, path } = await stage.rootWith(block + data);
    await terraform.init(workdir, noBackend);
    expect(await terraform.plan(workdir, { ...plain, out: path("p") })).toEqual({ kind: "changes" });
    stage.state.lock(statePath, { id: "their-lock", who: "eve" });
    const stateLock = { id: "their-lock", who: null, operation: null, since: null };
    expect(await terraform.plan(workdir, { ...plain, out: path("q") })).toMatchObject({ kind: "failed", stateLock });
    expect(await terraform.apply(workdir, path("p"), nothing)).toMatchObject({
      kind: "failed",
      started: false,
      stateLock,
    });
    await expect(terraform.forceUnlock(workdir, "-force")).rejects.toMatchObject({ code: "lock-id-invalid" });
    await terraform.forceUnlock(workdir, "their-lock");
    expect(stage.state.lockedBy(statePath)).toBeUndefined();
    expect(await terraform.apply(workdir, path("p"), nothing)).toEqual({ kind: "applied" });
  });
});

describe("a backend out of reach", () => {
  it("is worth another try, for plan as for the state", async () => {
    const terraform = stage.open();
    const { block } = stage.http();
    const { workdir, path } = await stage.rootWith(block + data);
    await terraform.init(workdir, noBackend);
    const settings = path(".terraform/terraform.tfstate");
    await writeFile(settings, (await readFile(settings, "utf8")).replaceAll(/127\.0\.0\.1:\d+/g, "127.0.0.1:9"));
    const expected = { code: "backend-unreachable", reaction: "retry" };
    await expect(terraform.plan(workdir, { ...plain, out: path("p") })).rejects.toMatchObject(expected);
    await expect(terraform.stateVersion(workdir)).rejects.toMatchObject(expected);
  });

  it("is noticed by init, which reads the state too", async () => {
    const { block } = stage.http();
    const { workdir } = await stage.rootWith(block.replaceAll(/127\.0\.0\.1:\d+/g, "127.0.0.1:9"));
    await expect(stage.open().init(workdir, noBackend)).rejects.toMatchObject({
      code: "backend-unreachable",
      reaction: "retry",
    });
  });

  it("is noticed by init where init itself connects", async () => {
    const { workdir } = await stage.rootWith(
      'terraform {\n  backend "pg" {\n    conn_str = "postgres://u:p@127.0.0.1:9/db?sslmode=disable&connect_timeout=2"\n  }\n}\n',
    );
    await expect(stage.open().init(workdir, noBackend)).rejects.toMatchObject({
      code: "backend-unreachable",
      reaction: "retry",
    });
  });
});
