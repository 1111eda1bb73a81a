import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { UnknownToRunner } from "../errors.ts";
import { readZip } from "../read-zip.ts";
import { type Action, type ActionAt, Failed, flag } from "./action.ts";

export const uploadArtifact: Action = {
  inputs: [
    "name",
    "path",
    "overwrite",
    "retention-days",
    "if-no-files-found",
    "include-hidden-files",
    "compression-level",
  ],
  async run(at) {
    const { name = "artifact", path = "" } = at.with;
    if (/[":<>|*?\r\n\\/]/.test(name)) throw new Failed(`The artifact name is not valid: ${name}`);
    const found = filesOf(at, path);
    if (Object.keys(found).length === 0) return nothingFound(at, path);
    const { artifacts, settings } = at.github.kept(at.repository);
    const before = artifacts.find((one) => one.run === at.run.id && one.name === name && one.zip !== null);
    if (before !== undefined) {
      if (!flag(at, "overwrite", false))
        throw new Failed(
          "Failed to CreateArtifact: (409) Conflict: an artifact with this name already exists on the workflow run",
        );
      before.zip = null;
    }
    const asked = Number(at.with["retention-days"] ?? 0);
    const days = asked === 0 ? settings.retentionDays : Math.min(asked, settings.retentionDays);
    const made = at.run.upload(name, found, { days });
    at.log(`Artifact ${name} has been successfully uploaded: ${Object.keys(found).length} files`);
    return { "artifact-id": String(made.id), "artifact-digest": made.digest.replace(/^sha256:/, "") };
  },
};

function nothingFound(at: ActionAt, path: string): Readonly<Record<string, string>> {
  const said = `No files were found with the provided path: ${path}. No artifacts will be uploaded.`;
  const how = at.with["if-no-files-found"] ?? "warn";
  if (how === "error") throw new Failed(said);
  if (how !== "warn" && how !== "ignore") throw new Failed(`Unrecognized if-no-files-found input: ${how}`);
  at.log(how === "warn" ? `##[warning]${said}` : said);
  return {};
}

/** What one path holds, by the names that it has in the artifact; what begins with a dot only when asked for. */
function filesOf(at: ActionAt, written: string): Readonly<Record<string, Uint8Array>> {
  const path = written.trim();
  if (path === "" || /[\n*?[\]{}!]/.test(path)) throw new UnknownToRunner(`upload-artifact with the path ${written}`);
  const top = resolve(at.machine.workspace, path);
  const stat = statSync(top, { throwIfNoEntry: false });
  if (stat === undefined) return {};
  const hidden = flag(at, "include-hidden-files", false);
  const files = stat.isFile() ? [top] : filesBelow(top, hidden);
  const root = stat.isFile() ? dirname(top) : top;
  return Object.fromEntries(files.map((file) => [relative(root, file), readFileSync(file)]));
}

function filesBelow(dir: string, hidden: boolean): readonly string[] {
  return readdirSync(dir)
    .filter((name) => hidden || !name.startsWith("."))
    .flatMap((name) => {
      const path = join(dir, name);
      const stat = statSync(path, { throwIfNoEntry: false });
      if (stat === undefined) return [];
      return stat.isDirectory() ? filesBelow(path, hidden) : [path];
    });
}

/** One artifact of the same run, by its name. */
export const downloadArtifact: Action = {
  inputs: ["name", "path"],
  async run(at) {
    const { name } = at.with;
    if (name === undefined) throw new UnknownToRunner("download-artifact without a name");
    const { artifacts } = at.github.kept(at.repository);
    const found = artifacts.find((one) => one.run === at.run.id && one.name === name && one.zip !== null);
    if (found?.zip == null) throw new Failed(`Unable to download artifact(s): Artifact not found for name: ${name}`);
    const dir = resolve(at.machine.workspace, at.with.path ?? ".");
    for (const { path, content } of await readZip(found.zip)) {
      const file = resolve(dir, path);
      if (!file.startsWith(`${dir}/`)) throw new Failed(`Malformed extraction path: ${path}`);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, content);
    }
    return { "download-path": dir };
  },
};
