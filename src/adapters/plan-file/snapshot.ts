import type { PlanFileContents } from "../../delivery/ports.ts";
import { unreadable } from "./unreadable.ts";

type Module = PlanFileContents["modules"][number];

const prefix = "tfconfig/m-";
/** Exactly as written: readers that ignore case would let `dir` stand for `Dir`. */
const known: readonly string[] = ["Key", "Source", "Version", "Dir"];

/** The configuration in a plan file: the modules of its manifest, with their files. Both must name the same modules. */
export function readSnapshot(entries: ReadonlyMap<string, Uint8Array>, manifest: unknown): Module[] {
  if (!Array.isArray(manifest)) throw unreadable("the list of its modules is no list");
  const modules = manifest.map(readRecord);
  const byKey = new Map(modules.map((module) => [module.key, module]));
  if (byKey.size !== modules.length) throw unreadable("it lists a module twice");
  for (const [name, content] of entries) {
    if (!name.startsWith(prefix)) continue;
    const [key = "", file = "", ...deeper] = name.slice(prefix.length).split("/");
    const module = byKey.get(key);
    if (file === "" || file === "." || file === ".." || deeper.length > 0)
      throw unreadable(`${JSON.stringify(name)} is no file of a module`);
    if (module === undefined) throw unreadable(`it has files of a module ${JSON.stringify(key)} that it does not list`);
    module.files[file] = content;
  }
  return modules;
}

function readRecord(record: unknown): Module & { files: Record<string, Uint8Array> } {
  if (typeof record !== "object" || record === null || Array.isArray(record))
    throw unreadable("a module in its list is no object");
  const fields = record as Record<string, unknown>;
  const odd = Object.keys(fields).find((name) => !known.includes(name));
  if (odd !== undefined) throw unreadable(`a module in its list has a field ${JSON.stringify(odd)}`);
  const text = (name: string): string => {
    const value = fields[name] ?? "";
    if (typeof value !== "string") throw unreadable(`a module in its list has a ${name} that is no text`);
    return value;
  };
  return {
    key: text("Key"),
    source: text("Source"),
    version: text("Version") === "" ? null : text("Version"),
    dir: text("Dir"),
    files: Object.create(null) as Record<string, Uint8Array>,
  };
}
