import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";
import { run } from "./support/command-line.ts";
import { expectFailure, expectTold, validDocumentOf } from "./support/documents.ts";
import { ordinaryRepository, planOf, web } from "./support/made-repositories.ts";
import { rootFile, rootModule } from "./support/repository.ts";

const plans = fileURLToPath(new URL("../plans/", import.meta.url));

describe("what was planned and applied", () => {
  const repository = ordinaryRepository();
  const { top } = repository;
  const plan = (stack: string) => planOf(repository, stack);
  beforeAll(async () => {
    const { digest } = await plan(web);
    expect((await run(top, ["apply", web, "--plan", digest])).code).toBe(0);
    repository.commit({ [rootFile]: rootModule({ value: "two" }) });
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
});
