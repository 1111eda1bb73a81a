import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { run, start } from "./support/command-line.ts";
import { expectFailure, validDocumentOf } from "./support/documents.ts";
import { ordinaryRepository, planOf } from "./support/made-repositories.ts";
import { quick, rootFile, rootModule } from "./support/repository.ts";

const repository = ordinaryRepository();
const { top } = repository;
const plan = (stack: string) => planOf(repository, stack);

describe("plan, apply and verify", () => {
  it("plan stores a plan, apply applies it and verifies, verify and runs tell so", async () => {
    const { document, digest } = await plan("dev/web");
    expect(document).toMatchObject({ ok: true, stack: "dev/web", speculative: null, summary: { add: 1 } });
    expect(document.resources).toEqual([{ address: "terraform_data.this", action: "create" }]);
    expect(readdirSync(join(top, (document.bundle as { file: string }).file)).length).toBeGreaterThan(2);

    const applied = await run(top, ["apply", "dev/web", "--plan", digest, "--json"]);
    expect(validDocumentOf(applied)).toMatchObject({ ok: true, run: { state: "verified", plan: digest } });
    expect(repository.effects()).toEqual(["applied"]);

    const verified = validDocumentOf(await run(top, ["verify", "dev/web", "--json"]));
    expect(verified).toMatchObject({ ok: true, run: { state: "verified" } });
    expect(verified.checks).toMatchObject([{ name: "a new plan is empty", passed: true, output: "" }]);
    const runs = validDocumentOf(await run(top, ["runs", "dev/web", "--json"]));
    expect(runs.runs).toEqual([
      expect.objectContaining({ stack: "dev/web", state: "verified", lost: false, next: null }),
    ]);
    expect(repository.git("status", "--porcelain")).toBe("");
  });

  it("plan of what is there already says that there is nothing to apply", async () => {
    const { stdout, code } = await run(top, ["plan", "dev/web"]);
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: expect.stringContaining("dev/web: no changes. There is nothing to apply."),
    });
  });

  it("verify says no when something differs", async () => {
    repository.commit({ [rootFile]: rootModule({ value: "two", command: [repository.around, quick] }) });
    await expectFailure(top, ["verify", "dev/web"], {
      exit: 3,
      code: "verify-failed",
      summary: /a new plan is empty/,
      hint: /plangate plan dev\/web/,
    });
  });

  it("plan of a checkout with uncommitted changes is for looking at, says so, and is never applied", async () => {
    repository.write({ [rootFile]: rootModule({ value: "three" }) });
    const { document, digest } = await plan("dev/web");
    expect(document).toMatchObject({ speculative: "dirty-checkout", bundle: { file: null } });
    const text = await run(top, ["plan", "dev/web"]);
    expect(text.stdout).toMatch(/uncommitted changes, so it is for looking at: commit, and plan again/);
    expect(text.stdout).toMatch(/^What differs: infra\/web shop\/main\.tf\. /m);
    await expectFailure(top, ["apply", "dev/web", "--plan", digest], {
      exit: 3,
      code: "plan-speculative",
      summary: /looking at only/,
      hint: /plangate plan dev\/web/,
    });
    repository.git("checkout", "--quiet", "--", ".");
    await expectFailure(top, ["apply", "dev/web", "--plan", digest], {
      exit: 3,
      code: "plan-speculative",
      summary: /looking at only/,
      hint: /plangate plan dev\/web/,
    });
    expect(repository.effects()).toEqual(["applied"]);
  });

  it("apply refuses what is not exactly the plan that was named", async () => {
    const { digest } = await plan("dev/web");
    await expectFailure(top, ["apply", "dev/web"], {
      exit: 2,
      code: "plan-missing",
      summary: /--plan/,
      hint: new RegExp(`plangate apply dev/web --plan ${digest}`),
    });
    const runs = await run(top, ["runs", "dev/web", "--limit", "1"]);
    expect(runs.stdout).toMatch(
      new RegExp(`→ nothing was started: \`plangate apply dev/web --plan ${digest}\` applies it\\n`),
    );
    const other = `sha256:${"0".repeat(64)}`;
    const apply = (stack: string, named: string) => ["apply", stack, "--plan", named];
    await expectFailure(top, apply("dev/web", other), {
      exit: 2,
      code: "unknown-plan",
      summary: /No plan sha256:0+ is stored/,
      hint: /plangate runs dev\/web/,
    });
    await expectFailure(top, apply("dev/web", digest.slice(0, 20)), {
      exit: 2,
      code: "not-a-digest",
      summary: /64 hex digits/,
      hint: /plangate runs dev\/web/,
    });
    await expectFailure(top, apply("prod/web", digest), {
      exit: 2,
      code: "other-stack",
      summary: /of dev\/web, not of prod\/web/,
      hint: /plangate/,
    });
    await expectFailure(top, apply("web", digest), {
      exit: 2,
      code: "unknown-stack",
      summary: /"web"/,
      hint: /environment\/name|dev\/web/,
    });

    const { digest: newer } = await plan("dev/web");
    expect((await run(top, apply("dev/web", newer))).code).toBe(0);
    await expectFailure(top, apply("dev/web", digest), {
      exit: 3,
      code: "plan-superseded",
      summary: /run-/,
      hint: /plangate plan dev\/web/,
    });
    await expectFailure(top, apply("dev/web", newer), {
      exit: 3,
      code: "plan-spent",
      summary: /verified/,
      hint: /plangate plan dev\/web/,
    });
    expect(repository.effects()).toEqual(["applied", "applied"]);
  });

  it("apply refuses a plan whose inputs or state moved", async () => {
    repository.commit({ [rootFile]: rootModule({ value: "four", command: [repository.around, quick] }) });
    const { digest } = await plan("dev/web");
    const state = join(repository.around, "dev-web.tfstate");
    const before = readFileSync(state, "utf8");
    writeFileSync(
      state,
      before.replace(/"serial": (\d+)/, (_, serial: string) => `"serial": ${Number(serial) + 1}`),
    );
    await expectFailure(top, ["apply", "dev/web", "--plan", digest], {
      exit: 3,
      code: "state-moved",
      summary: /serial is \d+; the plan was made from \d+/,
      hint: /plangate plan dev\/web/,
    });
    writeFileSync(state, before);
  });

  it("apply of a gated environment says which way leads there, and breaks the glass only for the stack's name", async () => {
    const { digest } = await plan("prod/web");
    const apply = ["apply", "prod/web", "--plan", digest];
    const way = { exit: 2, code: "plan-missing", summary: /--plan/, hint: /merge a pull request into main/ } as const;
    await expectFailure(top, ["apply", "prod/web"], way);
    const runs = await run(top, ["runs", "prod/web", "--limit", "1"]);
    expect(runs.stdout).toMatch(
      /→ it is for looking at here\. The way there: merge a pull request into main.*`when`\)\.$/m,
    );
    await expectFailure(top, apply, {
      exit: 3,
      code: "gated-environment",
      summary: /prod is gated/,
      hint: /merge a pull request into main/,
    });
    const glass = [...apply, "--break-glass", "region down, ticket 12"];
    const before = repository.effects();
    for (const stdin of ["prod/wep\n", "dev/web\n", ""]) {
      await expectFailure(top, glass, {
        exit: 3,
        code: "name-not-confirmed",
        summary: /prod\/web/,
        hint: /merge a pull request/,
        how: { stdin },
      });
    }
    await expectFailure(top, [...apply, "--break-glass", " "], {
      exit: 2,
      code: "reason-missing",
      summary: /--break-glass/,
      hint: /reason/,
    });
    expect(repository.effects()).toEqual(before);

    const broken = await run(top, [...glass, "--json"], { stdin: "prod/web\n" });
    expect(validDocumentOf(broken)).toMatchObject({
      ok: true,
      run: { state: "verified", due: { breakGlass: "region down, ticket 12" } },
    });
    expect(repository.effects()).toEqual([...before, "applied"]);
    const ledger = validDocumentOf(await run(top, ["ledger", "list", "--json"]));
    expect(ledger.entries).toContainEqual(
      expect.objectContaining({
        kind: "break-glass",
        body: expect.objectContaining({ reason: "region down, ticket 12", by: "email:ann@acme.example", plan: digest }),
      }),
    );
  });

  it("goes on to its end when nobody reads what it says any more", async () => {
    repository.commit({ [rootFile]: rootModule({ value: "five", command: [repository.around, quick] }) });
    const before = repository.effects();
    const { digest } = await plan("dev/web");
    const unread = start(top, ["apply", "dev/web", "--plan", digest]);
    unread.child.stderr?.destroy();
    unread.child.stdout?.destroy();
    expect((await unread.ended).code).toBe(0);
    expect(repository.effects()).toEqual([...before, "applied"]);
  });
});
