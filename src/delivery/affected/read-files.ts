import { InternalError } from "../../domain/errors.ts";
import { type FileReach, reachOf } from "../../domain/file-reach.ts";
import { looksLikeConfiguration, type ReadFiles } from "../../domain/tree-graph.ts";
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

/** What a file's text is taken for: the same text means something else as a link, as JSON and as a template. */
type Kind = "link" | "native" | "json" | "text";

/** Reads files, each content once: the same blob is the same text wherever it lies. */
export async function readFiles(reading: ReachReading, files: readonly FileToRead[]): Promise<ReadFiles> {
  const wanted = new Map<string, FileToRead[]>();
  for (const file of files) {
    const others = wanted.get(file.blob);
    if (others === undefined) wanted.set(file.blob, [file]);
    else if (!others.some((other) => kindOf(other) === kindOf(file))) others.push(file);
  }
  const links = new Map<string, string>();
  const reaches = { native: new Map(), json: new Map(), text: new Map() } as const satisfies Record<
    Exclude<Kind, "link">,
    Map<string, FileReach>
  >;
  const later: { readonly file: FileToRead; readonly text: string; readonly broken: boolean }[] = [];
  const decoder = new TextDecoder();
  await reading.reader.readEach([...wanted.keys()], (blob, content) => {
    const text = decoder.decode(content);
    for (const file of wanted.get(blob) ?? []) {
      const kind = kindOf(file);
      if (kind === "link") {
        links.set(blob, text);
        continue;
      }
      const broken = text.includes("\ufffd") && !isUtf8(content);
      const quick = kind === "native" && !broken ? reading.readQuickly(text) : undefined;
      if (quick === undefined) later.push({ file, text, broken });
      else reaches[kind].set(blob, quick);
    }
  });
  for (const { file, text, broken } of later) {
    const kind = kindOf(file);
    const reach = reachOf(await reading.readReferences(text, file.path));
    if (kind !== "link") reaches[kind].set(file.blob, broken ? { ...reach, notText: true } : reach);
  }
  return {
    link: (blob) => known(links, blob),
    reach: (path, blob) => known(reaches[textKind(path)], blob),
  };
}

function kindOf({ mode, path }: FileToRead): Kind {
  return mode === "120000" ? "link" : textKind(path);
}

function textKind(path: string): Exclude<Kind, "link"> {
  if (!looksLikeConfiguration(path)) return "text";
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
