/** Whose keys open what jobs left behind: everything that whoever reads the repository may take from its artifacts. */
import { generateKeyPairSync } from "node:crypto";
import { mkdtempSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { applyKeys, keyFiles } from "../../src/adapters/keys/index.ts";
import { infra } from "../github/small-github.ts";
import { readZip } from "./read-zip.ts";
import type { UserStage } from "./stage.ts";

/** Something that was closed: part of a stored plan of an environment, or of one that a plan job handed over. */
interface Closed {
  readonly of: string;
  readonly content: Uint8Array;
}

type Opens = (content: Uint8Array) => Promise<boolean>;

/**
 * By what was closed (the environment of a stored plan, `kept by` where it was applied, `handed over` for all that plan jobs left), for each of its parts the
 * environments on GitHub whose own secrets open it; each combination once.
 */
export async function whoOpens(stage: UserStage): Promise<Readonly<Record<string, readonly string[]>>> {
  const openers = await openersOf(stage);
  const found = new Map<string, Set<string>>();
  for (const { of, content } of await closedIn(stage)) {
    const those: string[] = [];
    for (const [environment, opens] of openers) if (await opens(content)) those.push(environment);
    found.set(of, (found.get(of) ?? new Set()).add(those.sort().join(", ")));
  }
  return Object.fromEntries([...found].map(([of, combinations]) => [of, [...combinations].sort()]));
}

async function openersOf({ secrets, dir }: UserStage): Promise<ReadonlyMap<string, Opens>> {
  const openers = new Map<string, Opens>();
  const { publicKey } = generateKeyPairSync("ed25519");
  for (const [environment, { PLANGATE_OPEN_KEY }] of Object.entries(secrets.environments)) {
    if (PLANGATE_OPEN_KEY === undefined) continue;
    const keys = mkdtempSync(join(dir, "opening-"));
    writeFileSync(join(keys, keyFiles.identity), PLANGATE_OPEN_KEY, { mode: 0o600 });
    // Whose signatures are taken has nothing to do with it.
    writeFileSync(join(keys, keyFiles.trusted), publicKey.export({ format: "pem", type: "spki" }), { mode: 0o600 });
    const { opener } = await applyKeys(keys);
    openers.set(environment, (content) =>
      opener.open(content).then(
        () => true,
        () => false,
      ),
    );
  }
  return openers;
}

async function closedIn({ github }: UserStage): Promise<readonly Closed[]> {
  const closed: Closed[] = [];
  for (const { name, zip } of github.kept(infra).artifacts) {
    // What people are to read is closed to nobody.
    if (zip === null || name.startsWith("plangate-plans-")) continue;
    const folders = Map.groupBy(await readZip(zip), ({ path }) => path.split("/").at(-2) ?? "");
    for (const files of folders.values()) {
      const told = files.find(({ path }) => /(?:^|\/)(?:manifest|claim)\.json$/.test(path));
      const [, keeping] = /^plangate-kept-\d+-\d+-apply-(.+)-\d+$/.exec(name) ?? [];
      const of = keeping
        ? `kept by ${keeping}`
        : name.startsWith("plangate-bundles-")
          ? environmentIn(told?.content)
          : "handed over";
      closed.push(...files.filter((file) => file !== told).map(({ content }) => ({ of, content })));
    }
  }
  return closed;
}

/** What the signed manifest says, once it is seen to have the parts that are read. */
function environmentIn(manifest: Buffer | undefined): string {
  const { text } = JSON.parse(String(manifest)) as { readonly text: string };
  const { environment, parts } = JSON.parse(text) as {
    readonly environment: string;
    readonly parts: readonly { readonly name: string }[];
  };
  const names = parts.map(({ name }) => name);
  if (!names.includes("tfplan") || !names.includes("plan.json")) throw new Error(`a bundle has ${names.join(", ")}`);
  return environment;
}
