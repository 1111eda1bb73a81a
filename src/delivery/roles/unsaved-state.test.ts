import { describe, expect, it } from "vitest";
import { DeliveryError } from "../../domain/errors.ts";
import type { RunId } from "../../domain/names.ts";
import type { Salvage } from "../ports/salvage.ts";
import type { Workdir } from "../ports.ts";
import { salvageState } from "./unsaved-state.ts";

const outcome = { kind: "failed", summary: "Failed to save state", started: true, stateLock: null } as const;
const state = new TextEncoder().encode('{"serial":1}');
const refused = new DeliveryError({ code: "terraform-failed", message: "the backend says no", reaction: "stop" });

/** What is done, in order, by an apply whose backend takes the state at the given try; never when left out. */
async function salvaged(about: { readonly takenAt?: number; readonly signal?: AbortSignal; readonly keeps?: boolean }) {
  const did: string[] = [];
  const workdir: Workdir = {
    checkout: "/c",
    root: "app",
    env: {},
    log: { write: (text) => void did.push(`log ${text.trim()}`) },
    ...(about.signal === undefined ? {} : { signal: about.signal }),
  };
  const salvage: Salvage = {
    tries: [1, 2],
    pause: async (duration) => void did.push(`pause ${duration}`),
    keep: async () => {
      if (about.keeps === false) throw new DeliveryError({ code: "disk-full", message: "no room", reaction: "stop" });
      did.push("keep");
      return { place: "there", told: "It is kept there", remove: async () => void did.push("remove") };
    },
  };
  let tries = 0;
  const pushState = async () => {
    if (++tries !== about.takenAt) throw refused;
    did.push("pushed");
  };
  const unsaved = { run: "run-1" as RunId, workdir, state, file: "/c/app/errored.tfstate" };
  const told = await salvageState({ salvage, terraform: { pushState } }, { ...outcome, unsavedState: "x" }, unsaved);
  return { did, told };
}

describe("a state that its backend did not take", () => {
  it("is kept before anything else, and tried again", async () => {
    const { did, told } = await salvaged({ takenAt: 2 });
    expect(did).toEqual(["keep", "pause 1", "log the backend says no", "pause 2", "pushed", "remove"]);
    expect(told).toEqual({
      ...outcome,
      summary: "Failed to save state. The state could be written to its backend a little later",
    });
  });

  it("is told first of all where it could not be written at all", async () => {
    const { did, told } = await salvaged({});
    expect(did.at(-1)).toBe("log the backend says no");
    expect(told).toEqual({
      ...outcome,
      unsavedState: "there",
      summary: "It is kept there. What failed: Failed to save state",
    });
  });

  it("is kept and not tried again by what is asked to stop", async () => {
    const { did, told } = await salvaged({ takenAt: 1, signal: AbortSignal.abort() });
    expect(did).toEqual(["keep", "pause 1"]);
    expect(told.unsavedState).toBe("there");
  });

  it("is tried again where it could not be kept, and its loss is told", async () => {
    expect((await salvaged({ keeps: false, takenAt: 1 })).told.unsavedState).toBeUndefined();
    expect((await salvaged({ keeps: false })).told.summary).toMatch(/could not be kept, no room: import what/);
  });
});
