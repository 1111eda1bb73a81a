import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { commands } from "../../src/apps/cli/commands.ts";
import { commandFields } from "../../src/apps/cli/schema.ts";
import { run, start } from "./support/command-line.ts";
import { expectFailure, expectTold, validDocumentOf } from "./support/documents.ts";
import { flowText, makeRepository, quick, rootFile, rootModule, type TestRepository } from "./support/repository.ts";

const plans = fileURLToPath(new URL("../plans/", import.meta.url));
const scenarios = fileURLToPath(new URL("../scenarios/trunk-stored-plan/", import.meta.url));

describe("the command line", () => {
  let repository: TestRepository;
  let top: string;
  const plan = async (stack: string) => {
    const document = validDocumentOf(await run(top, ["plan", stack, "--json"]));
    return { document, digest: (document.bundle as { digest: string }).digest };
  };
  beforeAll(() => {
    repository = makeRepository({});
    top = repository.top;
    repository.commit({ [rootFile]: rootModule({ command: [repository.around, quick] }) });
  });
  afterAll(() => repository.remove());

  it("has a published document for every command", () => {
    expect(commands.map(({ name }) => name.split(" ")[0]).sort()).toEqual(Object.keys(commandFields).sort());
  });

  it.each(commands.map(({ name }) => name))("shows an example of %s", async (name) => {
    const { code, stdout, stderr } = await run(top, [name, "--help"]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(new RegExp(`\\nExample:\\n  plangate (-C \\S+ )?${name}\\b`));
    expect(stdout.split("\n").filter((line) => line.length > 120)).toEqual([]);
  });

  it("init writes a flow for what it finds, says what it assumed, and never writes over one", async () => {
    const ran = await run(top, ["init", "--owners", "ann,bob", "--json"]);
    const document = validDocumentOf(ran);
    expect(document).toMatchObject({ ok: true, file: "plangate.yaml", preset: "trunk-stored-plan" });
    expect(readFileSync(join(top, "plangate.yaml"), "utf8")).toContain('"infra/web shop"');
    await expectFailure(top, ["init"], { exit: 2, code: "flow-exists", summary: /plangate\.yaml/, hint: /--force/ });
    const replaced = await run(top, ["init", "--force", "--owners", "ann,bob"]);
    expect(replaced).toMatchObject({ code: 0, stdout: expect.stringContaining("Wrote plangate.yaml") });
    await expectFailure(top, ["init", "--preset", "none"], {
      exit: 2,
      code: "unknown-preset",
      summary: /"none"/,
      hint: /trunk-stored-plan/,
    });
    await expectFailure(top, ["init", "--owners", "not a login"], {
      exit: 2,
      code: "not-a-login",
      summary: /"not a login"/,
      hint: /--owners/,
    });
    const flow = validDocumentOf(await run(top, ["plan", "none/none", "--json"]));
    expect(flow.diagnostics).toEqual([expect.objectContaining({ code: "unknown-stack" })]);
    repository.commit({ "plangate.yaml": flowText });
  });

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
    expect(verified.checks).toEqual([{ name: "a new plan is empty", passed: true, output: "" }]);
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

  it("compare tells equal plans, different plans, and what is none", async () => {
    const [created, changed] = [`${plans}kinds-create.json`, `${plans}kinds-change.json`];
    expect(validDocumentOf(await run(top, ["compare", created, created, "--json"]))).toMatchObject({
      ok: true,
      same: true,
      differences: [],
    });
    const different = await run(top, ["compare", created, changed, "--json"]);
    expect(different.code).toBe(3);
    expect(validDocumentOf(different)).toMatchObject({
      same: false,
      differences: expect.arrayContaining([expect.anything()]),
    });
    expect((await run(top, ["compare", created, changed])).stdout).not.toBe("");
    // A repository is needed for digests alone.
    expect((await run(repository.around, ["compare", created, created])).code).toBe(0);

    const [first, second] = [await plan("dev/web"), await plan("prod/web")];
    expect(validDocumentOf(await run(top, ["compare", first.digest, first.digest, "--json"]))).toMatchObject({
      same: true,
    });
    expect((await run(top, ["compare", first.digest, second.digest])).code).toBe(3);
    const written = (name: string, text: string) => {
      writeFileSync(join(repository.around, name), text);
      return join(repository.around, name);
    };
    const compare = (file: string) => ["compare", created, file];
    const whole = readFileSync(created, "utf8");
    const show = /show -json/;
    await expectFailure(top, compare(written("cut.json", whole.slice(0, 900))), {
      exit: 2,
      code: "plan-cut-off",
      summary: /ends before it is complete/,
      hint: show,
    });
    await expectFailure(top, compare(written("text.json", "Terraform will perform the following actions")), {
      exit: 2,
      code: "not-a-plan",
      summary: /./,
      hint: show,
    });
    await expectFailure(
      top,
      compare(written("other.json", whole.replace(/"format_version":"1/, '"format_version":"2'))),
      { exit: 2, code: "plan-format-version", summary: /other than 1\.x/, hint: /./ },
    );
    await expectFailure(top, compare("none.json"), {
      exit: 2,
      code: "file-unreadable",
      summary: /none\.json does not exist/,
      hint: show,
    });
    await expectFailure(top, compare(`sha256:${"0".repeat(64)}`), {
      exit: 2,
      code: "unknown-plan",
      summary: /sha256:0/,
      hint: /plangate runs/,
    });
  });

  it("test plays stories: those that hold, one that does not, one that cannot be read", async () => {
    const story = (name: string) => `${scenarios}${name}.yaml`;
    const holds = await run(top, ["test", story("good-life"), story("attack-fork"), "--json"]);
    expect(validDocumentOf(holds).stories).toEqual([
      expect.objectContaining({ holds: true }),
      expect.objectContaining({ holds: true }),
    ]);
    await expectFailure(top, ["test", scenarios], {
      exit: 2,
      code: "file-unreadable",
      summary: /is a folder/,
      hint: /stories\/\*\.yaml/,
    });
    const text = readFileSync(story("good-life"), "utf8");
    const other = join(repository.around, "other story.yaml");
    writeFileSync(other, text.replace(/applied: \[[^\]]+\]/, "applied: []"));
    const fails = await run(top, ["test", other, "--json"]);
    expect(fails.code).toBe(3);
    expect(validDocumentOf(fails).stories).toEqual([
      expect.objectContaining({ holds: false, failed: expect.objectContaining({ line: expect.any(Number) }) }),
    ]);
    writeFileSync(other, `${text}\n  - merj: 12\n`);
    const broken = await run(top, ["test", other]);
    expect(broken.code).toBe(2);
    expect(broken.stderr).toMatch(/other story\.yaml:\d+:\d+ error /);
    await expectFailure(top, ["test", "none.yaml"], {
      exit: 2,
      code: "file-unreadable",
      summary: /none\.yaml/,
      hint: /./,
    });
  });

  it("ledger lists, exports and verifies; an export with another line is found out, and another end too", async () => {
    const listed = validDocumentOf(await run(top, ["ledger", "list", "--limit", "3", "--json"]));
    expect(listed.entries).toHaveLength(3);
    const exported = await run(top, ["ledger", "export"]);
    const lines = exported.stdout.trimEnd().split("\n");
    const verified = validDocumentOf(await run(top, ["ledger", "verify", "--json"]));
    expect(verified).toMatchObject({ ok: true, entries: lines.length, head: listed.head });
    expect(validDocumentOf(await run(top, ["ledger", "export", "--json"])).entries).toHaveLength(lines.length);

    const file = join(repository.around, "ledger.jsonl");
    const verify = ["ledger", "verify", "--file", file];
    writeFileSync(file, exported.stdout);
    expect((await run(repository.around, [...verify, "--head", String(listed.head)])).code).toBe(0);
    const altered = lines.with(4, (lines[4] ?? "").replace("dev/web", "dev/wob"));
    writeFileSync(file, altered.join("\n"));
    expectTold(await run(repository.around, [...verify, "--json"]), {
      exit: 3,
      code: "ledger-broken",
      summary: /entry 5: .* was altered/,
      hint: /./,
    });
    writeFileSync(file, lines.toSpliced(4, 1).join("\n"));
    expectTold(await run(repository.around, [...verify, "--json"]), {
      exit: 3,
      code: "ledger-broken",
      summary: /entry 5 is missing/,
      hint: /./,
    });
    writeFileSync(file, lines.slice(0, -2).join("\n"));
    expect((await run(repository.around, verify)).code).toBe(0);
    expectTold(await run(repository.around, [...verify, "--head", String(listed.head), "--json"]), {
      exit: 3,
      code: "ledger-broken",
      summary: /no entry has the hash/,
      hint: /./,
    });
    await expectFailure(top, [...verify, "--head", "abc"], {
      exit: 2,
      code: "not-a-digest",
      summary: /"abc"/,
      hint: /./,
    });
    writeFileSync(file, "not a ledger\n");
    await expectFailure(top, verify, { exit: 2, code: "not-a-ledger", summary: /./, hint: /ledger export/ });
    await expectFailure(top, ["ledger", "verify", "--file", "none.jsonl"], {
      exit: 2,
      code: "file-unreadable",
      summary: /none\.jsonl/,
      hint: /./,
    });
    await expectFailure(top, ["ledger", "burn"], {
      exit: 2,
      code: "unknown-action",
      summary: /"burn"/,
      hint: /list, verify or export/,
    });
    await expectFailure(top, ["ledger", "list", "--limit", "few"], {
      exit: 2,
      code: "not-a-number",
      summary: /"few"/,
      hint: /./,
    });
  });

  it("takes -C, --flow, --quiet and --no-color", async () => {
    repository.commit({
      "flows/our flow.yaml": flowText
        .replaceAll("dev:", "play:")
        .replaceAll("[dev", "[play")
        .replaceAll("in: dev", "in: play")
        .replace("play: {", "play: { kind: dev,"),
    });
    const args = [
      "-C",
      join(top, "infra"),
      "--flow",
      "flows/our flow.yaml",
      "--quiet",
      "--no-color",
      "plan",
      "play/web",
    ];
    const ran = await run("/", args);
    expect({ code: ran.code, stderr: ran.stderr }).toEqual({ code: 0, stderr: "" });
    expect(ran.stdout).toContain("plangate apply play/web --plan sha256:");
    expect((await run("/", ["--version"])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
    await expectFailure("/", ["-C", join(top, "nowhere"), "runs"], {
      exit: 2,
      code: "folder-missing",
      summary: /nowhere does not exist/,
      hint: /-C/,
    });
  });

  it("tells wrong use: no command, an unknown one, options and operands that are not taken", async () => {
    const help = /plangate --help/;
    await expectFailure(top, [], { exit: 2, code: "command-missing", summary: /No command/, hint: help });
    await expectFailure(top, ["plna", "dev/web"], {
      exit: 2,
      code: "unknown-command",
      summary: /'plna'.*plan/,
      hint: help,
    });
    await expectFailure(top, ["plan", "dev/web", "--plam"], {
      exit: 2,
      code: "unknown-option",
      summary: /'--plam'/,
      hint: /`plangate plan \[options\] <stack>`; `plangate plan --help`/,
    });
    await expectFailure(top, ["plan"], { exit: 2, code: "missing-argument", summary: /'stack'/, hint: /plan --help/ });
    await expectFailure(top, ["plan", "dev/web", "prod/web"], {
      exit: 2,
      code: "excess-arguments",
      summary: /./,
      hint: /plan --help/,
    });
    await expectFailure(top, ["simulate"], {
      exit: 2,
      code: "missing-mandatory-option-value",
      summary: /--event/,
      hint: /simulate --help/,
    });
    await expectFailure(top, ["runs", "--limit", "-1"], { exit: 2, code: "not-a-number", summary: /"-1"/, hint: /./ });
    await expectFailure(top, ["runs", "web"], { exit: 2, code: "unknown-stack", summary: /"web"/, hint: /./ });
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
