import { join, posix } from "node:path";
import { findWorktree, openChangeReader, openRepository } from "../../../adapters/git/index.ts";
import { readQuickly } from "../../../adapters/hcl/quick.ts";
import { openGraphFolder } from "../../../adapters/kept/index.ts";
import { type FlowText, findAffected, type Side } from "../../../delivery/affected/affected.ts";
import type { Affected } from "../../../delivery/affected/compare-sides.ts";
import { keptForm } from "../../../delivery/affected/known.ts";
import type { ChangeReader, GraphKeeper } from "../../../delivery/ports/change-reader.ts";
import type { ReadReferences } from "../../../delivery/ports.ts";
import type { Diagnostic } from "../../../domain/diagnostic.ts";
import { digestOf } from "../../../domain/digest.ts";
import { DeliveryError, InputError } from "../../../domain/errors.ts";
import type { CommitSha } from "../../../domain/names.ts";
import type { Flow, ParsedFlow } from "../../../flow/index.ts";
import { inertLine } from "../../../views/inert.ts";
import { commitNamed } from "../commit-named.ts";
import { type Context, directoryOf, type Given, type Result } from "../context.ts";
import { flowTextIn, readFlowText } from "../flow-file.ts";
import { prepareHome } from "../home.ts";
import { version } from "../version.ts";

/** Where the change is looked at: a checkout, or a bare repository, which has no flow on disk and keeps nothing. */
interface Place {
  readonly dir: string;
  readonly keeper: GraphKeeper;
  readonly flowOnDisk: string | undefined;
}

/** Reads Git's objects only: needs no tool, and nothing of what is on disk but a flow that was not committed yet. */
export async function affectedCommand(context: Context, { operands }: Given): Promise<Result> {
  const env = context.env as NodeJS.ProcessEnv;
  const place = await placeOf(context);
  const repository = openRepository(place.dir, env);
  const reader = openChangeReader(place.dir, env);
  const warnings: Diagnostic[] = [];
  try {
    const [base, head] = [
      await commitNamed({ repository, reader }, String(operands[0]), place.dir),
      await commitNamed({ repository, reader }, String(operands[1]), place.dir),
    ];
    const from = await mergeBaseOf(reader, { base, head, operands, dir: place.dir }, warnings);
    const trees = [await repository.treeOf(from), await repository.treeOf(head)] as const;
    const [before, after] = await sidesOf(context, { place, reader, trees }, warnings);
    const found = await findAffected(
      { reader, keeper: place.keeper, readReferences, readQuickly },
      { before, after, flowFile: fileOf(context) },
    );
    warnings.push(...found.notText.map(notText));
    return told(found, { mergeBase: from, head, warnings });
  } finally {
    repository.close();
  }
}

/** The parser is loaded for the first file that is not plain. */
const readReferences: ReadReferences = async (text, path) =>
  (await import("../../../adapters/hcl/index.ts")).readModuleReferences(text, path);

/** As Git names it. */
function fileOf(context: Context): string {
  return posix.normalize(context.options.flow);
}

async function placeOf(context: Context): Promise<Place> {
  const folder = directoryOf(context.options);
  try {
    const { top, mainTop } = await findWorktree(folder, context.env as NodeJS.ProcessEnv);
    return {
      dir: top,
      keeper: openGraphFolder(join(await prepareHome(mainTop), "cache", "affected"), `${version()} ${keptForm}`),
      flowOnDisk: await readFlowText(context, { top }),
    };
  } catch (error) {
    if (!(error instanceof DeliveryError) || error.code !== "bare-repository") throw error;
    const keeper = { read: async () => undefined, trees: async () => [], write: async () => undefined };
    return { dir: folder, keeper, flowOnDisk: undefined };
  }
}

async function mergeBaseOf(
  reader: ChangeReader,
  about: {
    readonly base: CommitSha;
    readonly head: CommitSha;
    readonly operands: readonly unknown[];
    readonly dir: string;
  },
  warnings: Diagnostic[],
): Promise<CommitSha> {
  const { base, head, dir } = about;
  const [written, other] = about.operands.map(String);
  const from = base === head ? base : await reader.mergeBase(base, head);
  const shallow = from === base ? false : await reader.isShallow();
  if (from === undefined) {
    const why = shallow ? "this clone is shallow, so the commit they have in common may be missing" : "they have none";
    throw new DeliveryError({
      code: "unrelated-histories",
      message: `${written} and ${other} have no commit in common in ${dir}: ${why}`,
      reaction: "stop",
      hint: shallow
        ? "Fetch the whole history: `git fetch --unshallow`, in CI `fetch-depth: 0`."
        : "Name two commits of one history.",
    });
  }
  if (shallow) {
    warnings.push({
      severity: "warning",
      code: "shallow-clone",
      summary: `This clone is shallow: ${from.slice(0, 12)} may not be the newest commit that ${written} and ${other} have in common.`,
      hint: "Then more is called affected than is. Fetch the whole history: `git fetch --unshallow`, in CI `fetch-depth: 0`.",
    });
  }
  return from;
}

/** Each side with the flow that stands there: a change of the flow changes stacks too. */
async function sidesOf(
  context: Context,
  at: { readonly place: Place; readonly reader: ChangeReader; readonly trees: readonly [Side["tree"], Side["tree"]] },
  warnings: Diagnostic[],
): Promise<readonly [Side, Side]> {
  const file = fileOf(context);
  const [old, now] = await Promise.all(at.trees.map((tree) => at.reader.fileAt(tree, file)));
  if (now === undefined && at.place.flowOnDisk === undefined) {
    throw wrong(
      "flow-missing",
      `There is no ${file} at the head commit.`,
      "Write one with `plangate init`, or name it with --flow.",
    );
  }
  if (now === undefined) {
    warnings.push({
      severity: "warning",
      code: "flow-not-committed",
      summary: `${file} is not in Git at the head commit; the one on disk is taken for both sides.`,
    });
  }
  const text = now === undefined ? (at.place.flowOnDisk ?? "") : flowTextIn(now.content, file);
  const flow: FlowText = { blob: now?.blob ?? digestOf(text), parse: once(() => flowIn(text, file)) };
  const [before, after] = at.trees;
  if (now === undefined || old?.blob === now.blob)
    return [
      { tree: before, flow },
      { tree: after, flow },
    ];
  const oldText = old && new TextDecoder().decode(old.content);
  return [
    { tree: before, flow: await oldFlow(oldText, old?.blob ?? "", file, warnings) },
    { tree: after, flow },
  ];
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

/** Reading the flow file takes longer than all the rest, when all the rest is known from before. */
async function parse(text: string, file: string): Promise<ParsedFlow> {
  return (await import("../../../flow/index.ts")).parseFlow(text, { file });
}

async function flowIn(text: string, file: string): Promise<Flow> {
  const parsed = await parse(text, file);
  if (parsed.value === undefined) throw new InputError(parsed.diagnostics);
  return parsed.value;
}

/** A flow that could not be used had no stacks. */
async function oldFlow(
  text: string | undefined,
  blob: string,
  file: string,
  warnings: Diagnostic[],
): Promise<FlowText | null> {
  const flow = text === undefined ? undefined : (await parse(text, file)).value;
  if (flow !== undefined) return { blob, parse: async () => flow };
  warnings.push({
    severity: "warning",
    code: text === undefined ? "flow-added" : "flow-was-broken",
    summary:
      text === undefined
        ? `${file} is not there at the merge base, so every stack is new.`
        : `${file} cannot be used at the merge base, so every stack counts as new.`,
  });
  return null;
}

function notText(path: string): Diagnostic {
  return {
    severity: "warning",
    code: "not-utf-8",
    summary: `${path} is not UTF-8, so Terraform will refuse to read it.`,
    hint: "Save it as UTF-8.",
    file: path,
  };
}

function wrong(code: string, summary: string, hint: string): InputError {
  return new InputError([{ severity: "error", code, summary, hint }]);
}

function told(
  found: Affected,
  about: { readonly mergeBase: CommitSha; readonly head: CommitSha; readonly warnings: readonly Diagnostic[] },
): Result {
  const { stacks, all } = found;
  const lines = stacks.map(({ stack, because, more = 0, deleted, added, wholeTree }) => {
    const word = deleted ? "  deleted" : added ? "  new" : "";
    const shown = because.slice(0, 3).map(inertLine).join(", ");
    const rest = because.length - Math.min(3, because.length) + more;
    const whole = wholeTree === undefined ? "" : `; every file counts: ${inertLine(wholeTree)}`;
    return `${stack}${word}  ${shown}${rest === 0 ? "" : ` and ${rest} more`}${whole}`;
  });
  const sum =
    stacks.length === 0 ? "No stack is affected." : all === null ? "" : `Every stack is affected: ${inertLine(all)}.`;
  return {
    exitCode: 0,
    diagnostics: about.warnings,
    fields: { stacks, all: all !== null, why: all, mergeBase: about.mergeBase, head: about.head },
    text: [...lines, ...(sum === "" ? [] : [sum])].join("\n"),
  };
}
