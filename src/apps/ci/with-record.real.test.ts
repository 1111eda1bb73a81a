import { rmSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Store } from "../../delivery/ports.ts";
import { temporaryFolder } from "../../testing/programs.ts";
import type { Ci } from "./open-job.ts";
import { withRecord } from "./with-record.ts";

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
beforeAll(async () => {
  folder = await temporaryFolder();
});
afterAll(() => rmSync(folder.path, { recursive: true }));

/** A job whose workspace is no repository, so that it ends before anything is done. */
function jobWith(store: () => Promise<Store>): Ci {
  return {
    job: { workspace: folder.path, temp: folder.path, ref: "refs/heads/main" },
    env: { PATH: process.env.PATH },
    outside: { store },
    payload: { defaultBranch: "main" },
  } as unknown as Ci;
}

describe("a job that is not as it has to be", () => {
  const never = async () => expect.unreachable("it was done all the same");

  it("looks at nothing of the record, and closes it however late it is there", async () => {
    let closed = 0;
    const store = { close: async () => void closed++ } as unknown as Store;
    const late = () => new Promise<Store>((there) => setTimeout(() => there(store), 300));
    await expect(withRecord(jobWith(late), never)).rejects.toMatchObject({ code: "not-a-repository" });
    expect(closed).toBe(1);
  });

  it("is told before what is wrong with the record", async () => {
    const failing = async () => Promise.reject(new Error("the record was rewritten"));
    await expect(withRecord(jobWith(failing), never)).rejects.toMatchObject({ code: "not-a-repository" });
  });
});
