import { describe, expect, it } from "vitest";
import { inOrder } from "./in-order.ts";

/** Things whose beginnings end when they are told to. */
function slow() {
  const said: string[] = [];
  const ends = new Map<string, { readonly promise: Promise<string>; end(): void }>();
  const begin = (thing: string) => {
    said.push(`begin ${thing}`);
    const { promise, resolve } = Promise.withResolvers<string>();
    ends.set(thing, { promise, end: () => resolve(thing.toUpperCase()) });
    return promise;
  };
  const finish = async (thing: string, begun: Promise<string>) => {
    const found = await begun;
    said.push(`finish ${thing}`);
    return found;
  };
  const ended = async (thing: string) => {
    ends.get(thing)?.end();
    await new Promise((turn) => setImmediate(turn));
  };
  return { said, begin, finish, ended };
}

describe("inOrder", () => {
  it("begins so many at once, and finishes each in its order whichever ended first", async () => {
    const { said, begin, finish, ended } = slow();
    const done = inOrder(["a", "b", "c", "d"], 2, { begin, finish });
    await ended("b");
    expect(said).toEqual(["begin a", "begin b"]);
    await ended("a");
    expect(said.splice(0)).toEqual(["begin a", "begin b", "finish a", "begin c", "finish b", "begin d"]);
    await ended("d");
    await ended("c");
    expect(said).toEqual(["finish c", "finish d"]);
    expect(await done).toEqual(["A", "B", "C", "D"]);
  });

  it("finishes none behind one that failed, begins no more, and leaves nothing under way", async () => {
    const { said, begin, ended } = slow();
    let isOver = false;
    const done = inOrder(["a", "b", "c"], 2, {
      begin,
      finish: async (thing, begun) => {
        await begun;
        throw new Error(`${thing} cannot be finished`);
      },
    }).finally(() => {
      isOver = true;
    });
    done.catch(() => undefined);
    await ended("a");
    expect(isOver).toBe(false);
    await ended("b");
    await expect(done).rejects.toThrow("a cannot be finished");
    expect(said).toEqual(["begin a", "begin b"]);
  });

  it("lets finish find a beginning that failed", async () => {
    const done = inOrder(["a", "b"], 2, {
      begin: async (thing) => Promise.reject(new Error(`${thing} failed`)),
      finish: (_, begun) => begun.catch((error: Error) => error.message),
    });
    expect(await done).toEqual(["a failed", "b failed"]);
  });
});
