import { isUtf8 } from "node:buffer";
import { type Dirent, lstatSync, readdirSync, readFileSync, type Stats } from "node:fs";
import { join, posix } from "node:path";
import type { Diagnostic } from "../../../domain/diagnostic.ts";
import { InternalError } from "../../../domain/errors.ts";

/** What a checkout has where compiled files go. */
export interface OnDisk {
  readonly texts: ReadonlyMap<string, string>;
  /** Paths that cannot be written, for what the diagnostics say. */
  readonly blocked: ReadonlySet<string>;
  /** What is in the way of writing: links, other things in a file's place, texts that are none. */
  readonly diagnostics: readonly Diagnostic[];
}

/** More is nothing that was compiled. */
const largest = 5_000_000;

/**
 * Reads the files of the paths, and all that lie right in the folders beside them. Nothing is read through a link, nor waited
 * for behind a pipe; a file of another name that only differs by case is in the way, since on many machines it is the same.
 */
export function readDisk(
  top: string,
  { paths, folders }: { readonly paths: readonly string[]; readonly folders: readonly string[] },
): OnDisk {
  const diagnostics: Diagnostic[] = [];
  const texts = new Map<string, string>();
  const blocked = new Set<string>();
  const block = (path: string, why: Diagnostic) => {
    blocked.add(path);
    diagnostics.push(why);
  };
  const entries = new Map<string, readonly Dirent[]>();
  const listed = (folder: string) => {
    const known = entries.get(folder) ?? entriesOf(top, folder);
    entries.set(folder, known);
    return known;
  };
  for (const path of paths) {
    mustBeInside(path);
    const problem = whatIsInTheWay(top, path) ?? nameInAnotherCase(path, listed);
    if (problem !== null) {
      block(path, problem);
      continue;
    }
    if (statOf(join(top, path)) === undefined) continue;
    const read = textOf(join(top, path));
    if (read !== undefined) texts.set(path, read);
    else
      block(
        path,
        wrong(
          path,
          "not-utf-8",
          `${path} cannot be read as a text in UTF-8.`,
          "Save it as UTF-8 where you may read it, or move it away.",
        ),
      );
  }
  const given = new Set(paths);
  for (const folder of folders) {
    // What is in the way of a folder is told where a path leads through it.
    if (whatIsInTheWay(top, folder, "folder") !== null) continue;
    for (const entry of listed(folder)) {
      const path = `${folder}/${entry.name}`;
      if (!entry.isFile() || given.has(path)) continue;
      const text = textOf(join(top, path));
      if (text !== undefined) texts.set(path, text);
    }
  }
  // One link may be in the way of many files.
  const different = new Map(diagnostics.map((said) => [JSON.stringify(said), said]));
  return { texts, blocked, diagnostics: [...different.values()] };
}

/** Paths are compiled, and no name of the flow leads out of the repository. */
function mustBeInside(path: string): void {
  const isPlain = path === posix.normalize(path) && !/^(?:\/|\.\.(?:\/|$))|[\\\0]/.test(path);
  if (!isPlain || path.split("/").some((part) => part.toLowerCase() === ".git"))
    throw new InternalError(`"${path}" is no path inside the repository`);
}

/** Every folder on the way is one, and what is at its end is what it should be, or nothing. */
function whatIsInTheWay(top: string, path: string, end: "file" | "folder" = "file"): Diagnostic | null {
  const parts = path.split("/");
  for (const [index] of parts.entries()) {
    const part = parts.slice(0, index + 1).join("/");
    const found = statOf(join(top, part));
    if (found === undefined) return null;
    if (found.isSymbolicLink())
      return wrong(
        part,
        "link-in-the-way",
        `${part} is a symbolic link, and nothing is written through one.`,
        "Put the folder or the file itself in the link's place.",
      );
    const wanted = index === parts.length - 1 ? end : "folder";
    if (wanted === "file" ? !found.isFile() : !found.isDirectory())
      return wrong(part, "not-a-file", `${part} is no ${wanted}, and ${path} is to be written there.`, "Move it away.");
  }
  return null;
}

function nameInAnotherCase(path: string, listed: (folder: string) => readonly Dirent[]): Diagnostic | null {
  const name = posix.basename(path);
  const other = listed(posix.dirname(path)).find(
    (entry) => entry.name !== name && entry.name.toLowerCase() === name.toLowerCase(),
  );
  if (other === undefined) return null;
  const there = posix.join(posix.dirname(path), other.name);
  return wrong(
    there,
    "name-in-another-case",
    `${there} is ${path} on machines that know no case.`,
    `Rename it: git mv ${there} ${path}`,
  );
}

function entriesOf(top: string, folder: string): readonly Dirent[] {
  try {
    return readdirSync(join(top, folder), { withFileTypes: true });
  } catch {
    // Not there yet, or a link or a file, which is told where a path leads through it.
    return [];
  }
}

function statOf(path: string): Stats | undefined {
  return lstatSync(path, { throwIfNoEntry: false });
}

function textOf(path: string): string | undefined {
  if ((statOf(path)?.size ?? 0) > largest) return undefined;
  const content = bytesOf(path);
  if (content === undefined) return undefined;
  // The decoder would take away the mark of UTF-8 at the beginning, which is people's to keep.
  return isUtf8(content) ? new TextDecoder("utf-8", { ignoreBOM: true }).decode(content) : undefined;
}

function bytesOf(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch {
    // Not ours to read, or gone since it was listed.
    return undefined;
  }
}

function wrong(file: string, code: string, summary: string, hint: string): Diagnostic {
  return { severity: "error", code, summary, hint, file };
}
