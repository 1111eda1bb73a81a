import { folderOf, joinPath } from "../../domain/tree.ts";
import { each, problem, warning } from "../../flow/check.ts";
import type { FileCheck, Inspected } from "../check.ts";
import { isLocal } from "../modules.ts";

/** Fewer objects in common are not worth a module of their own. */
const fewest = 3;
/** Of the smaller folder's objects, so many make it a copy of the other. */
const share = 0.75;
/** An object that is in more folders than this is what everybody writes; only whole folders are compared then. */
const everywhere = 50;

/** No module is a copy of another: what many need is a module that they name, by a path here or a tag elsewhere. */
export const noModuleIsCopied: FileCheck = {
  name: "no-module-is-copied",
  find(about) {
    const folders = [...foldersOf(about)].filter(([, blocks]) => blocks.size >= fewest);
    const copies = originals(folders);
    const modules = calledFolders(about);
    const found = each([...copies], ([folder, { original, common }]) => {
      const place = { file: fileIn(folder, about), line: 1, column: 1 };
      const summary = `${named(folder)} declares ${common} objects word for word as ${named(original)} does.`;
      const hint = "Keep one of them, and call it as a module: by its path, or from a repository of its own by a tag.";
      // Root modules for each environment are often alike; a module has no reason to be.
      const isModule = [folder, original].some((one) => modules.has(one) || /(?:^|\/)modules\//.test(one));
      return [(isModule ? problem : warning)("module-copied", place, [summary, hint])];
    });
    const kept = [...about.survey.files.keys()].filter((file) => /(?:^|\/)\.terraform\//.test(file));
    const fetched = each(kept.slice(0, 1), (file) => [
      problem("module-copied", { file, line: 1, column: 1 }, [
        `${kept.length} files of a .terraform folder are in Git: modules and providers as they were fetched once.`,
        "git rm -r --cached them, and put .terraform/ into .gitignore.",
      ]),
    ]);
    return { count: foldersOf(about).size, diagnostics: [...found.diagnostics, ...fetched.diagnostics] };
  },
};

/** Folders of configuration, with what each declares. Examples show how a module is used, so they are left out. */
function foldersOf({ survey }: Inspected): ReadonlyMap<string, ReadonlySet<string>> {
  const found = new Map<string, Set<string>>();
  for (const [file, blocks] of survey.blocks) {
    const folder = folderOf(file);
    if (/(?:^|\/)(?:\.terraform|examples?|fixtures|testdata)(?:\/|$)/.test(folder)) continue;
    const known = found.get(folder) ?? new Set();
    found.set(folder, known);
    for (const block of blocks) known.add(block);
  }
  return found;
}

type Folders = readonly (readonly [folder: string, blocks: ReadonlySet<string>])[];

/** The folders that are copies, each with the first one that it is a copy of and how much they have in common. */
function originals(folders: Folders): ReadonlyMap<string, { readonly original: string; readonly common: number }> {
  const found = new Map<string, { original: string; common: number }>();
  const whole = new Map<string, string>();
  const holders = new Map<string, string[]>();
  const sizes = new Map(folders.map(([folder, { size }]) => [folder, size]));
  for (const [folder, blocks] of folders.toSorted(([left], [right]) => (left < right ? -1 : 1))) {
    const key = [...blocks].sort().join();
    const same = whole.get(key);
    if (same !== undefined) {
      found.set(folder, { original: same, common: blocks.size });
      continue;
    }
    whole.set(key, folder);
    const common = new Map<string, number>();
    for (const block of blocks) {
      const others = holders.get(block) ?? [];
      if (others.length <= everywhere) for (const other of others) common.set(other, (common.get(other) ?? 0) + 1);
      others.push(folder);
      holders.set(block, others);
    }
    for (const [other, count] of common) {
      if (count < fewest || count < share * Math.min(blocks.size, sizes.get(other) ?? 0)) continue;
      if (count > (found.get(folder)?.common ?? 0)) found.set(folder, { original: other, common: count });
    }
  }
  return found;
}

function calledFolders({ survey }: Inspected): ReadonlySet<string> {
  const called = [...survey.configuration].flatMap(([file, { calls }]) =>
    calls.flatMap(({ source }) => (isLocal(source) ? [joinPath(folderOf(file), source) ?? ""] : [])),
  );
  return new Set(called);
}

function fileIn(folder: string, { survey }: Inspected): string {
  for (const [file, blocks] of survey.blocks) if (blocks.length > 0 && folderOf(file) === folder) return file;
  return folder;
}

function named(folder: string): string {
  return folder === "" ? "the top folder" : folder;
}
