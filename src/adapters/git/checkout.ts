import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { DeliveryError, InternalError } from "../../domain/errors.ts";
import { objectMissing } from "./git-error.ts";
import type { ObjectReader } from "./object-reader.ts";
import { isFolder, type PlacedEntry, pathText } from "./tree.ts";

/**
 * Writes a tree's files as they are in Git, byte for byte, so that what is planned can be compared with Git again. No
 * filter, line-end or encoding conversion takes part: a file under Git LFS is its pointer. A submodule is an empty
 * folder; `listTree` names it by its mode.
 *
 * The tree is hostile. All names are looked at before the first file is written, nothing is ever overwritten, and
 * links come last, when there is nothing left that could be written through them.
 */
export async function checkOut(reader: ObjectReader, entries: readonly PlacedEntry[], folder: string): Promise<void> {
  for (const entry of entries) refuseUnsafe(entry);
  mkdirSync(folder, { recursive: true });
  if (readdirSync(folder).length > 0) throw new InternalError(`checkout into ${folder}, which is not empty`);
  const place = (entry: PlacedEntry) =>
    Buffer.concat([Buffer.from(folder), ...entry.path.flatMap((name) => [slash, name])]);
  const links: (() => void)[] = [];
  for (const entry of entries) {
    if (isFolder(entry) || entry.mode === "160000") written(entry, () => mkdirSync(place(entry)));
  }
  await Promise.all(
    entries.map(async (entry) => {
      if (isFolder(entry) || entry.mode === "160000") return;
      const blob = await reader.read(entry.id);
      if (blob === undefined) throw objectMissing(`the content of ${pathText(entry.path)}`, folder);
      if (entry.mode === "120000") links.push(() => written(entry, () => symlinkSync(blob.content, place(entry))));
      else written(entry, () => writeFileSync(place(entry), blob.content, { flag: "wx", mode: modeOf(entry) }));
    }),
  );
  for (const link of links) link();
}

const slash = Buffer.from("/");

const modeOf = ({ mode }: PlacedEntry) => (mode === "100755" ? 0o755 : 0o644);

const knownModes = new Set(["40000", "100644", "100664", "100755", "120000", "160000"]);

function refuseUnsafe(entry: PlacedEntry): void {
  const name = entry.name.toString("latin1");
  const asGitFolder = name.toLowerCase().replace(/[. ]+$/, "") === ".git";
  if (knownModes.has(entry.mode) && !asGitFolder && !/^\.{0,2}$|\//.test(name)) return;
  throw new DeliveryError({
    code: "unsafe-tree",
    message: `${JSON.stringify(pathText(entry.path))} cannot be checked out: Git would never make such an entry`,
    reaction: "stop",
    hint: "Do not use the commit that brought it. Find out who made it.",
  });
}

function written(entry: PlacedEntry, write: () => void): void {
  try {
    write();
  } catch (error) {
    const full = ["ENOSPC", "EDQUOT"].includes((error as NodeJS.ErrnoException).code ?? "");
    throw new DeliveryError({
      code: full ? "disk-full" : "checkout-failed",
      message: `checking out ${JSON.stringify(pathText(entry.path))}`,
      reaction: full ? "wait" : "stop",
      hint: full ? "Free space on the disk that holds the checkout." : undefined,
      detail: (error as Error).message,
      cause: error,
    });
  }
}
