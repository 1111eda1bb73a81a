import { describe, expect, it } from "vitest";
import { type Edit, saidAfter } from "../../src/flow/checks/said-after.ts";
import { shortFlow } from "../../src/flow/short-flow.ts";

/** A promise of the checks: edits of the short flow that break it, what is said then, and nearly the same edits that keep it. */
export interface FlowPromise {
  readonly name: string;
  readonly broken: readonly Edit[];
  /** As `saidAfter` gives it. */
  readonly said: readonly string[];
  readonly kept: readonly Edit[];
}

/** Tests each promise once broken, and once kept. */
export function holdPromises(promises: readonly FlowPromise[]): void {
  describe("checks of a flow", () => {
    it.each(promises)("$name", ({ broken, said }) => {
      expect(saidAfter(shortFlow, broken)).toEqual(said);
    });

    it.each(promises)("says nothing when $name", ({ kept }) => {
      expect(saidAfter(shortFlow, kept)).toEqual([]);
    });
  });
}

export const gateOfProd = "approvals: { by: [ann, bob] }, after";
export const atTop = (text: string): Edit => ["version: 1\n", `version: 1\n${text}\n`];
export const row = (text: string): Edit => [
  "[plan, gate, apply, verify] }\n",
  `[plan, gate, apply, verify] }\n  - ${text}\n`,
];
export const release = atTop('releases: [{ id: rel, tag: "v{version}", from: main }]');
export const makeRelease = row("{ on: dispatch, job: Release, do: [release] }");
