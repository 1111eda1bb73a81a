import { InternalError } from "../../domain/errors.ts";
import { type FileReach, reachOf } from "../../domain/file-reach.ts";
import type { ReadFiles } from "../../domain/tree-graph.ts";
import type { ChangeReader } from "../ports/change-reader.ts";
import type { ReadReferences } from "../ports.ts";

export interface ReachReading {
  readonly reader: Pick<ChangeReader, "readEach">;
  readonly readReferences: ReadReferences;
  /** What a plain file reaches for; `undefined` when it is not plain. */
  readonly readQuickly: (text: string) => FileReach | undefined;
}

export interface FileToRead {
  readonly path: string;
  readonly mode: string;
  readonly blob: string;
}

/** Reads files, each content once: the same blob is the same text wherever it lies. */
export async function readFiles(reading: ReachReading, files: readonly FileToRead[]): Promise<ReadFiles> {
  const wanted = new Map<string, FileToRead[]>();
  const asked = new Set<string>();
  for (const file of files) {
    const key = keyOf(file);
    if (asked.has(key)) continue;
    asked.add(key);
    const others = wanted.get(file.blob);
    if (others === undefined) wanted.set(file.blob, [file]);
    else others.push(file);
  }
  const links = new Map<string, string>();
  const reaches = new Map<string, FileReach>();
  const later: { readonly file: FileToRead; readonly text: string; readonly broken: boolean }[] = [];
  const decoder = new TextDecoder();
  await reading.reader.readEach([...wanted.keys()], (blob, content) => {
    const text = decoder.decode(content);
    for (const file of wanted.get(blob) ?? []) {
      if (file.mode === "120000") {
        links.set(blob, text);
        continue;
      }
      const broken = text.includes("\ufffd") && !isUtf8(content);
      const quick = kindOf(file.path) === "native" && !broken ? reading.readQuickly(text) : undefined;
      if (quick === undefined) later.push({ file, text, broken });
      else reaches.set(keyOf(file), quick);
    }
  });
  for (const { file, text, broken } of later) {
    const reach = reachOf(await reading.readReferences(text, file.path));
    reaches.set(keyOf(file), broken ? { ...reach, notText: true } : reach);
  }
  return {
    link: (blob) => known(links, blob),
    reach: (path, blob) => known(reaches, keyOf({ path, mode: "100644", blob })),
  };
}

/** A file's text means something else when it is a link's, and when it is read as JSON or as a template. */
function keyOf({ path, mode, blob }: FileToRead): string {
  return `${blob} ${mode === "120000" ? "link" : kindOf(path)}`;
}

function kindOf(path: string): "native" | "json" | "text" {
  if (!/\.(?:tf|tofu)(?:\.json)?$/.test(path)) return "text";
  return path.endsWith(".json") ? "json" : "native";
}

function isUtf8(content: Uint8Array): boolean {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(content);
    return true;
  } catch {
    return false;
  }
}

function known<T>(values: ReadonlyMap<string, T>, key: string): T {
  const value = values.get(key);
  if (value === undefined) throw new InternalError(`${key} was not read`);
  return value;
}
