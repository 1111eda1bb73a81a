import { fromBuffer } from "yauzl";

/** The files of an archive, as they were put in. */
export function readZip(zip: Buffer): Promise<readonly { readonly path: string; readonly content: Buffer }[]> {
  return new Promise((resolve, reject) => {
    fromBuffer(zip, { lazyEntries: true }, (failed, archive) => {
      if (failed !== null) return reject(failed);
      const found: { path: string; content: Buffer }[] = [];
      archive.on("error", reject);
      archive.on("end", () => resolve(found));
      archive.on("entry", (entry: { fileName: string }) => {
        archive.openReadStream(entry as Parameters<typeof archive.openReadStream>[0], (broken, stream) => {
          if (broken !== null) return reject(broken);
          const chunks: Buffer[] = [];
          stream.on("data", (chunk: Buffer) => chunks.push(chunk));
          stream.on("error", reject);
          stream.on("end", () => {
            found.push({ path: entry.fileName, content: Buffer.concat(chunks) });
            archive.readEntry();
          });
        });
      });
      archive.readEntry();
    });
  });
}
