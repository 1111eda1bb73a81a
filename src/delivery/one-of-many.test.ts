import { describe, expect, it } from "vitest";
import { DeliveryError, InternalError } from "../domain/errors.ts";
import type { RunId } from "../domain/names.ts";
import { parseFlow, renderPreset } from "../flow/index.ts";
import { aDue, aRun } from "../testing/builders.ts";
import type { Delivery } from "./delivery.ts";
import { dueFacts } from "./observe/runs.ts";
import { oneOfMany } from "./one-of-many.ts";
import { recover } from "./recover.ts";

const failing = (code: string, reaction: DeliveryError["reaction"]) =>
  new DeliveryError({ code, message: "reading pull request 1: there is more of it than can be read", reaction });

describe("oneOfMany", () => {
  const told: string[] = [];
  const about = { progress: (line: string) => void told.push(line) };
  const fails = (error: unknown) =>
    oneOfMany(about, "dev/app", async () => {
      throw error;
    });

  it("leaves what cannot be read, and tells it", async () => {
    expect(await oneOfMany(about, "dev/app", async () => 1)).toBe(1);
    expect(await fails(failing("answer-too-large", "stop"))).toBeUndefined();
    expect(await fails(new RangeError("Maximum call stack size exceeded"))).toBeUndefined();
    expect(told).toEqual([
      "dev/app: it is left for now, reading pull request 1: there is more of it than can be read",
      "dev/app: it is left for now, Maximum call stack size exceeded",
    ]);
  });

  it.each([
    ["the outside is not there", failing("github-unreachable", "retry")],
    ["a limit has to be waited for", failing("rate-limited", "wait")],
    ["the record was rewritten", failing("record-rewritten", "stop")],
    ["a right is missing", failing("right-missing", "stop")],
    ["a promise of our own code was broken", new InternalError("x")],
  ])("ends everything when %s", async (_, error) => {
    await expect(fails(error)).rejects.toBe(error);
  });

  it("ends everything when the work was stopped", async () => {
    const signal = AbortSignal.abort();
    const error = failing("answer-too-large", "stop");
    await expect(oneOfMany({ ...about, signal }, "dev/app", () => Promise.reject(error))).rejects.toBe(error);
  });
});

describe("a change that cannot be read", () => {
  const poisoned = aRun("test/poison", { state: "planning", holder: null, due: aDue() });
  const other = aRun("test/app", { id: "run-0mhx3k2p0a1b2c3d4" as RunId, state: "planning", holder: null });
  const told: string[] = [];
  const unreadable = () => Promise.reject(failing("answer-too-large", "stop"));
  const delivery = {
    flow: parseFlow(renderPreset("trunk-stored-plan"), { file: "plangate.yaml" }).value,
    forge: { teams: async () => ({}), maintainers: async () => [], pullRequest: unreadable, ref: unreadable },
    repository: { resolve: unreadable, treeOf: unreadable, mergeTree: unreadable },
    store: {
      runs: async () => [other, poisoned],
      // The other one has ended meanwhile: there is nothing to look at.
      run: async (id: string) => (id === poisoned.id ? poisoned : undefined),
      write: async () => ({ ok: true, entries: [], lease: null }),
    },
    clock: { now: () => 0 },
    progress: (line: string) => void told.push(line),
  } as unknown as Delivery;

  it("keeps nobody from leading on what other jobs left", async () => {
    const delivered = await recover(delivery, async () => false);
    expect(delivered.map(({ event }) => event)).toEqual([{ kind: "run-lost", run: other.id }]);
    expect(told).toEqual([expect.stringMatching(/^test\/poison: it is left for now/)]);
  });

  it("keeps nobody from looking at what waits", async () => {
    expect(await dueFacts(delivery, ({ stack }) => stack === poisoned.stack)).toEqual({ stacks: [] });
  });
});
