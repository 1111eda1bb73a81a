/** Git's way of cutting a stream into lines: four hex digits of length, themselves counted, and `0000` between parts. */

/** The lines up to the first flush, and what follows it. */
export function readPktLines(bytes: Buffer): { readonly lines: readonly Buffer[]; readonly rest: Buffer } {
  const lines: Buffer[] = [];
  let at = 0;
  while (at + 4 <= bytes.length) {
    const length = Number.parseInt(bytes.toString("latin1", at, at + 4), 16);
    if (length === 0) return { lines, rest: bytes.subarray(at + 4) };
    if (!Number.isInteger(length) || length < 4 || at + length > bytes.length) break;
    lines.push(bytes.subarray(at + 4, at + length));
    at += length;
  }
  return { lines, rest: Buffer.alloc(0) };
}

export function pktLine(content: string | Uint8Array): Buffer {
  const bytes = Buffer.from(content as Uint8Array);
  return Buffer.concat([Buffer.from((bytes.length + 4).toString(16).padStart(4, "0")), bytes]);
}

export const flush = Buffer.from("0000");

/** A part of a band of its own: 1 what is asked for, 2 what people read. */
export function band(number: 1 | 2, content: Buffer): Buffer {
  const parts: Buffer[] = [];
  for (let at = 0; at < content.length; at += 65_000)
    parts.push(pktLine(Buffer.concat([Buffer.from([number]), content.subarray(at, at + 65_000)])));
  return Buffer.concat(parts);
}
