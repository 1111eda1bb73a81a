import { openTree } from "../domain/tree.ts";
import { lookAtText } from "./look-at-text.ts";
import type { RepositoryReader } from "./repository.ts";
import type { OpenSurvey, Survey, SurveyWants } from "./survey-facts.ts";

/** Looks at every file once. */
export async function survey(reader: RepositoryReader, wants: SurveyWants): Promise<Survey> {
  const found: OpenSurvey = {
    texts: 0,
    unread: [],
    notUtf8: [],
    configuration: new Map(),
    settings: new Map(),
    locks: new Map(),
    secrets: [],
    subjects: [],
    policies: [],
    workflows: new Map(),
    tools: { count: 0, unpinned: [] },
    workspaces: [],
    blocks: new Map(),
    ignoreMarks: [],
  };
  for (const { path: file, mode } of reader.files) {
    if (mode === "120000" || mode === "160000") continue;
    const read = await reader.read(file);
    if (read.text === null) {
      found.unread.push({ file, why: read.why });
      continue;
    }
    found.texts++;
    if (read.notUtf8) found.notUtf8.push(file);
    await lookAtText(file, read.text, { reader, wants, found });
  }
  return {
    ...found,
    files: new Map(reader.files.map((file) => [file.path, file])),
    links: await followLinks(reader),
    submodules: reader.files.filter(({ mode }) => mode === "160000").map(({ path }) => path),
  };
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
