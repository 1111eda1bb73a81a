import { type Digest, digestOfJson, type KeyedDigest } from "./digest.ts";
import type { PlanMode, Tool } from "./plan.ts";
import type { ModuleReferences } from "./references.ts";
import { type ConfigurationTree, folderOf, joinPath, type TreeFile } from "./tree.ts";

export type { ModuleReferences };

export interface RemoteCall {
  /** As in the plan file: names of the calls from the root module on, with dots. */
  readonly key: string;
  readonly source: string;
  readonly version: string | null;
}

/** What an init depends on besides the tool and the backend's settings. */
export interface InitInputs {
  readonly lockFile: string | null;
  readonly backend: ModuleReferences["backend"];
  readonly backendFiles: readonly (readonly [path: string, blob: string | null])[];
  readonly calls: readonly (readonly [key: string, source: string | null, version: string | null])[];
  readonly providers: readonly (readonly [key: string, name: string, source: string | null, version: string | null])[];
}

/** Everything in a tree that a stack's plan depends on. */
export interface StackInputs {
  /** Sorted by path. */
  readonly files: readonly TreeFile[];
  /** Something that cannot be told from the text may reach anywhere, so every file counts. Says what. */
  readonly wholeTree: string | null;
  readonly remote: readonly RemoteCall[];
  /** A file of it that has a program run for data; null when none in the tree does. */
  readonly externalData: string | null;
  readonly init: InitInputs;
}

/** A configuration with more module calls than this is not looked through: every file counts instead. */
export const mostCalls = 5_000;

/**
 * Finds what a stack's plan depends on, so that what it does not depend on may change without a new plan.
 *
 * The root module's folder counts with everything below it, and so does the folder of every local module: functions
 * may read any file there. Files elsewhere count when the text names them. Where the tree does not tell (a path made
 * from a variable, a program that is run, a submodule) the whole tree counts: an input too many costs a plan, one too
 * few would let a change pass that nobody approved.
 *
 * What the flow says that the stack depends on counts as well, though no text names it.
 *
 * Modules that are not in the tree are listed, and not looked into: they are pinned by their content.
 */
export async function findInputs(
  tree: ConfigurationTree,
  stack: {
    readonly root: string;
    readonly varFiles: readonly string[];
    readonly backendFiles: readonly string[];
    /** Whether the flow says that the stack depends on a path. */
    readonly dependsOn?: (path: string) => boolean;
  },
): Promise<StackInputs> {
  const found = new Map<string, TreeFile>();
  const state = { wholeTree: null as string | null, externalData: null as string | null };
  const root = joinPath("", stack.root) ?? "";
  const remote: RemoteCall[] = [];
  const calls: InitInputs["calls"][number][] = [];
  const providers: InitInputs["providers"][number][] = [];
  let backend: ModuleReferences["backend"] = null;

  const reach = (why: string) => {
    state.wholeTree ??= why;
  };
  /** Adds a file, or a folder with all below it, and whatever links there or on the way lead to. */
  const add = async (path: string): Promise<string> => {
    const at = await tree.follow(path);
    for (const link of at.links) found.set(link.path, link);
    if (at.path === null) {
      reach(`${path} leads out of the repository`);
      return path;
    }
    const submodule = submoduleAround(tree, at.path);
    if (submodule !== undefined)
      reach(`${at.path} lies in the submodule ${submodule}, whose files are not in this repository`);
    for (const file of tree.under(at.path)) {
      if (found.has(file.path)) continue;
      found.set(file.path, file);
      if (file.mode === "120000") await add(file.path);
    }
    return at.path;
  };

  const behindLinks = async (file: TreeFile): Promise<TreeFile | undefined> => {
    if (file.mode !== "120000") return file.mode === "160000" ? undefined : file;
    const { path } = await tree.follow(file.path);
    const target = path === null ? undefined : tree.file(path);
    return target?.mode === "160000" ? undefined : target;
  };

  const modules = new Set<string>();
  // Terraform joins paths as they are written and follows links only when it opens them, so both are kept.
  const pending = [{ key: "", folder: root, at: await add(root), within: [root] as readonly string[] }];
  for (let next = pending.shift(); next !== undefined; next = pending.shift()) {
    const { key, folder, at, within } = next;
    const isNew = !modules.has(folder);
    modules.add(folder);
    for (const file of tree.configurationIn(at)) {
      const text = await behindLinks(file);
      // Where a link leads to nothing there is nothing to read; that it does was noted when it was added.
      if (text === undefined) continue;
      const references = await tree.references(text);
      if (key === "") backend ??= references.backend;
      for (const { name, source, version } of references.providers) providers.push([key, name, source, version]);
      if (isNew) await addFiles(references, folder, file.path);
      for (const call of references.calls) {
        const called = key === "" ? call.name : `${key}.${call.name}`;
        calls.push([called, call.source, call.version]);
        if (call.source === null) reach(`${file.path}:${call.line} computes a module's source`);
        else if (!/^\.\.?(\/|$)/.test(call.source))
          remote.push({ key: called, source: call.source, version: call.version });
        else await addModule(called, within, call.source);
      }
    }
  }

  async function addModule(key: string, within: readonly string[], source: string): Promise<void> {
    const folder = joinPath(within.at(-1) ?? "", source);
    if (folder === undefined) return reach(`module ${key} lies outside of the repository`);
    if (calls.length > mostCalls) return reach("it has too many module calls to look through");
    // A module that calls itself is refused by Terraform, and has been looked at.
    if (!within.includes(folder)) pending.push({ key, folder, at: await add(folder), within: [...within, folder] });
  }

  async function addFiles(references: ModuleReferences, folder: string, file: string): Promise<void> {
    if (references.opaque) reach(`${file} reads files that its text does not name`);
    if (references.hasLocalExec) reach(`${file} runs a program in a provisioner`);
    if (references.hasExternalData) {
      state.externalData ??= file;
      reach(`${file} runs a program for data`);
    }
    for (const { from, path, template } of references.files) {
      const whole = joinPath(from === "module" ? folder : root, path);
      if (whole === undefined) {
        reach(`${file} reads ${path}, outside of the repository`);
        continue;
      }
      const at = await add(whole);
      if (!template) continue;
      for (const text of tree.under(at)) {
        const inner = text.mode === "120000" || text.mode === "160000" ? undefined : await tree.references(text);
        if (inner?.opaque) reach(`the template ${text.path} reads files that its text does not name`);
      }
    }
  }

  for (const path of [...stack.varFiles, ...stack.backendFiles]) await add(path);
  if (stack.dependsOn !== undefined) {
    for (const { path } of tree.under("")) if (stack.dependsOn(path)) await add(path);
  }
  const files = state.wholeTree === null ? [...found.values()].sort(byPath) : [...tree.under("")];
  return {
    files,
    wholeTree: state.wholeTree,
    remote,
    externalData: state.externalData,
    init: {
      lockFile: tree.file(joinPath(root, ".terraform.lock.hcl") ?? "")?.blob ?? null,
      backend,
      backendFiles: stack.backendFiles.map((path) => [path, tree.file(path)?.blob ?? null] as const),
      calls,
      providers,
    },
  };
}

/** The submodule that a path is, or lies in. */
function submoduleAround(tree: ConfigurationTree, path: string): string | undefined {
  for (let at = path; at !== ""; at = folderOf(at)) {
    if (tree.file(at)?.mode === "160000") return at;
  }
  return undefined;
}

/** What else decides what a plan is, besides files. */
export interface PlanSettings {
  readonly root: string;
  readonly tool: Tool;
  readonly mode: PlanMode;
  /** As `-backend-config`, in order. */
  readonly backend: readonly string[];
  /** In the order they are given: later ones win. */
  readonly varFiles: readonly string[];
  /** What the flow says that the stack depends on, when it says so; which files that are is among the inputs. */
  readonly depends?: readonly string[];
  /** The environment's variables; short-lived credentials are left out by whoever gives them. */
  readonly variables: Readonly<Record<string, KeyedDigest>>;
}

/** The inputs digest: equal for two plans only if they were made from the same things in the same way. */
export function inputsDigest(inputs: StackInputs, settings: PlanSettings): Digest {
  return digestOfJson({
    version: 1,
    files: inputs.files.map(({ path, mode, blob }) => [path, mode, blob]),
    remote: inputs.remote.map(({ key, source, version }) => [key, source, version]),
    settings,
  });
}

/** Names what an init depends on: two with the same key give the same result. */
export function initKey(init: InitInputs, settings: Pick<PlanSettings, "root" | "tool" | "backend">): Digest {
  return digestOfJson({ version: 1, init, root: settings.root, tool: settings.tool, backend: settings.backend });
}

function byPath(left: TreeFile, right: TreeFile): number {
  return left.path < right.path ? -1 : left.path > right.path ? 1 : 0;
}
