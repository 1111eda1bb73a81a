import { crc32 } from "node:zlib";
import { type Entry, fromBufferPromise, type ZipFile } from "yauzl";
import { unreadable } from "./unreadable.ts";

export interface ZipLimits {
  readonly entries: number;
  /** Bytes of all entries together, unpacked. */
  readonly total: number;
}

const endRecordSize = 22;
const localHeaderSize = 30;
const extendedTimestamp = 0x5455;

/**
 * Unpacks a zip archive whose maker is not trusted. Programs differ in what they make of unusual archives, and what
 * is compared here must be what the tool will read: so there must be one way to read it. Entries lie one behind the
 * other from the first byte on and the directory behind them up to the last; the directory and the entries agree on
 * names; no name comes twice, and nothing is encrypted, split or renamed by an extra field.
 */
export async function readStrictZip(bytes: Uint8Array, limits: ZipLimits): Promise<Map<string, Uint8Array>> {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const { count, directoryAt } = readEnd(buffer);
  if (count > limits.entries) throw unreadable(`it has more than ${limits.entries} entries`);
  const zip = await opened(buffer);
  const contents = new Map<string, Uint8Array>();
  let at = 0;
  let total = 0;
  try {
    for await (const entry of zip.eachEntry()) {
      const name = entry.fileName;
      if (contents.has(name)) throw unreadable(`it has two entries named ${JSON.stringify(name)}`);
      at = checkEntry(entry, buffer, at);
      total += entry.uncompressedSize;
      if (total > limits.total)
        throw unreadable(`unpacked it has more than ${Math.round(limits.total / (1024 * 1024))} MiB`);
      contents.set(name, await contentOf(zip, entry));
    }
  } catch (error) {
    throw error instanceof Error && error.name === "DeliveryError" ? error : unreadable(messageOf(error), error);
  }
  if (at !== directoryAt) throw unreadable("there is something between its entries and its directory");
  if (contents.size !== count) throw unreadable("its directory does not hold as many entries as it says");
  return contents;
}

/** The end record must be the last thing, without a comment behind it, and the directory must end where it begins. */
function readEnd(buffer: Buffer): { readonly count: number; readonly directoryAt: number } {
  const at = buffer.length - endRecordSize;
  if (at < 0 || buffer.readUInt32LE(at) !== 0x06054b50) throw unreadable("it does not end like a zip archive");
  const [disk, directoryDisk] = [buffer.readUInt16LE(at + 4), buffer.readUInt16LE(at + 6)];
  const [here, count] = [buffer.readUInt16LE(at + 8), buffer.readUInt16LE(at + 10)];
  const [size, directoryAt] = [buffer.readUInt32LE(at + 12), buffer.readUInt32LE(at + 16)];
  if (disk !== 0 || directoryDisk !== 0 || here !== count) throw unreadable("it is one part of several");
  if (buffer.readUInt16LE(at + 20) !== 0) throw unreadable("it has a comment");
  if (directoryAt + size !== at) throw unreadable("its directory does not lie where it says");
  return { count, directoryAt };
}

async function opened(buffer: Buffer): Promise<ZipFile> {
  try {
    return await fromBufferPromise(buffer, {
      lazyEntries: true,
      strictFileNames: true,
      validateEntrySizes: true,
      decodeStrings: true,
    });
  } catch (cause) {
    throw unreadable(messageOf(cause), cause);
  }
}

/** Checks one entry against the bytes in front of its content; gives where the next one must begin. */
function checkEntry(entry: Entry, buffer: Buffer, expectedAt: number): number {
  const name = JSON.stringify(entry.fileName);
  if (entry.relativeOffsetOfLocalHeader !== expectedAt)
    throw unreadable(`the entry ${name} does not follow the one before it`);
  if (!/^[\x20-\x7e]+$/.test(entry.fileName) && (entry.generalPurposeBitFlag & 0x800) === 0) {
    throw unreadable(`the name ${name} has characters in no known encoding`);
  }
  if (/[\p{Cc}\ufffd\\]/u.test(entry.fileName) || entry.fileName.endsWith("/"))
    throw unreadable(`${name} is not a file's name`);
  if (entry.isEncrypted()) throw unreadable(`the entry ${name} is encrypted`);
  if (entry.compressionMethod !== 0 && entry.compressionMethod !== 8)
    throw unreadable(`the entry ${name} is packed in an unknown way`);
  if (entry.extraFields.some((field) => field.id !== extendedTimestamp))
    throw unreadable(`the entry ${name} has an unknown extra field`);
  if (entry.fileComment !== "") throw unreadable(`the entry ${name} has a comment`);

  const header = buffer.subarray(expectedAt, expectedAt + localHeaderSize);
  if (header.length < localHeaderSize || header.readUInt32LE(0) !== 0x04034b50)
    throw unreadable(`the entry ${name} is cut off`);
  const nameEnd = expectedAt + localHeaderSize + header.readUInt16LE(26);
  const localName = buffer.subarray(expectedAt + localHeaderSize, nameEnd);
  const same =
    header.readUInt16LE(6) === entry.generalPurposeBitFlag && header.readUInt16LE(8) === entry.compressionMethod;
  if (!same || !localName.equals(entry.fileNameRaw))
    throw unreadable(`the entry ${name} and the directory do not agree`);
  const contentEnd = nameEnd + header.readUInt16LE(28) + entry.compressedSize;
  if ((entry.generalPurposeBitFlag & 0x8) === 0) return contentEnd;
  if (contentEnd + 16 > buffer.length || buffer.readUInt32LE(contentEnd) !== 0x08074b50)
    throw unreadable(`the entry ${name} has no end`);
  return contentEnd + 16;
}

async function contentOf(zip: ZipFile, entry: Entry): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  // The stream ends with an error as soon as there is more than the size that was counted.
  for await (const chunk of await zip.openReadStreamPromise(entry)) chunks.push(chunk as Buffer);
  const content = Buffer.concat(chunks);
  if (crc32(content) !== entry.crc32) throw unreadable(`the entry ${JSON.stringify(entry.fileName)} is damaged`);
  return content;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
