import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { UnpackedArtifact } from "../../delivery/ports/artifacts.ts";

/**
 * Writes artifacts into folders of their own, called by number: their names are somebody else's. Paths in them were looked
 * at when they were unpacked, and none leads out. Gives the folders.
 */
export async function writeUnpacked(
  artifacts: AsyncIterable<UnpackedArtifact>,
  into: string,
): Promise<readonly string[]> {
  const folders: string[] = [];
  for await (const { files } of artifacts) {
    const folder = join(into, String(folders.length));
    folders.push(folder);
    for (const [path, content] of files) {
      mkdirSync(dirname(join(folder, path)), { recursive: true, mode: 0o700 });
      writeFileSync(join(folder, path), content, { mode: 0o600 });
    }
  }
  return folders;
}
