/** A range of addresses, from its first to its last. Ranges of the two versions of the protocol never meet. */
export interface AddressRange {
  readonly version: 4 | 6;
  readonly first: bigint;
  readonly last: bigint;
}

/** Reads `10.0.0.0/16` or `fd00::/8`; undefined for anything else. Bits behind the prefix count as zero, as clouds take them. */
export function parseCidr(text: string): AddressRange | undefined {
  const [, address = "", prefix = ""] = /^([0-9A-Fa-f:.]+)\/(\d{1,3})$/.exec(text.trim()) ?? [];
  const version = address.includes(":") ? 6 : 4;
  const bits = version === 6 ? 128 : 32;
  const value = version === 6 ? parseSix(address) : parseFour(address);
  if (value === undefined || Number(prefix) > bits) return undefined;
  const size = 1n << BigInt(bits - Number(prefix));
  const first = value - (value % size);
  return { version, first, last: first + size - 1n };
}

function parseFour(address: string): bigint | undefined {
  const parts = address.split(".");
  if (parts.length !== 4 || !parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) <= 255)) return undefined;
  return parts.reduce((value, part) => value * 256n + BigInt(part), 0n);
}

function parseSix(address: string): bigint | undefined {
  const [head = "", tail, ...more] = address.split("::");
  const groups = (text: string) => (text === "" ? [] : text.split(":"));
  const [before, after] = [groups(head), groups(tail ?? "")];
  const missing = 8 - before.length - after.length;
  if (more.length > 0 || (tail === undefined ? missing !== 0 : missing < 1)) return undefined;
  const all = [...before, ...Array.from({ length: missing }, () => "0"), ...after];
  if (!all.every((group) => /^[0-9A-Fa-f]{1,4}$/.test(group))) return undefined;
  return all.reduce((value, group) => value * 65_536n + BigInt(`0x${group}`), 0n);
}

/** Whether two ranges have an address in common: equal, one inside the other, or crossing. */
export function overlaps(left: AddressRange, right: AddressRange): boolean {
  return left.version === right.version && left.first <= right.last && right.first <= left.last;
}
