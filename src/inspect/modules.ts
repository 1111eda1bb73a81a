import type { BackendFact, CallFact, ProviderFact, ValueFact } from "../domain/configuration-facts.ts";
import { folderOf, joinPath } from "../domain/tree.ts";
import type { InFile } from "./in-file.ts";
import type { Survey } from "./survey-facts.ts";

/** What a folder of configuration says by itself. */
export interface ModuleFacts {
  readonly backends: readonly InFile<BackendFact>[];
  readonly calls: readonly InFile<CallFact>[];
  readonly providers: readonly InFile<ProviderFact>[];
  readonly values: readonly InFile<ValueFact>[];
}

/** Folders of configuration, and what each needs with all the local modules that it calls. */
export interface Modules {
  readonly count: number;
  /** The module in a folder; `.` and the empty text are the top. */
  in(folder: string): ModuleFacts;
  /** The folder itself and every local module that it calls, over any number of calls; each once. */
  reachedFrom(folder: string): readonly ModuleFacts[];
}

const empty: ModuleFacts = { backends: [], calls: [], providers: [], values: [] };

/** Nothing is looked up twice: many stacks share a root module, and many roots a module. */
export function modulesOf(survey: Survey): Modules {
  const folders = new Map<
    string,
    {
      backends: InFile<BackendFact>[];
      calls: InFile<CallFact>[];
      providers: InFile<ProviderFact>[];
      values: InFile<ValueFact>[];
    }
  >();
  for (const [file, facts] of survey.configuration) {
    const folder = folderOf(file);
    const module = folders.get(folder) ?? { backends: [], calls: [], providers: [], values: [] };
    folders.set(folder, module);
    module.backends.push(...facts.backends.map((fact) => ({ file, ...fact })));
    module.calls.push(...facts.calls.map((fact) => ({ file, ...fact })));
    module.values.push(...facts.values.map((fact) => ({ file, ...fact })));
    module.providers.push(...facts.providers.map((fact) => ({ file, ...fact })));
  }
  const remembered = new Map<string, readonly ModuleFacts[]>();
  const at = (folder: string) => folders.get(folder === "." ? "" : folder) ?? empty;
  return {
    count: folders.size,
    in: at,
    reachedFrom(folder) {
      const known = remembered.get(folder);
      if (known !== undefined) return known;
      const reached = new Map<string, ModuleFacts>();
      const open = [folder === "." ? "" : folder];
      for (let next = open.pop(); next !== undefined; next = open.pop()) {
        if (reached.has(next)) continue;
        const module = at(next);
        reached.set(next, module);
        for (const { source } of module.calls) {
          const called = isLocal(source) ? joinPath(next, source) : undefined;
          if (called !== undefined) open.push(called);
        }
      }
      const modules = [...reached.values()];
      remembered.set(folder, modules);
      return modules;
    },
  };
}

/** Whether a module call leads into the repository itself. */
export function isLocal(source: string | null): source is string {
  return source !== null && /^\.\.?(?:\/|$)/.test(source);
}
