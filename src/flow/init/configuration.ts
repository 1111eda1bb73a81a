/** What `init` wants to know of a folder of configuration: where its state goes, and which folders it is made from. */
export interface ConfigurationFolder {
  readonly folder: string;
  /** Kind of its backend block (`s3`, `cloud`); null when it has none. */
  readonly backend: string | null;
  /** The settings that its backend block gives itself, by name. */
  readonly settings: readonly string[];
  /** Folders of this repository that its modules come from. */
  readonly calls: readonly string[];
}

/**
 * Reads the folders from the texts of their files, in the tool's own language or in JSON. A quick look, enough for a first proposal that people read:
 * what cannot be read is passed over. Terraform itself stays the authority.
 */
export function readConfiguration(texts: Readonly<Record<string, string>>): readonly ConfigurationFolder[] {
  const folders = new Map<string, { backend: string | null; settings: string[]; calls: string[] }>();
  for (const [path, text] of Object.entries(texts)) {
    const folder = path.includes("/") ? path.slice(0, path.lastIndexOf("/")) : ".";
    const found = folders.get(folder) ?? { backend: null, settings: [], calls: [] };
    folders.set(folder, found);
    const { backend, settings, sources } = path.endsWith(".json") ? readJson(text) : readFile(text);
    found.backend ??= backend;
    found.settings.push(...settings);
    found.calls.push(...sources.filter((source) => /^\.\.?\//.test(source)).map((source) => resolve(folder, source)));
  }
  return [...folders]
    .map(([folder, found]) => ({ folder, ...found }))
    .sort((left, right) => (left.folder < right.folder ? -1 : 1));
}

interface ReadFile {
  readonly backend: string | null;
  readonly settings: readonly string[];
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
    settings: backend === undefined ? [] : [backend[1]].flat().flatMap((body) => Object.keys(Object(body))),
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
  const settings: string[] = [];
  const sources: string[] = [];
  const open: string[] = [];
  const tokens = [...tokensOf(text)];
  for (const [index, token] of tokens.entries()) {
    const [next = "", afterNext = ""] = [tokens[index + 1], tokens[index + 2]];
    if (token === "{") open.push(blockWord(tokens, index));
    else if (token === "}") open.pop();
    else if (open.length === 1 && open[0] === "terraform" && token === "backend" && next.startsWith('"'))
      backend ??= next.slice(1);
    else if (open.length === 1 && open[0] === "terraform" && token === "cloud" && next === "{") backend ??= "cloud";
    else if (open.join(" ") === "terraform backend" && next === "=") settings.push(token);
    else if (
      open.length === 1 &&
      open[0] === "module" &&
      token === "source" &&
      next === "=" &&
      afterNext.startsWith('"')
    )
      sources.push(afterNext.slice(1));
  }
  return { backend, settings, sources };
}

/** The word that a brace belongs to: `module "x" {` is a module. */
function blockWord(tokens: readonly string[], brace: number): string {
  let index = brace - 1;
  while (tokens[index]?.startsWith('"')) index--;
  return tokens[index] ?? "";
}

const token =
  /#[^\n]*|\/\/[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|<<-?([A-Za-z_]\w*)\n[\s\S]*?(?:\n[ \t]*\1(?=\n|$)|$)|"((?:[^"\\\n]|\\.)*)"|[A-Za-z_][\w-]*|[{}=]/g;

/** Words, braces and equal signs; texts with a quote before them; comments and heredocs left out. */
function* tokensOf(text: string): Generator<string> {
  for (const match of text.matchAll(token)) {
    const [whole, , quoted] = match;
    if (quoted !== undefined) yield `"${quoted}`;
    else if (!/^(?:#|\/|<)/.test(whole)) yield whole;
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
