import { existsSync } from "node:fs";
import { join, posix } from "node:path";
import { describeRepository, findWorktree } from "../../../adapters/git/index.ts";
import { codeOwnersFile, ownersTaken, pullRequestTemplateFile } from "../../../compile/documents/index.ts";
import { type CompileAbout, type Compiled, compile, compiledFolders } from "../../../compile/index.ts";
import { settingsFile } from "../../../compile/settings/index.ts";
import { changesOf, editedCode, type FileChange, firstDifference, readHeader } from "../../../compile/written/index.ts";
import { codeOwnersPlaces } from "../../../domain/code-owners.ts";
import { type Diagnostic, hasErrors } from "../../../domain/diagnostic.ts";
import { InputError } from "../../../domain/errors.ts";
import { type Flow, parseFlow, stacksIn } from "../../../flow/index.ts";
import { inertLine } from "../../../views/inert.ts";
import { defaultBranchOf } from "../compile/default-branch.ts";
import { readDisk } from "../compile/disk.ts";
import { writeChanges } from "../compile/write.ts";
import { type Context, directoryOf, type Given, type Result } from "../context.ts";
import { flowMissing, readFlowText } from "../flow-file.ts";
import type { Fields } from "../schema.ts";
import { version } from "../version.ts";

/** Writes what the flow compiles to, all of it or nothing; with `--check`, says what is not as it would be. */
export async function compileCommand(context: Context, { options }: Given): Promise<Result> {
  const opened = await open(context, options);
  const { top, flow, about, warnings } = opened;
  const compiled = compile(flow, about);
  const said = [...warnings, ...compiled.diagnostics];
  if (hasErrors(said)) throw new InputError(errorsFirst(said));
  const disk = readDisk(top, { paths: compiled.files.map(({ path }) => path), folders: compiledFolders });
  const writable = compiled.files.filter(({ path }) => !disk.blocked.has(path));
  const { changes, diagnostics } = changesOf(writable, {
    ...about,
    there: disk.texts,
    force: options.force === true,
  });
  const inTheWay = [
    ...disk.diagnostics,
    ...diagnostics,
    ...ownersLost(opened, compiled, changes),
    ...templateLost(opened, changes),
  ];
  const stale = options.check === true ? changes.filter(({ change }) => change !== "same") : [];
  const stopping = [...inTheWay, ...stale.map(staleFile)];
  if (stopping.length > 0) {
    const isWrong = inTheWay.some(({ code }) => code !== editedCode);
    return { exitCode: isWrong ? 2 : 3, diagnostics: errorsFirst([...said, ...stopping]), ...told(changes, false) };
  }
  if (options.check !== true) {
    context.signal.throwIfAborted();
    writeChanges(top, changes);
  }
  return { exitCode: 0, diagnostics: said, ...told(changes, options.check !== true) };
}

/** What has to be mended stands before what is good to know. */
function errorsFirst(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  const weight = ({ severity }: Diagnostic) => (severity === "error" ? 0 : 1);
  return [...diagnostics].sort((left, right) => weight(left) - weight(right));
}

interface Opened {
  readonly top: string;
  /** Of the repository's files. */
  readonly paths: readonly string[];
  readonly flow: Flow;
  readonly about: CompileAbout;
  readonly warnings: readonly Diagnostic[];
}

/** The flow, the stacks that it gives here, and the branch that it is compiled for. Fails with every error of these. */
async function open(context: Context, options: Given["options"]): Promise<Opened> {
  const { flow: flowFile } = context.options;
  const worktree = await findWorktree(directoryOf(context.options), context.env);
  const text = await readFlowText(context, worktree);
  if (text === undefined) throw new InputError([flowMissing(flowFile)]);
  const parsed = parseFlow(text, { file: flowFile });
  if (parsed.value === undefined) throw new InputError(parsed.diagnostics);
  const repository = await describeRepository(worktree, context.env as NodeJS.ProcessEnv);
  const stacks = stacksIn(parsed.value, repository.paths, flowFile);
  const settings = readDisk(worktree.top, { paths: [settingsFile], folders: [] }).texts.get(settingsFile);
  const branch = defaultBranchOf({
    given: typeof options.defaultBranch === "string" ? options.defaultBranch : undefined,
    compiled: readHeader(settings ?? "")?.defaultBranch ?? null,
    repository,
    flow: parsed.value,
  });
  const diagnostics = [...parsed.diagnostics, ...stacks.diagnostics, ...branch.diagnostics];
  if (hasErrors(diagnostics)) throw new InputError(errorsFirst(diagnostics));
  return {
    top: worktree.top,
    paths: repository.paths,
    flow: parsed.value,
    about: {
      stacks: stacks.value ?? [],
      flowFile: posix.normalize(flowFile),
      version: version(),
      defaultBranch: branch.name,
      ...(parsed.placeOf === undefined ? {} : { placeOf: parsed.placeOf }),
    },
    warnings: diagnostics,
  };
}

/** Owners of code whom people named elsewhere, and who would own nothing any more, or who own what governs delivery. */
function ownersLost(
  { top, about, paths }: Opened,
  { files }: Compiled,
  changes: readonly FileChange[],
): readonly Diagnostic[] {
  const compiled = files.find(({ path, place }) => path === codeOwnersFile && place === "last");
  const change = changes.find(({ path }) => path === codeOwnersFile);
  if (compiled === undefined || change === undefined || change.after === null) return [];
  // What people wrote below the regions stands further down once these are longer.
  const moved = linesIn(change.after) - linesIn(change.before ?? change.after);
  const elsewhere = codeOwnersPlaces.filter((place) => place !== codeOwnersFile && existsSync(join(top, place)));
  return [
    ...(change.change === "create" ? elsewhere.map(ownersElsewhere) : []),
    ...ownersTaken({ text: change.after, compiled: compiled.text, flowFile: about.flowFile, paths }).map((taken) => ({
      ...taken,
      line: (taken.line ?? 1) - moved,
    })),
  ];
}

/** A template that people wrote where GitHub looks for one too: it would take one of the two, and nobody says which. */
function templateLost({ paths }: Opened, changes: readonly FileChange[]): readonly Diagnostic[] {
  const isNew = changes.some(({ path, change }) => path === pullRequestTemplateFile && change === "create");
  const elsewhere = paths.filter((path) => /^(?:docs\/)?pull_request_template\.(?:md|txt)$/i.test(path));
  if (!isNew) return [];
  return elsewhere.map((file) => ({
    severity: "error",
    code: "template-elsewhere",
    summary: `${file} is what pull requests begin with, and GitHub would show one of the two once there is ${pullRequestTemplateFile}.`,
    hint: `Move it, and what stands in it stays: git mv ${file} ${pullRequestTemplateFile}`,
    file,
  }));
}

function linesIn(text: string): number {
  return text.split("\n").length;
}

function ownersElsewhere(file: string): Diagnostic {
  return {
    severity: "error",
    code: "code-owners-elsewhere",
    summary: `${file} names owners, and GitHub would no longer read it once there is ${codeOwnersFile}.`,
    hint: `Move it: git mv ${file} ${codeOwnersFile}`,
    file,
  };
}

function staleFile(change: FileChange): Diagnostic {
  const { path, before, after } = change;
  const hint = "Run `plangate compile`, and commit what it writes.";
  const about = { severity: "error", code: "compiled-file-stale", hint, file: path } as const;
  if (before === null) return { ...about, summary: `${path} is not there.` };
  if (after === null) return { ...about, summary: `${path} was compiled once, and the flow no longer gives it.` };
  const different = firstDifference(change);
  const shown = (text: string | null | undefined) => (text == null ? "nothing" : JSON.stringify(inertLine(text)));
  return {
    ...about,
    summary: `${path} is not what the flow compiles to.`,
    ...(different === null
      ? { detail: "Only its line ends differ." }
      : {
          line: different.line,
          detail: `Line ${different.line} has ${shown(different.before)}, compiled is ${shown(different.after)}.`,
        }),
  };
}

const words = { create: "to create", update: "to update", delete: "to delete", same: "the same" } as const;
const done = { create: "created", update: "updated", delete: "deleted", same: "the same" } as const;

function told(changes: readonly FileChange[], written: boolean): Pick<Result, "fields" | "text"> {
  const lines = changes.filter(({ change }) => change !== "same").map(({ path, change }) => `  ${change} ${path}`);
  const counts = (["create", "update", "delete", "same"] as const)
    .map((kind) => ({ kind, count: changes.filter(({ change }) => change === kind).length }))
    .filter(({ count }) => count > 0)
    .map(({ kind, count }) => `${count} ${(written ? done : words)[kind]}`);
  return {
    fields: { files: changes.map(({ path, change }) => ({ path, change })) } satisfies Fields<"compile">,
    text: [...lines, `${changes.length} compiled files: ${counts.join(", ")}.${written ? "" : " Nothing was written."}`]
      .map(inertLine)
      .join("\n"),
  };
}
