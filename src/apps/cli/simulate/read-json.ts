import { open } from "node:fs/promises";
import type { Diagnostic } from "../../../domain/diagnostic.ts";
import { InputError } from "../../../domain/errors.ts";
import { outlineJson } from "../../../domain/json-outline.ts";
import type { JsonObject } from "../../../domain/json-value.ts";

/** GitHub sends no body that is larger. */
const mostBytes = 25 * 1024 * 1024;
/** No body of GitHub's nests half as deep. */
const deepest = 64;

const fileHint = "Name a file that holds one JSON object, or - for standard input.";

/** Reads a file that holds one JSON object; `-` is standard input. Whatever else it holds is told as a problem. */
export async function readJsonObject(file: string, shown: string): Promise<JsonObject> {
  const bytes = await readBytes(file, shown);
  const parsed = parseJsonObject(bytes, shown);
  if ("value" in parsed) return parsed.value;
  throw new InputError([parsed.problem]);
}

/** The object that the bytes hold, or the sentence that says why they hold none. */
export function parseJsonObject(
  bytes: Uint8Array,
  shown: string,
): { readonly value: JsonObject } | { readonly problem: Diagnostic } {
  const problem = (summary: string, place: Pick<Diagnostic, "line" | "column"> = {}) => ({
    problem: { severity: "error", code: "not-json", summary, hint: fileHint, file: shown, ...place } as const,
  });
  if (bytes.length > mostBytes) return problem(`${shown} is larger than 25 MB, and no event is.`);
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return problem(`${shown} is not UTF-8 text.`);
  }
  const outline = outlineJson(bytes, deepest);
  if (outline.kind === "too-deep") return problem(`${shown} nests deeper than ${deepest} levels, and no event does.`);
  try {
    const value: unknown = JSON.parse(text.replace(/^\ufeff/, ""));
    if (typeof value !== "object" || value === null || Array.isArray(value))
      return problem(`${shown} holds no JSON object.`);
    return outline.kind === "other" ? problem(`${shown}: ${outline.why}.`) : { value: value as JsonObject };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    const [, line, column] = /\(line (\d+) column (\d+)\)/.exec(error.message) ?? [];
    const place = line === undefined ? {} : { line: Number(line), column: Number(column) };
    const why = error.message.replace(/ in JSON at position.*$/s, "").replace(/, ".*" is not valid JSON$/s, "");
    return problem(`${shown} is not JSON: ${why}.`, place);
  }
}

async function readBytes(file: string, shown: string): Promise<Uint8Array> {
  if (file === "-") return readStandardInput();
  try {
    const handle = await open(file, "r");
    try {
      if ((await handle.stat()).isDirectory()) throw missing(shown, "is a folder");
      const chunks: Uint8Array[] = [];
      let length = 0;
      for await (const chunk of handle.createReadStream({ autoClose: false, end: mostBytes })) {
        chunks.push(chunk as Uint8Array);
        length += (chunk as Uint8Array).length;
        if (length > mostBytes) break;
      }
      return Buffer.concat(chunks);
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (error instanceof InputError) throw error;
    if (error instanceof Error && "code" in error && error.code === "ENOENT") throw missing(shown, "does not exist");
    throw missing(shown, `cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}

async function readStandardInput(): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of process.stdin) {
    chunks.push(chunk as Uint8Array);
    length += (chunk as Uint8Array).length;
    if (length > mostBytes) break;
  }
  return Buffer.concat(chunks);
}

function missing(shown: string, why: string): InputError {
  const summary = `${shown} ${why}.`;
  return new InputError([{ severity: "error", code: "file-missing", summary, hint: fileHint, file: shown }]);
}
