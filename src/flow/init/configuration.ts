/** A setting of a backend as a file says it; null where its value is no plain text. Lines of JSON are all the first. */
export interface SaidSetting {
  readonly name: string;
  readonly value: string | null;
  readonly file: string;
  readonly line: number;
}

/** What `init` wants to know of a folder of configuration: where its state goes, and which folders it is made from. */
export interface ConfigurationFolder {
  readonly folder: string;
  /** Kind of its backend block (`s3`, `cloud`); null when it has none. */
  readonly backend: string | null;
  /** The settings that its backend block gives itself. */
  readonly settings: readonly SaidSetting[];
  /** Folders of this repository that its modules come from. */
  readonly calls: readonly string[];
}

/**
 * Reads the folders from the texts of their files, in the tool's own language or in JSON. A quick look, enough for a first proposal that people read:
 * what cannot be read is passed over. Terraform itself stays the authority.
 */
export function readConfiguration(texts: Readonly<Record<string, string>>): readonly ConfigurationFolder[] {
  const folders = new Map<string, { backend: string | null; settings: SaidSetting[]; calls: string[] }>();
  for (const [path, text] of Object.entries(texts)) {
    const folder = path.includes("/") ? path.slice(0, path.lastIndexOf("/")) : ".";
    const found = folders.get(folder) ?? { backend: null, settings: [], calls: [] };
    folders.set(folder, found);
    const { backend, settings, sources } = path.endsWith(".json") ? readJson(text) : readFile(text);
    found.backend ??= backend;
    found.settings.push(...settings.map((setting) => ({ ...setting, file: path })));
    found.calls.push(...sources.filter((source) => /^\.\.?\//.test(source)).map((source) => resolve(folder, source)));
  }
  return [...folders]
    .map(([folder, found]) => ({ folder, ...found }))
    .sort((left, right) => (left.folder < right.folder ? -1 : 1));
}

/** The settings of a file of backend settings, with the same quick look. */
export function readBackendFile(file: string, text: string): readonly SaidSetting[] {
  const settings: SaidSetting[] = [];
  let depth = 0;
  const tokens = [...tokensOf(text)];
  for (const [index, { word, line }] of tokens.entries()) {
    if (word === "{") depth++;
    else if (word === "}") depth--;
    else if (depth === 0 && tokens[index + 1]?.word === "=")
      settings.push({ name: word, value: textIn(tokens[index + 2]), file, line });
  }
  return settings;
}

type Setting = Omit<SaidSetting, "file">;

interface ReadFile {
  readonly backend: string | null;
  readonly settings: readonly Setting[];
  readonly sources: readonly string[];
}

/** The same of a file in JSON, where a block may be one object or a list of them. */
function readJson(text: string): ReadFile {
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch {
    return { backend: null, settings: [], sources: [] };
  }
  const settingsOf = blocksIn(data, "terraform");
  const [backend] = settingsOf.flatMap((one) => blocksIn(one, "backend")).flatMap((one) => Object.entries(one));
  const isCloud = settingsOf.some((one) => blocksIn(one, "cloud").length > 0);
  const modules = blocksIn(data, "module").flatMap((one) => Object.keys(one).flatMap((name) => blocksIn(one, name)));
  return {
    backend: backend?.[0] ?? (isCloud ? "cloud" : null),
    settings:
      backend === undefined
        ? []
        : [backend[1]]
            .flat()
            .flatMap((body) => Object.entries(Object(body) as Readonly<Record<string, unknown>>))
            .map(([name, value]) => ({ name, value: typeof value === "string" ? value : null, line: 1 })),
    sources: modules.flatMap(({ source }) => (typeof source === "string" ? [source] : [])),
  };
}

function blocksIn(data: unknown, name: string): readonly Readonly<Record<string, unknown>>[] {
  if (typeof data !== "object" || data === null || !Object.hasOwn(data, name)) return [];
  const found = (data as Readonly<Record<string, unknown>>)[name];
  return [found].flat().filter((one): one is Record<string, unknown> => typeof one === "object" && one !== null);
}

function readFile(text: string): ReadFile {
  let backend: string | null = null;
  const settings: Setting[] = [];
  const sources: string[] = [];
  const open: string[] = [];
  const tokens = [...tokensOf(text)];
  for (const [index, { word, line }] of tokens.entries()) {
    const next = tokens[index + 1]?.word ?? "";
    const value = next === "=" ? textIn(tokens[index + 2]) : null;
    if (word === "{") open.push(blockWord(tokens, index));
    else if (word === "}") open.pop();
    else if (open.length === 1 && open[0] === "terraform" && word === "backend" && next.startsWith('"'))
      backend ??= next.slice(1);
    else if (open.length === 1 && open[0] === "terraform" && word === "cloud" && next === "{") backend ??= "cloud";
    else if (open.join(" ") === "terraform backend" && next === "=") settings.push({ name: word, value, line });
    else if (open.length === 1 && open[0] === "module" && word === "source" && value !== null) sources.push(value);
  }
  return { backend, settings, sources };
}

/** The word that a brace belongs to: `module "x" {` is a module. */
function blockWord(tokens: readonly Token[], brace: number): string {
  let index = brace - 1;
  while (tokens[index]?.word.startsWith('"')) index--;
  return tokens[index]?.word ?? "";
}

interface Token {
  /** A text has a quote before it. */
  readonly word: string;
  readonly line: number;
}

/** A plain text; null where something is put in when the file is read. */
function textIn(found: Token | undefined): string | null {
  return found?.word.startsWith('"') === true && !/[$%]\{/.test(found.word) ? found.word.slice(1) : null;
}

const token =
  /#[^\n]*|\/\/[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|<<-?([A-Za-z_]\w*)\n[\s\S]*?(?:\n[ \t]*\1(?=\n|$)|$)|"((?:[^"\\\n]|\\.)*)"|[A-Za-z_][\w-]*|[{}=]/g;

/** Words, braces and equal signs, and texts; comments and heredocs left out. */
function* tokensOf(text: string): Generator<Token> {
  let [line, counted] = [1, 0];
  for (const match of text.matchAll(token)) {
    const [whole, , quoted] = match;
    line += text.slice(counted, match.index).split("\n").length - 1;
    counted = match.index;
    if (quoted !== undefined) yield { word: `"${quoted}`, line };
    else if (!/^(?:#|\/|<)/.test(whole)) yield { word: whole, line };
  }
}

function resolve(folder: string, source: string): string {
  const steps = folder === "." ? [] : folder.split("/");
  for (const step of source.split("/")) {
    if (step === "..") steps.pop();
    else if (step !== "." && step !== "") steps.push(step);
  }
  return steps.join("/") || ".";
}
