import { crc32, deflateRawSync, inflateRawSync } from "node:zlib";

/** One entry of an archive; `raw` fields let a test write what no honest program would. */
export interface ZipEntry {
  readonly name: string;
  readonly content: Uint8Array | string;
  /** The name in front of the content, when it is not to be the directory's. */
  readonly localName?: string;
  readonly flags?: number;
  readonly method?: number;
  readonly extra?: Uint8Array;
  /** The size that the directory claims. */
  readonly claimedSize?: number;
}

/** Writes a zip archive: entries one behind the other, then the directory. */
export function writeZip(
  entries: readonly ZipEntry[],
  more: { readonly prefix?: string; readonly comment?: string } = {},
): Buffer {
  const parts: Buffer[] = [Buffer.from(more.prefix ?? "")];
  const directory: Buffer[] = [];
  let at = parts[0]?.length ?? 0;
  for (const entry of entries) {
    const content = Buffer.from(entry.content);
    const packed = entry.method === 0 ? content : deflateRawSync(content);
    const extra = Buffer.from(entry.extra ?? []);
    const [name, localName] = [Buffer.from(entry.name), Buffer.from(entry.localName ?? entry.name)];
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(entry.flags ?? 0x800, 2);
    common.writeUInt16LE(entry.method ?? 8, 4);
    common.writeUInt32LE(crc32(content), 10);
    common.writeUInt32LE(packed.length, 14);
    common.writeUInt32LE(entry.claimedSize ?? content.length, 18);
    common.writeUInt16LE(localName.length, 22);
    common.writeUInt16LE(extra.length, 24);
    const local = Buffer.concat([Buffer.from([0x50, 0x4b, 3, 4]), common, localName, extra, packed]);
    common.writeUInt16LE(name.length, 22);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(at, 10);
    directory.push(Buffer.concat([Buffer.from([0x50, 0x4b, 1, 2, 20, 0]), common, tail, name, extra]));
    parts.push(local);
    at += local.length;
  }
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(Buffer.concat(directory).length, 12);
  end.writeUInt32LE(at, 16);
  end.writeUInt16LE(Buffer.byteLength(more.comment ?? ""), 20);
  return Buffer.concat([...parts, ...directory, end, Buffer.from(more.comment ?? "")]);
}

/** The entries of an archive that an honest program wrote. */
export function readZip(bytes: Uint8Array): { readonly name: string; readonly content: Buffer }[] {
  const zip = Buffer.from(bytes);
  const entries: { name: string; content: Buffer }[] = [];
  const count = zip.readUInt16LE(zip.length - 12);
  let at = zip.readUInt32LE(zip.length - 6);
  for (let index = 0; index < count; index++) {
    const [method, size, local] = [zip.readUInt16LE(at + 10), zip.readUInt32LE(at + 20), zip.readUInt32LE(at + 42)];
    const [nameSize, extraSize] = [zip.readUInt16LE(at + 28), zip.readUInt16LE(at + 30)];
    const from = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
    const packed = zip.subarray(from, from + size);
    const name = zip.subarray(at + 46, at + 46 + nameSize).toString("utf8");
    entries.push({ name, content: method === 0 ? packed : inflateRawSync(packed) });
    at += 46 + nameSize + extraSize + zip.readUInt16LE(at + 32);
  }
  return entries;
}

/**
 * The attack that present must see: the same plan, with other configuration inside. Terraform shows the same text and
 * the same JSON of it, and applies with the other configuration's provisioners. A path is a file's name for the root
 * module, `<module key>/<name>` for another.
 */
export function swapSnapshot(planFile: Uint8Array, contents: Readonly<Record<string, string>>): Uint8Array {
  const swaps = new Map(Object.entries(contents).map(([path, text]) => [entryName(path), text]));
  const entries = readZip(planFile).map(({ name, content }) => ({ name, content: swaps.get(name) ?? content }));
  const there = new Set(entries.map((entry) => entry.name));
  for (const [name, content] of swaps) if (!there.has(name)) entries.push({ name, content });
  return writeZip(entries);
}

function entryName(path: string): string {
  return path.includes("/") ? `tfconfig/m-${path}` : `tfconfig/m-/${path}`;
}
