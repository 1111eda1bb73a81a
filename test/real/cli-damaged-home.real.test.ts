import { chmodSync, cpSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { beforeAll, describe, expect, it } from "vitest";
import { run } from "./support/command-line.ts";
import { expectFailure, expectTold, validDocumentOf } from "./support/documents.ts";
import { ordinaryRepository, planOf, web } from "./support/made-repositories.ts";
import type { TestRepository } from "./support/repository.ts";

describe("what plangate keeps", () => {
  let repository: TestRepository;
  let home: string;
  beforeAll(async () => {
    repository = ordinaryRepository();
    home = join(repository.top, ".plangate");
    await planOf(repository);
  });
  const plan = ["plan", web];

  /** Does something to the home for the time of a test. */
  async function withHome(change: () => void, look: () => Promise<void>): Promise<void> {
    cpSync(home, `${home} before`, { recursive: true });
    try {
      change();
      await look();
    } finally {
      rmSync(home, { recursive: true });
      renameSync(`${home} before`, home);
    }
  }

  it("in a store that is damaged, or of a newer plangate: is left alone", async () => {
    const store = join(home, "store.sqlite");
    const commands = [
      plan,
      ["runs"],
      ["ledger", "list"],
      ["ledger", "verify"],
      ["apply", web, "--plan", `sha256:${"0".repeat(64)}`],
    ];
    const damaged = () => {
      for (const file of [`${store}-wal`, `${store}-shm`]) rmSync(file, { force: true });
      writeFileSync(store, "this is no database, and was never one ".repeat(200));
    };
    await withHome(damaged, async () => {
      const before = readFileSync(store);
      for (const command of commands)
        await expectFailure(repository.top, command, {
          exit: 1,
          code: "store-corrupt",
          summary: /store\.sqlite/,
          hint: /keep a copy/,
        });
      expect(readFileSync(store)).toEqual(before);
    });
    await withHome(
      () => sql(store, "UPDATE meta SET value = '99' WHERE name = 'version'"),
      async () => {
        for (const command of commands)
          await expectFailure(repository.top, command, {
            exit: 1,
            code: "store-newer",
            summary: /version 99/,
            hint: /newer plangate/,
          });
      },
    );
  });

  it("in a ledger that somebody altered: which entry", async () => {
    const alter = () =>
      sql(
        join(home, "store.sqlite"),
        "DROP TRIGGER ledger_is_never_altered; UPDATE ledger SET body = replace(body, 'dev/web', 'dev/wob') WHERE seq = 3",
      );
    await withHome(alter, async () => {
      const ran = await expectFailure(repository.top, ["ledger", "verify"], {
        exit: 3,
        code: "ledger-broken",
        summary: /entry 3/,
        hint: /head/,
      });
      expect(ran.brokenAt).toMatchObject({ seq: 3 });
    });
  });

  it("in keys that others can read: is not used", async () => {
    const key = join(home, "keys", "signing-key.pem");
    await withHome(
      () => chmodSync(key, 0o644),
      async () => {
        await expectFailure(repository.top, plan, {
          exit: 1,
          code: "keys-exposed",
          summary: /signing-key\.pem can be read by other users/,
          hint: /chmod/,
        });
      },
    );
    await withHome(
      () => rmSync(key),
      async () => {
        await expectFailure(repository.top, plan, {
          exit: 1,
          code: "keys-missing",
          summary: /signing-key\.pem/,
          hint: /backup/,
        });
      },
    );
  });

  const bundles: readonly { name: string; code: string; change: (bundle: string) => void }[] = [
    { name: "is gone", code: "bundle-missing", change: (bundle) => rmSync(bundle, { recursive: true }) },
    {
      name: "lacks a part",
      code: "bundle-missing",
      change: (bundle) => rmSync(join(bundle, partsOf(bundle)[0] ?? "")),
    },
    {
      name: "has another part",
      code: "bundle-altered",
      change: (bundle) => writeFileSync(join(bundle, partsOf(bundle)[0] ?? ""), "another"),
    },
    {
      name: "has two parts exchanged",
      code: "bundle-altered",
      change: (bundle) => {
        const [one = "", other = ""] = partsOf(bundle);
        renameSync(join(bundle, one), join(bundle, "x"));
        renameSync(join(bundle, other), join(bundle, one));
        renameSync(join(bundle, "x"), join(bundle, other));
      },
    },
    {
      name: "has another manifest",
      code: "bundle-altered",
      change: (bundle) =>
        manifest(bundle, ({ text, signature }) => ({ text: text.replace('"add":1', '"add":2'), signature })),
    },
    {
      name: "has no signature",
      code: "bundle-unsigned",
      change: (bundle) => manifest(bundle, ({ text }) => ({ text, signature: "" })),
    },
    {
      name: "has a signature of another text",
      code: "bundle-unsigned",
      change: (bundle) =>
        manifest(bundle, ({ text, signature }) => ({
          text,
          signature: `${signature.startsWith("A") ? "B" : "A"}${signature.slice(1)}`,
        })),
    },
    {
      name: "has a manifest that cannot be read",
      code: "bundle-altered",
      change: (bundle) => writeFileSync(join(bundle, "manifest.json"), "{"),
    },
  ];
  it.each(bundles)("as a bundle that $name: is never applied", async ({ code, change }) => {
    const { digest } = await planOf(repository);
    change(join(home, "bundles", digest.slice("sha256:".length)));
    const ran = await run(repository.top, ["apply", web, "--plan", digest, "--json"]);
    expectTold(ran, {
      exit: ran.code === 1 ? 1 : 3,
      code,
      summary: /./,
      hint: /plangate plan dev\/web|new plan|applies it/,
    });
    expect(repository.effects()).toEqual([]);
    const { runs } = validDocumentOf(await run(repository.top, ["runs", "--json", "--limit", "1"]));
    expect(runs).toEqual([
      expect.objectContaining({ state: expect.stringMatching(/^(refused|waiting)$/), lost: false }),
    ]);
    expect((await run(repository.top, ["ledger", "verify"])).code).toBe(0);
  });

  it("as a bundle whose configuration is not that of its commit: is never applied", async () => {
    const other = ordinaryRepository();
    const [mine, theirs] = [(await planOf(repository)).digest, (await planOf(other)).digest];
    const folder = (at: TestRepository, digest: string) =>
      join(at.top, ".plangate", "bundles", digest.slice("sha256:".length));
    rmSync(folder(repository, mine), { recursive: true });
    cpSync(folder(other, theirs), folder(repository, mine), { recursive: true });
    const ran = await run(repository.top, ["apply", web, "--plan", mine, "--json"]);
    expectTold(ran, { exit: 3, code: "bundle-altered", summary: /manifest/, hint: /plangate plan dev\/web/ });
    expect([...repository.effects(), ...other.effects()]).toEqual([]);
  });
});

function sql(file: string, text: string): void {
  const db = new DatabaseSync(file);
  db.exec(text);
  db.close();
}

function partsOf(bundle: string): readonly string[] {
  return readdirSync(bundle)
    .filter((name) => name.startsWith("part-"))
    .sort();
}

function manifest(bundle: string, change: (signed: { text: string; signature: string }) => object): void {
  const file = join(bundle, "manifest.json");
  chmodSync(file, 0o600);
  writeFileSync(
    file,
    JSON.stringify(change(JSON.parse(readFileSync(file, "utf8")) as { text: string; signature: string })),
  );
}
