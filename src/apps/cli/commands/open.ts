import { readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { openerFor, recipientOf } from "../../../adapters/keys/index.ts";
import type { Diagnostic } from "../../../domain/diagnostic.ts";
import { digestOf } from "../../../domain/digest.ts";
import { DeliveryError, InputError } from "../../../domain/errors.ts";
import { isRecord } from "../../../domain/unknown-value.ts";
import { inertText } from "../../../views/inert.ts";
import { type Context, directoryOf, type Given, type Result } from "../context.ts";
import type { Fields } from "../schema.ts";

/**
 * Opens what a job kept closed for an environment. Anybody can close something for it, so what it is is told by its digest alone,
 * which plangate tells where it tells of the file: one that differs is not opened.
 */
export async function openCommand(context: Context, { operands, options }: Given): Promise<Result> {
  const from = directoryOf(context.options);
  const file = resolve(from, String(operands[0]));
  const sealed = reading(file);
  const digest = digestOf(sealed);
  const wanted = options.digest === undefined ? null : String(options.digest);
  if (wanted !== null && wanted !== digest) return another(file, digest);
  const content = await opened(sealed, { file, key: resolve(from, String(options.key)) });
  const text = new TextDecoder().decode(content);
  const kind = isState(text) ? "state" : "text";
  const out = options.out !== undefined ? resolve(from, String(options.out)) : kind === "state" ? beside(file) : null;
  if (out !== null) writing(out, content);
  const unchecked: Diagnostic = {
    severity: "warning",
    code: "digest-not-given",
    summary: "Nothing says that this is the file that plangate kept: anybody can close one for an environment.",
    hint: "Give --digest with what plangate tells of it in the pull request, in the job's summary and on the ledger.",
  };
  return {
    exitCode: 0,
    diagnostics: wanted === null ? [unchecked] : [],
    fields: {
      digest,
      expected: wanted === null ? null : true,
      kind,
      out,
      text: out === null ? text : null,
    } satisfies Fields<"open">,
    text: out === null ? inertText(text) : whatNext(kind, out),
  };
}

function whatNext(kind: "state" | "text", out: string): string {
  if (kind === "text") return `It is in ${out}.`;
  return [
    `The state is in ${out}. It holds secrets: delete it when it is where it belongs.`,
    "Put it there in the root module's folder, as whoever applies there, after `terraform init` with the backend's settings:",
    `  terraform state push ${out}`,
    "Terraform refuses it where somebody wrote a newer one meanwhile. Then ask for a new plan: it shows what is left.",
  ].join("\n");
}

async function opened(
  sealed: Uint8Array,
  { file, key }: { readonly file: string; readonly key: string },
): Promise<Uint8Array> {
  const identity = new TextDecoder().decode(reading(key)).trim();
  if ((await recipientOf(identity)) === null)
    throw wrong(
      "not-a-key",
      `${key} is no key that opens.`,
      "It is PLANGATE_OPEN_KEY in the folder of the environment.",
    );
  try {
    return await openerFor(identity).open(sealed);
  } catch (error) {
    if (!(error instanceof DeliveryError)) throw error;
    const summary = `${file} is not opened by ${key}: it was closed for another environment, with a key that was replaced since, or was altered.`;
    throw wrong("not-opened", summary, "What plangate tells of the file names the environment whose key opens it.");
  }
}

function another(file: string, digest: string): Result {
  const summary = `${file} is not the file that the digest is of: its own is ${digest}.`;
  const hint = "Do not use it. Any job of that workflow run can have replaced the artifact: find out which.";
  return {
    exitCode: 3,
    diagnostics: [{ severity: "error", code: "digest-differs", summary, hint }],
    fields: {},
    text: "",
  };
}

function isState(text: string): boolean {
  try {
    const written: unknown = JSON.parse(text);
    return isRecord(written) && "lineage" in written && "serial" in written;
  } catch {
    return false;
  }
}

function beside(file: string): string {
  return file.endsWith(".age") ? file.slice(0, -".age".length) : `${file}.opened`;
}

function reading(file: string): Uint8Array {
  try {
    return readFileSync(file);
  } catch (error) {
    throw wrong("file-unreadable", `Reading ${file}: ${(error as Error).message}.`, "Name a file that is there.");
  }
}

/** For this user alone, and never in the place of something. */
function writing(file: string, content: Uint8Array): void {
  try {
    writeFileSync(file, content, { flag: "wx", mode: 0o600 });
  } catch (error) {
    throw wrong("file-not-written", `Writing ${file}: ${(error as Error).message}.`, "Give another place with --out.");
  }
}

function wrong(code: string, summary: string, hint: string): InputError {
  return new InputError([{ severity: "error", code, summary, hint }]);
}
