import { beforeEach, expect, it } from "vitest";
import type { RefFacts } from "../../domain/facts.ts";
import { commit } from "../../testing/builders.ts";
import { type MemoryForge, memoryForge } from "../../testing/memory-forge.ts";
import { memoryStore } from "../../testing/memory-store.ts";
import type { Store } from "../ports.ts";
import { refOf } from "./ref.ts";

const now = Date.UTC(2026, 0, 6, 10);
const [released, elsewhere] = [commit("c1"), commit("c2")];
let forge: MemoryForge;
let store: Store;

beforeEach(() => {
  forge = memoryForge({ now: () => now, maintainers: [] });
  store = memoryStore({ clock: { now: () => now } });
});

function tells(facts: Partial<RefFacts> = {}): RefFacts {
  const told = { ref: "tag:v1.0.0", commit: released, release: { onBranch: true, moved: false }, ...facts };
  forge.refs.set(told.ref, told);
  return told;
}

const releases = (tag: string, at: string) =>
  store.write({ ledger: [{ at: now, kind: "released", body: { tag, commit: at } }] });

const ask = (ref = "tag:v1.0.0") => refOf({ forge, store }, ref);

it("takes a release that plangate did not make as the forge tells it", async () => {
  const told = tells();
  await releases("v2.0.0", elsewhere);
  expect(await ask()).toEqual(told);
});

it("takes one that plangate made where the record has it, and after another release of the same name by the last", async () => {
  const told = tells();
  await releases("v1.0.0", elsewhere);
  await releases("v1.0.0", released);
  expect(await ask()).toEqual(told);
});

it("tells of one that plangate made elsewhere as moved, whatever the forge keeps of it", async () => {
  tells({ commit: elsewhere });
  await releases("v1.0.0", released);
  expect(await ask()).toMatchObject({ commit: elsewhere, release: { onBranch: true, moved: true } });
});

it("asks the record about no branch, and tells of no ref that is not there", async () => {
  const branch = tells({ ref: "v1.0.0", commit: elsewhere, release: null });
  await releases("v1.0.0", released);
  expect(await ask("v1.0.0")).toEqual(branch);
  expect(await ask("tag:none")).toBeUndefined();
});
