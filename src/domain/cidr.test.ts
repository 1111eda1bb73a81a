import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { overlaps, parseCidr } from "./cidr.ts";

describe("parseCidr", () => {
  it.each([
    ["10.0.0.0/16", 4, 0x0a000000n, 0x0a00ffffn],
    ["10.0.3.7/16", 4, 0x0a000000n, 0x0a00ffffn],
    ["0.0.0.0/0", 4, 0n, 0xffffffffn],
    ["192.168.1.1/32", 4, 0xc0a80101n, 0xc0a80101n],
    ["::/0", 6, 0n, (1n << 128n) - 1n],
    ["fd00::/127", 6, 0xfdn << 120n, (0xfdn << 120n) + 1n],
    ["1:2:3:4:5:6:7:8/128", 6, 0x00010002000300040005000600070008n, 0x00010002000300040005000600070008n],
  ] as const)("reads %s", (text, version, first, last) => {
    expect(parseCidr(text)).toEqual({ version, first, last });
  });

  it.each(["", "10.0.0.0", "10.0.0.0/33", "10.0.0/8", "256.0.0.0/8", "a/8", "1::2::3/64", "1:2:3/64", "fd00::/129"])(
    "takes %j for no range",
    (text) => expect(parseCidr(text)).toBeUndefined(),
  );
});

describe("overlaps", () => {
  const range = (text: string) => parseCidr(text) ?? { version: 4 as const, first: 0n, last: -1n };

  it("sees one inside the other, both ways round, and not beside each other", () => {
    expect(overlaps(range("10.0.0.0/16"), range("10.0.128.0/20"))).toBe(true);
    expect(overlaps(range("10.0.128.0/20"), range("10.0.0.0/16"))).toBe(true);
    expect(overlaps(range("10.0.0.0/16"), range("10.1.0.0/16"))).toBe(false);
    expect(overlaps(range("0.0.0.0/0"), range("::/0"))).toBe(false);
  });

  it("says for any two ranges whether an address is in both", () => {
    const some = fc.tuple(fc.integer({ min: 0, max: 255 }), fc.integer({ min: 24, max: 32 }));
    fc.assert(
      fc.property(some, some, ([a, p], [b, q]) => {
        const [left, right] = [range(`10.0.0.${a}/${p}`), range(`10.0.0.${b}/${q}`)];
        const inside = (at: bigint) => at >= left.first && at <= left.last && at >= right.first && at <= right.last;
        const shared = Array.from({ length: 256 }, (_, last) => 0x0a000000n + BigInt(last)).some(inside);
        expect(overlaps(left, right)).toBe(shared);
      }),
    );
  });
});
