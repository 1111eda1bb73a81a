import type { Diagnostic } from "../../domain/diagnostic.ts";
import { each, problem, warning } from "../../flow/check.ts";
import type { Stack, StackPattern } from "../../flow/flow.ts";
import { listText } from "../../flow/issues.ts";
import { fill } from "../../flow/templates.ts";
import { automaticFiles, folderKey } from "../automatic-files.ts";
import type { InspectedStacks, StackCheck } from "../check.ts";
import { environmentReader } from "../environment-words.ts";
import { namedFilesOf } from "./named-files.ts";

type Reader = ReturnType<typeof environmentReader>;

/** No stack mixes what belongs to two environments: the variables of test with the state of prod. */
export const noEnvironmentIsMixed: StackCheck = {
  name: "no-environment-is-mixed",
  find(about) {
    const names = about.flow.environments.map(({ name }) => name);
    const read = environmentReader(names);
    const entries = about.flow.stacks.flatMap((pattern) =>
      pattern.in.flatMap((environment) =>
        [...pattern.backend, ...pattern.vars].map((text) => ({ pattern, environment, text })),
      ),
    );
    const files = filesByEnvironment(about.stacks);
    const automatic = automaticNames(about);
    const taken = each(automatic, (taken) => byItself(taken, read));
    const written = each(entries, (entry) => inTemplate(entry, about, read));
    const inside = each(files, ({ file, stack }) => inFile(file, stack, { about, read }));
    return {
      count: written.count + inside.count + taken.count,
      diagnostics: [...written.diagnostics, ...inside.diagnostics, ...taken.diagnostics],
    };
  },
};

interface Template {
  readonly pattern: StackPattern;
  readonly environment: string;
  readonly text: string;
}

/** What a template says by itself: the name of a stack may be any word, so it is left out. */
function inTemplate(
  { pattern, environment, text }: Template,
  { flowFile: file }: InspectedStacks,
  read: Reader,
): readonly Diagnostic[] {
  const foreign = foreignIn(fill(text, { environment, stack: "", instance: "" }), environment, read);
  if (foreign.length === 0) return [];
  const summary = `A stack in ${environment} would use "${text}", which is named after ${listText(foreign, "and")}.`;
  const place = { file, line: pattern.line ?? 1, column: pattern.column ?? 1 };
  return [problem("environment-mixed", place, [summary, "Write {environment} in its place."])];
}

/** The environments that a text names, when its own is not among them. */
function foreignIn(text: string, own: string, read: Reader): readonly string[] {
  const named = read(text);
  return named.has(own) ? [] : [...named];
}

interface NamedFile {
  readonly file: string;
  readonly stack: Stack;
}

function filesByEnvironment(stacks: readonly Stack[]): readonly NamedFile[] {
  const found = new Map<string, NamedFile>();
  for (const stack of stacks) {
    for (const file of namedFilesOf(stack)) found.set(`${stack.environment} ${file}`, { file, stack });
  }
  return [...found.values()];
}

/** Files that the tool takes by itself in a root module, for each environment that has it. */
function automaticNames({ survey, stacks }: InspectedStacks): readonly NamedFile[] {
  const automatic = automaticFiles(survey);
  const found = new Map<string, NamedFile>();
  for (const stack of stacks) {
    for (const file of automatic.get(folderKey(stack.root)) ?? [])
      found.set(`${stack.environment} ${file}`, { file, stack });
  }
  return [...found.values()];
}

/** What the tool reads without being told, it reads in every environment. */
function byItself({ file, stack: { environment, name } }: NamedFile, read: Reader): readonly Diagnostic[] {
  const foreign = foreignIn(file.slice(file.lastIndexOf("/") + 1), environment, read);
  if (foreign.length === 0) return [];
  const summary = `${name} takes this file by itself, and it is named after ${listText(foreign, "and")}.`;
  const hint = "Call it without `.auto`, and name it under `vars` with {environment}.";
  return [problem("environment-mixed", { file, line: 1, column: 1 }, [summary, hint])];
}

/** Settings that say which environment they are for, and settings of a backend that name another one. */
function inFile(
  file: string,
  { environment, backend, name }: Stack,
  { about, read }: { about: InspectedStacks; read: Reader },
): readonly Diagnostic[] {
  const isBackend = backend.includes(file);
  return (about.survey.settings.get(file)?.settings ?? []).flatMap(({ key, value, line, column }) => {
    const says = /^(?:env|environment|environment_name|stage)$/i.test(key);
    if (!says && !isBackend) return [];
    const foreign = foreignIn(value, environment, read);
    if (foreign.length === 0) return [];
    const summary = `${name} uses this file, and "${key}" in it names ${listText(foreign, "and")}.`;
    const hint = `Give ${environment} a file of its own.`;
    return [(says ? problem : warning)("environment-mixed", { file, line, column }, [summary, hint])];
  });
}
