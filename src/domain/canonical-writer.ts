import { ExactNumber, isList, type JsonObject, type JsonValue } from "./json-value.ts";

/**
 * Writes values as bytes, one sequence of bytes per value and one value per sequence: types have their own first
 * byte, and texts and numbers end in a byte that UTF-8 never has, so neither `1` and `"1"` nor `["ab"]` and
 * `["a", "b"]` can meet. Members are written in the order of their names.
 *
 * One buffer, grown as needed and used again: a large plan has millions of values.
 */
export interface CanonicalWriter {
  /** Where the next byte goes. */
  mark(): number;
  /** What was written since; valid until the next write. */
  since(mark: number): Uint8Array;
  /** Forgets what was written since. */
  rewind(mark: number): void;
  text(text: string): void;
  value(value: JsonValue | undefined): void;
  /** A single byte that opens or closes something; letters and brackets that `value` does not use are the caller's. */
  tag(byte: number): void;
  /** The names of an object's members in the order in which they are to be written. */
  keys(object: JsonObject): readonly string[];
}

/** First bytes of each kind of value. */
export const tags = {
  absent: 0x61, // a
  null: 0x6e, // n
  true: 0x74, // t
  false: 0x66, // f
  number: 0x23, // #
  text: 0x22, // "
  openList: 0x5b,
  closeList: 0x5d,
  openObject: 0x7b,
  closeObject: 0x7d,
  /** In place of a sensitive value. */
  secret: 0x73, // s
} as const;

/** Ends texts and numbers: never part of UTF-8. */
const end = 0xff;
/** Half of a surrogate pair, which UTF-8 cannot write: this byte and the code unit's two. Never part of UTF-8 either. */
const half = 0xfe;

export function canonicalWriter(): CanonicalWriter {
  let buffer = new Uint8Array(1 << 10);
  let at = 0;
  const encoder = new TextEncoder();
  const keys = keySorter();

  const room = (bytes: number): void => {
    if (at + bytes <= buffer.length) return;
    const larger = new Uint8Array(Math.max(buffer.length * 2, at + bytes));
    larger.set(buffer.subarray(0, at));
    buffer = larger;
  };

  const tag = (byte: number): void => {
    if (at === buffer.length) room(1);
    buffer[at++] = byte;
  };

  const text = (value: string): void => {
    const length = value.length;
    room(length * 3 + 2);
    buffer[at++] = tags.text;
    let ascii = length <= 64;
    if (ascii) {
      const start = at;
      for (let index = 0; index < length; index++) {
        const unit = value.charCodeAt(index);
        if (unit > 0x7f) {
          at = start;
          ascii = false;
          break;
        }
        buffer[at++] = unit;
      }
    }
    if (!ascii) {
      if (value.isWellFormed()) at += encoder.encodeInto(value, buffer.subarray(at)).written;
      else brokenText(value);
    }
    buffer[at++] = end;
  };

  const brokenText = (value: string): void => {
    for (const character of value) {
      if (character.isWellFormed()) {
        at += encoder.encodeInto(character, buffer.subarray(at)).written;
      } else {
        const unit = character.charCodeAt(0);
        buffer[at++] = half;
        buffer[at++] = unit >> 8;
        buffer[at++] = unit & 0xff;
      }
    }
  };

  const number = (written: string): void => {
    room(written.length + 2);
    buffer[at++] = tags.number;
    for (let index = 0; index < written.length; index++) buffer[at++] = written.charCodeAt(index);
    buffer[at++] = end;
  };

  const value = (given: JsonValue | undefined): void => {
    if (typeof given === "string") text(given);
    else if (typeof given === "boolean") tag(given ? tags.true : tags.false);
    else if (typeof given === "number") number(String(given));
    else if (given === undefined) tag(tags.absent);
    else if (given === null) tag(tags.null);
    else if (given instanceof ExactNumber) number(given.decimal);
    else if (isList(given)) {
      tag(tags.openList);
      for (let index = 0; index < given.length; index++) value(given[index]);
      tag(tags.closeList);
    } else {
      tag(tags.openObject);
      for (const key of keys(given)) {
        text(key);
        value(given[key]);
      }
      tag(tags.closeObject);
    }
  };

  return {
    mark: () => at,
    since: (mark) => buffer.subarray(mark, at),
    rewind: (mark) => {
      at = mark;
    },
    text,
    value,
    tag,
    keys,
  };
}

/** Gives the names of an object's members by code units. */
type KeySorter = (object: JsonObject) => readonly string[];

/**
 * Objects of a plan come in few shapes, and their names mostly sorted: that names are those of the last object with as
 * many of them is quicker to see than that they are in order.
 */
function keySorter(): KeySorter {
  const lastOfLength: string[][] = [];
  return (object) => {
    const keys = Object.keys(object);
    const last = lastOfLength[keys.length];
    if (last !== undefined && areSame(keys, last)) return keys;
    for (let index = 1; index < keys.length; index++) {
      if ((keys[index - 1] as string) > (keys[index] as string)) return keys.sort();
    }
    if (keys.length < 256) lastOfLength[keys.length] = keys;
    return keys;
  };
}

function areSame(left: readonly string[], right: readonly string[]): boolean {
  for (let index = 0; index < left.length; index++) if (left[index] !== right[index]) return false;
  return true;
}
