import { parseCommitSha } from "../../../domain/names.ts";
import { hasRole } from "../../real/forge/index.ts";
import { type Answer, notFound, ok, Refusal } from "../answer.ts";
import { onRepository, type RepositoryAsk } from "../ask.ts";
import { object, optionalText, text } from "../body.ts";
import { type Objects, objectsOf, type TreeEntry } from "../objects.ts";
import { pushRef } from "../push.ts";
import { gitCommit } from "../shapes/commit.ts";
import { repositoryUrl } from "../shapes/repository.ts";
import { commitNamed } from "./commits.ts";
import { base64Lines } from "./git-data.ts";

/** Files as people see them, by path. */
export const contentRoutes = [
  onRepository("GET /contents/{path}", { contents: "read" }, (ask) => readContent(ask)),
  onRepository("PUT /contents/{path}", { contents: "write" }, async (ask) => {
    const content = Buffer.from(text(ask.body, "content"), "base64");
    const { commit, blob, replaced } = await changeFile(ask, content);
    const path = ask.params.path ?? "";
    const entry = { mode: "100644", type: "blob", id: blob, size: content.length, path };
    const told = { content: entryObject(ask, { entry, ref: branchIn(ask) }), commit };
    return { status: replaced ? 200 : 201, body: told };
  }),
  onRepository("DELETE /contents/{path}", { contents: "write" }, async (ask) => {
    const { commit } = await changeFile(ask, null);
    return ok({ content: null, commit });
  }),
];

async function readContent(ask: RepositoryAsk): Promise<Answer> {
  const ref = ask.query.get("ref") ?? ask.repository.defaultBranch;
  const path = (ask.params.path ?? "").replace(/^\/+|\/+$/g, "");
  const commit = await ask.look(async (place) => {
    try {
      return await commitNamed(place, ref);
    } catch {
      throw new Refusal(404, `No commit found for the ref ${ref}`);
    }
  });
  const objects = objectsOf(ask);
  const found = await objects.find(path === "" ? `${commit}^{tree}` : `${commit}:${path}`);
  if (found === undefined) throw notFound();
  if (found.type === "tree") {
    const entries = await objects.tree(found.id, false);
    const inside = entries.map((entry) => ({ ...entry, path: path === "" ? entry.path : `${path}/${entry.path}` }));
    return ok(inside.map((entry) => entryObject(ask, { entry, ref })));
  }
  const content = await objects.content(found.id);
  if (/\.raw(?:[+;,]|$)/.test(ask.accept))
    return {
      status: 200,
      bytes: content,
      headers: { "content-type": "application/vnd.github.raw+json; charset=utf-8" },
    };
  const entry = { mode: "100644", type: "blob", id: found.id, size: found.size, path };
  // Past a megabyte only the raw form carries it.
  const told =
    content.length > 1024 * 1024
      ? { encoding: "none", content: "" }
      : { encoding: "base64", content: `${base64Lines(content)}\n` };
  return ok({ ...entryObject(ask, { entry, ref }), ...told });
}

const types: Readonly<Record<string, string>> = { tree: "dir", blob: "file", commit: "submodule" };

function entryObject(ask: RepositoryAsk, { entry, ref }: { readonly entry: TreeEntry; readonly ref: string }) {
  const { site, repository } = ask;
  const api = repositoryUrl(site, repository);
  const path = entry.path.split("/").map(encodeURIComponent).join("/");
  const self = `${api}/contents/${path}?ref=${encodeURIComponent(ref)}`;
  const git = `${api}/git/${entry.type}s/${entry.id}`;
  const html = `${site.web}/${repository.name}/${entry.type}/${ref}/${path}`;
  return {
    name: entry.path.split("/").at(-1) ?? "",
    path: entry.path,
    sha: entry.id,
    size: entry.size ?? 0,
    url: self,
    html_url: html,
    git_url: git,
    download_url: entry.type === "blob" ? `${site.web}/${repository.name}/raw/${ref}/${path}` : null,
    type: entry.mode === "120000" ? "symlink" : (types[entry.type] ?? "file"),
    _links: { self, git, html },
  };
}

function branchIn(ask: RepositoryAsk): string {
  return optionalText(ask.body, "branch") ?? ask.repository.defaultBranch;
}

/** One commit on a branch that writes or removes one file, if the file still is what whoever asks believes it to be. */
async function changeFile(ask: RepositoryAsk, content: Buffer | null) {
  const { body, repository, hub, who, site } = ask;
  if (!hasRole(repository, who.login, "write")) throw notFound();
  const path = ask.params.path ?? "";
  const branch = branchIn(ask);
  const before = await ask.look(async ({ refs }) => refs.get(`refs/heads/${branch}`));
  if (before === undefined) throw new Refusal(404, `Branch ${branch} not found`);
  const objects = objectsOf(ask);
  const known = await objects.find(`${before}:${path}`);
  checkKnown(known, optionalText(body, "sha"), { path, removes: content === null });
  const blob = content === null ? null : await objects.writeBlob(content);
  const tree = await objects.writeTree(`${before}^{tree}`, [{ path, mode: "100644", id: blob }]);
  const user = hub.forge.state.users.find(({ login }) => login === who.login);
  const email = user?.emails[0] ?? `${who.login}@users.noreply.${hub.forge.state.host}`;
  const stated = object(body, "author");
  const name = stated === undefined ? (user?.name ?? who.login) : text(stated, "name");
  const line = `${name} <${stated === undefined ? email : text(stated, "email")}> ${Math.floor(hub.clock.now() / 1000)} +0000`;
  if (/\n|\0/.test(line)) throw new Refusal(422, "author is invalid");
  const after = await writeCommit(objects, { tree, before, line, message: text(body, "message") });
  await pushRef(hub, who, { repository, ref: `refs/heads/${branch}`, before, after, rewrite: false });
  const made = await ask.look(({ network }) => network.commit(after));
  if (made === undefined) throw notFound();
  return { commit: gitCommit(site, repository, made), blob: blob ?? "", replaced: known !== undefined };
}

function checkKnown(
  known: { readonly id: string } | undefined,
  sha: string | undefined,
  { path, removes }: { readonly path: string; readonly removes: boolean },
): void {
  if (removes && known === undefined) throw notFound();
  if (known !== undefined && sha === undefined) throw new Refusal(422, `Invalid request.\n\n"sha" wasn't supplied.`);
  if (sha !== undefined && sha !== known?.id) throw new Refusal(409, `${path} does not match ${sha}`);
}

async function writeCommit(
  objects: Objects,
  about: { readonly tree: string; readonly before: string; readonly line: string; readonly message: string },
) {
  const { tree, before, line, message } = about;
  const id = await objects.writeCommit(
    `tree ${tree}\nparent ${before}\nauthor ${line}\ncommitter ${line}\n\n${message}`,
  );
  const sha = parseCommitSha(id);
  if (sha === undefined) throw notFound();
  return sha;
}
