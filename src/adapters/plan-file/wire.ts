import { unreadable } from "./unreadable.ts";

/** A field of a Protocol Buffers message, as it stands on the wire. */
export interface WireField {
  readonly number: number;
  readonly value: number | bigint | Uint8Array;
}

/** Splits a message into its fields. Anything that is not one to the last byte is refused. */
export function readWire(message: Uint8Array): readonly WireField[] {
  const fields: WireField[] = [];
  const view = new DataView(message.buffer, message.byteOffset, message.byteLength);
  let at = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = message[at++];
      if (byte === undefined) throw unreadable("a number in it is cut off");
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    throw unreadable("a number in it is too long");
  };
  const take = (length: number): number => {
    const from = at;
    at += length;
    if (at > message.length) throw unreadable("a field in it is cut off");
    return from;
  };
  while (at < message.length) {
    const tag = Number(varint());
    const number = Math.floor(tag / 8);
    switch (tag % 8) {
      case 0:
        fields.push({ number, value: varint() });
        break;
      case 1:
        fields.push({ number, value: view.getBigUint64(take(8), true) });
        break;
      case 2: {
        const length = Number(varint());
        const from = take(length);
        fields.push({ number, value: message.subarray(from, from + length) });
        break;
      }
      case 5:
        fields.push({ number, value: view.getUint32(take(4), true) });
        break;
      default:
        throw unreadable("a field in it is of no known kind");
    }
  }
  return fields;
}

/** The only field of that number; readers merge or choose among several, so more than one is refused. */
export function onlyBytes(fields: readonly WireField[], number: number): Uint8Array | undefined {
  const [field, another] = fields.filter((each) => each.number === number);
  if (another !== undefined) throw unreadable(`its field ${number} is there twice`);
  if (field === undefined) return undefined;
  if (!(field.value instanceof Uint8Array)) throw unreadable(`its field ${number} is a number`);
  return field.value;
}
