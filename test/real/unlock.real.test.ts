import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type HttpState, startHttpState } from "../../src/testing/http-state.ts";
import { run, start } from "./support/command-line.ts";
import { expectFailure, validDocumentOf } from "./support/documents.ts";
import { aRepository, ordinaryRepository, planOf } from "./support/made-repositories.ts";
import { flowText, rootFile, rootModule, slow, type TestRepository } from "./support/repository.ts";

async function anApply(): Promise<{ repository: TestRepository; apply: ReturnType<typeof start>; id: string }> {
  const repository = ordinaryRepository(slow);
  const { digest, run: planned } = await planOf(repository);
  const apply = start(repository.top, ["apply", "dev/web", "--plan", digest, "--json"]);
  await repository.untilEffect("began");
  return { repository, apply, id: planned.id };
}

const show = async ({ top }: TestRepository, ...args: readonly string[]) =>
  validDocumentOf(await run(top, ["unlock", "dev/web", "--json", ...args]));

async function ledgerOf({ top }: TestRepository) {
  const document = validDocumentOf(await run(top, ["ledger", "list", "--json"]));
  return document.entries as readonly { kind: string; body: Readonly<Record<string, unknown>> }[];
}

describe("a stack whose apply was cut down", () => {
  it("shows who held it, and is given back only to who types its name", { timeout: 240_000 }, async () => {
    const { repository, apply, id } = await anApply();
    const { top } = repository;
    expect(await show(repository)).toMatchObject({
      lease: { run: id, pid: apply.child.pid, there: true },
      run: { id, state: "applying" },
      stateLock: { operation: "apply" },
      stateLockUnknown: null,
    });
    await expectFailure(top, ["unlock", "dev/web", "--lease"], {
      exit: 3,
      code: "holder-there",
      summary: new RegExp(`${id} still holds dev/web: process ${apply.child.pid}`),
      hint: /--force/,
    });

    apply.child.kill("SIGKILL");
    await apply.ended;
    // The tool goes on without us until its state is written, and keeps its own lock meanwhile.
    expect(await show(repository)).toMatchObject({
      lease: { run: id, there: false },
      stateLock: { operation: "apply" },
    });
    repository.letGo();
    await repository.untilQuiet();
    const refused = await run(top, ["unlock", "dev/web", "--lease", "--json"], { stdin: "web\n" });
    expect(validDocumentOf(refused)).toMatchObject({
      lease: { run: id },
      diagnostics: [{ code: "name-not-confirmed" }],
    });
    expect(refused.code).toBe(3);

    const ended = await run(top, ["unlock", "dev/web", "--lease", "--json"], { stdin: "dev/web\n" });
    expect(ended.code, ended.stderr).toBe(0);
    expect(validDocumentOf(ended)).toMatchObject({ lease: null, run: { id, state: "interrupted" }, stateLock: null });
    const broken = (await ledgerOf(repository)).find(({ kind }) => kind === "lease-broken");
    expect(broken?.body).toMatchObject({
      run: id,
      stack: "dev/web",
      state: "applying",
      reason: null,
      holderThere: false,
    });
    expect(broken?.body.by).toBe("email:ann@acme.example");
    await expectFailure(top, ["unlock", "dev/web", "--lease"], {
      exit: 3,
      code: "not-leased",
      summary: /Nobody/,
      hint: /both locks/,
    });
  });

  it("is taken from one who is there only with a reason, and they record nothing more", {
    timeout: 240_000,
  }, async () => {
    const { repository, apply, id } = await anApply();
    const forced = ["unlock", "dev/web", "--lease", "--force", "wrong commit, ticket 7", "--json"];
    const ended = await run(repository.top, forced, { stdin: "dev/web\n" });
    expect(validDocumentOf(ended)).toMatchObject({ lease: null, run: { id, state: "interrupted" } });
    repository.letGo();
    expect((await apply.ended).code).not.toBe(0);
    const after = validDocumentOf(await run(repository.top, ["runs", "dev/web", "--json"]));
    expect(after.runs).toMatchObject([{ id, state: "interrupted" }]);
    const entries = await ledgerOf(repository);
    expect(entries.find(({ kind }) => kind === "lease-broken")?.body).toMatchObject({
      reason: "wrong commit, ticket 7",
      holderThere: true,
    });
    const checked = validDocumentOf(await run(repository.top, ["ledger", "verify", "--json"]));
    expect(checked.ok).toBe(true);
  });
});

describe("the tool's own state lock", () => {
  let state: HttpState;
  beforeAll(async () => {
    state = await startHttpState();
  });
  afterAll(() => state.close());

  it("is shown, and released by its id alone", { timeout: 240_000 }, async () => {
    const address = `${state.url}/web`;
    const settings = ["address", "lock_address", "unlock_address"].map((name) => `"${name}=${address}"`).join(", ");
    const flow = flowText.replace(/in: \[dev, prod\], backend: \[.*\]/, `in: [dev], backend: [${settings}]`);
    const repository = aRepository({ "plangate.yaml": flow.replace(/^ {2}prod:.*\n|^.*in: prod.*\n/gm, "") });
    repository.commit({ [rootFile]: rootModule({}).replace('"local"', '"http"') });
    const { top } = repository;
    expect(await show(repository)).toMatchObject({ lease: null, run: null, stateLock: null, stateLockUnknown: null });
    await expectFailure(top, ["unlock", "dev/web", "--state-lock", "abc"], {
      exit: 3,
      code: "not-locked",
      summary: /Nobody/,
      hint: /both locks/,
    });

    state.lock("/web", { id: "lock-1", who: "bob@laptop" });
    expect(await show(repository)).toMatchObject({ stateLock: { id: "lock-1" } });
    await expectFailure(top, ["unlock", "dev/web", "--state-lock", "lock-2"], {
      exit: 3,
      code: "other-lock",
      summary: /lock-1, not lock-2/,
      hint: /look again/,
    });
    expect(state.lockedBy("/web")).toBe("lock-1");
    const released = await run(top, ["unlock", "dev/web", "--state-lock", "lock-1", "--json"], { stdin: "dev/web\n" });
    expect(released.code, released.stderr).toBe(0);
    expect(state.lockedBy("/web")).toBeUndefined();
    const entry = (await ledgerOf(repository)).find(({ kind }) => kind === "state-lock-released");
    expect(entry?.body).toMatchObject({ stack: "dev/web", lock: "lock-1", by: "email:ann@acme.example" });
  });
});

describe("logs", () => {
  it("gives what a run's programs said, and says what is wrong with any other name", { timeout: 240_000 }, async () => {
    const repository = aRepository({ "plangate.yaml": flowText });
    const { top } = repository;
    await expectFailure(top, ["logs", "run-0123456789abc"], {
      exit: 2,
      code: "unknown-run",
      summary: /No run/,
      hint: /plan/,
    });
    repository.commit({ [rootFile]: rootModule({}) });
    const planned = validDocumentOf(await run(top, ["plan", "dev/web", "--json"]));
    const { id } = planned.run as { id: string };
    const log = validDocumentOf(await run(top, ["logs", id, "--json"]));
    expect(log).toMatchObject({ run: { id }, log: expect.stringContaining("terraform plan") });
    expect((await run(top, ["logs", id])).stdout).toContain("terraform plan");
    await expectFailure(top, ["logs", "web"], { exit: 2, code: "not-a-run", summary: /"web"/, hint: /plangate runs/ });
    await expectFailure(top, ["logs", `${id.slice(0, -1)}_`], {
      exit: 2,
      code: "not-a-run",
      summary: /is no run/,
      hint: new RegExp(id),
    });
  });
});
