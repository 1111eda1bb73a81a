import type { ConfigurationFacts, SettingsFacts, Spot, SubjectFact } from "../domain/configuration-facts.ts";
import { readLockFile } from "../domain/lock-file.ts";
import { findSecrets } from "../domain/secret-shapes.ts";
import { isConfiguration, openTree } from "../domain/tree.ts";
import { isPolicy } from "./policy-text.ts";
import type { RepositoryFile, RepositoryReader } from "./repository.ts";
import { spotAt } from "./spot.ts";
import { subjectsInText } from "./subjects-in-text.ts";

/** Something in a file, with its place. */
export type InFile<T> = T & Spot & { readonly file: string };

/** A dependency lock file: its providers with the lines they stand in; null when it is not as the tool writes it. */
export type LockFacts = readonly (Spot & { readonly address: string })[] | null;

/** What the files of a repository say, without their texts: each is read once and let go. */
export interface Survey {
  readonly files: ReadonlyMap<string, RepositoryFile>;
  /** How many texts were looked at. */
  readonly texts: number;
  readonly unread: readonly { readonly file: string; readonly why: "binary" | "large" | "gone" }[];
  readonly configuration: ReadonlyMap<string, ConfigurationFacts>;
  readonly settings: ReadonlyMap<string, SettingsFacts>;
  readonly locks: ReadonlyMap<string, LockFacts>;
  readonly secrets: readonly InFile<{ readonly kind: string }>[];
  /** In JSON and its templates; those of configuration are among its facts. */
  readonly subjects: readonly InFile<SubjectFact>[];
  readonly policies: readonly { readonly file: string; readonly problem: string | null }[];
  readonly links: readonly { readonly file: string; readonly target: string; readonly leadsOut: boolean }[];
}

export interface SurveyWants {
  /** Files of variables and backend settings that stacks name, whatever they are called. */
  readonly settings: ReadonlySet<string>;
}

/** Looks at every file once. */
export async function survey(reader: RepositoryReader, wants: SurveyWants): Promise<Survey> {
  const found = {
    files: new Map(reader.files.map((file) => [file.path, file])),
    texts: 0,
    unread: [] as Survey["unread"][number][],
    configuration: new Map<string, ConfigurationFacts>(),
    settings: new Map<string, SettingsFacts>(),
    locks: new Map<string, LockFacts>(),
    secrets: [] as Survey["secrets"][number][],
    subjects: [] as Survey["subjects"][number][],
    policies: [] as Survey["policies"][number][],
    links: await followLinks(reader),
  };
  for (const { path: file, mode } of reader.files) {
    if (mode === "120000" || mode === "160000") continue;
    const read = await reader.read(file);
    if (read.text === null) {
      found.unread.push({ file, why: read.why });
      continue;
    }
    const { text } = read;
    found.texts++;
    for (const { kind, index } of findSecrets(text)) found.secrets.push({ file, kind, ...spotAt(text, index) });
    if (isConfiguration(file)) found.configuration.set(file, await reader.configuration(text, file));
    else if (wants.settings.has(file) || isVarFile(file)) found.settings.set(file, await reader.settings(text, file));
    else if (file.endsWith(".terraform.lock.hcl")) found.locks.set(file, lockFacts(text));
    else if (/\.json(?:\.\w+)?$|\.tftpl$/.test(file)) {
      found.subjects.push(...subjectsInText(text).map((subject) => ({ file, ...subject })));
      if (isPolicy(text)) found.policies.push({ file, problem: problemOfPolicy(text, file) });
    }
  }
  return found;
}

export function isVarFile(path: string): boolean {
  return /\.tfvars(?:\.json)?$/.test(path);
}

function lockFacts(text: string): LockFacts {
  const pins = readLockFile(new TextEncoder().encode(text));
  return pins?.map(({ address }) => ({ address, ...spotAt(text, text.indexOf(`provider "${address}"`)) })) ?? null;
}

/** A template is no JSON before it is filled in. */
function problemOfPolicy(text: string, file: string): string | null {
  if (!file.endsWith(".json") || text.includes("${")) return null;
  try {
    JSON.parse(text);
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

async function followLinks(reader: RepositoryReader): Promise<Survey["links"]> {
  const links = reader.files.filter((file) => file.mode === "120000");
  if (links.length === 0) return [];
  const tree = openTree(
    reader.files.map(({ path, mode }) => ({ path, mode, blob: "" })),
    {
      linkTarget: async ({ path }) => reader.linkTarget(path),
      references: () => Promise.reject(new Error("nothing asks for these")),
    },
  );
  return Promise.all(
    links.map(async ({ path }) => ({
      file: path,
      target: reader.linkTarget(path),
      leadsOut: (await tree.follow(path)).path === null,
    })),
  );
}
