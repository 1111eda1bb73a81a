import { describe, expect, it } from "vitest";
import { DeliveryError } from "../../domain/errors.ts";
import { decidingAnew } from "./decide-anew.ts";

const failing = (code: string) => new DeliveryError({ code, message: "writing the record", reaction: "retry" });

/** Decides as often as it is told how that goes, then well. */
async function decided(...ends: readonly DeliveryError[]) {
  const [said, left]: [string[], DeliveryError[]] = [[], [...ends]];
  let tries = 0;
  const once = async () => {
    tries += 1;
    const error = left.shift();
    if (error !== undefined) throw error;
    return "decided";
  };
  const end = await decidingAnew((line) => void said.push(line), once).catch((error: unknown) => error);
  return { end, tries, said };
}

describe("deciding where another job is first", () => {
  it("begins anew, and says so", async () => {
    const lost = failing("store-conflict");
    expect(await decided(lost, lost)).toEqual({
      end: "decided",
      tries: 3,
      said: Array(2).fill("writing the record. It is decided anew"),
    });
  });

  it("gives up when it is never first", async () => {
    const lost = failing("store-conflict");
    expect(await decided(lost, lost, lost)).toMatchObject({ end: lost, tries: 3 });
  });

  it("tries nothing else twice", async () => {
    const gone = failing("record-unreachable");
    expect(await decided(gone)).toEqual({ end: gone, tries: 1, said: [] });
  });
});
