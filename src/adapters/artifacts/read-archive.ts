import { crc32 } from "node:zlib";
import { type Entry, fromBufferPromise, type ZipFile } from "yauzl";

/** An archive that is left out, with the reason as a part of a sentence. */
export class UnreadableArchive extends Error {
  override readonly name = "UnreadableArchive";
}

const longestName = 1_000;

/** Unpacks an archive of somebody who is not trusted, whole or not at all. Links are files with a path in them, as in the archive. */
export async function readArchive(
  bytes: Uint8Array,
  limits: { readonly bytes: number; readonly files: number },
): Promise<ReadonlyMap<string, Uint8Array>> {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  try {
    const zip = await fromBufferPromise(buffer, { lazyEntries: true, strictFileNames: true, validateEntrySizes: true });
    if (zip.entryCount > limits.files) throw new UnreadableArchive(`it has more than ${limits.files} files`);
    return await readEntries(zip, limits.bytes);
  } catch (error) {
    if (error instanceof UnreadableArchive) throw error;
    throw new UnreadableArchive(`it is no whole archive (${error instanceof Error ? error.message : String(error)})`);
  }
}

async function readEntries(zip: ZipFile, most: number): Promise<ReadonlyMap<string, Uint8Array>> {
  const files = new Map<string, Uint8Array>();
  let total = 0;
  for await (const entry of zip.eachEntry()) {
    total += entry.uncompressedSize;
    if (total > most) throw new UnreadableArchive(`unpacked it has more than ${Math.round(most / (1024 * 1024))} MiB`);
    const name = entry.fileName;
    if (name.endsWith("/") && entry.uncompressedSize === 0) continue;
    if (!isPath(name)) throw new UnreadableArchive(`${JSON.stringify(name.slice(0, 100))} in it is no file's name`);
    if (files.has(name)) throw new UnreadableArchive(`it has two files named ${JSON.stringify(name.slice(0, 100))}`);
    if (entry.isEncrypted()) throw new UnreadableArchive("it is encrypted");
    files.set(name, await contentOf(zip, entry));
  }
  const folders = new Set([...files.keys()].flatMap(foldersAbove));
  const both = [...files.keys()].find((name) => folders.has(name));
  if (both !== undefined)
    throw new UnreadableArchive(`${JSON.stringify(both.slice(0, 100))} in it is a file and a folder`);
  return files;
}

/** A path of a file below a folder, in one way of writing it. */
function isPath(name: string): boolean {
  if (name.length > longestName || /[\p{Cc}\ufffd\\]/u.test(name)) return false;
  return name.split("/").every((part) => part !== "" && part !== "." && part !== "..");
}

function foldersAbove(name: string): readonly string[] {
  const parts = name.split("/");
  return parts.slice(1).map((_, index) => parts.slice(0, index + 1).join("/"));
}

async function contentOf(zip: ZipFile, entry: Entry): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  // The stream ends with an error as soon as there is more than the size that was counted.
  for await (const chunk of await zip.openReadStreamPromise(entry)) chunks.push(chunk as Buffer);
  const content = Buffer.concat(chunks);
  if (crc32(content) !== entry.crc32) throw new UnreadableArchive("a file in it is damaged");
  return content;
}
