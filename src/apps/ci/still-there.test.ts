import { describe, expect, it } from "vitest";
import type { Holder } from "../../domain/run.ts";
import type { Ci } from "./open-job.ts";
import { isAtWork } from "./still-there.ts";

const here = { host: "github.com/acme/infra", startedAt: "1" };
const holder: Holder = { ...here, pid: 7 };

/** A job of the run 9 that asks about the run 7. */
function asking(seen: { readonly going: boolean; readonly attempt: number; readonly onlyWaits: boolean }): Ci {
  const workflows = { run: async () => seen, onlyWaits: async () => seen.onlyWaits };
  return { job: { holder: { ...here, pid: 9 } }, outside: { workflows } } as unknown as Ci;
}

describe("whoever worked on a run", () => {
  const waits = { going: true, attempt: 1, onlyWaits: true };
  const applying = { state: "applying" } as const;

  it.each([
    { name: "works on while a job of it runs", seen: { ...waits, onlyWaits: false }, run: applying, is: true },
    { name: "is gone when it has ended", seen: { ...waits, going: false }, run: applying, is: false },
    { name: "is gone when another attempt has begun", seen: { ...waits, attempt: 2 }, run: applying, is: false },
    { name: "is gone when nothing but gates is left of it", seen: waits, run: applying, is: false },
    {
      name: "is there when that gate may be the run's own",
      seen: waits,
      run: { state: "approved" } as const,
      is: true,
    },
  ])("$name", async ({ seen, run, is }) => {
    expect(await isAtWork(asking(seen), holder, run)).toBe(is);
  });

  it("is there when nobody here can be asked", async () => {
    const gone = asking({ ...waits, going: false });
    expect(await isAtWork(gone, { ...holder, host: "somebody's machine" }, applying)).toBe(true);
  });
});
