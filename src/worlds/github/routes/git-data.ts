import { parseCommitSha } from "../../../domain/names.ts";
import { userByEmail } from "../../real/forge/index.ts";
import { created, invalid, list, noContent, notFound, ok, Refusal } from "../answer.ts";
import { onRepository, type RepositoryAsk } from "../ask.ts";
import { type Body, object, objects, optionalFlag, optionalText, text, texts } from "../body.ts";
import { type NewEntry, objectsOf } from "../objects.ts";
import { pushRef } from "../push.ts";
import { gitCommit } from "../shapes/commit.ts";
import { nodeId } from "../shapes/people.ts";
import { repositoryUrl } from "../shapes/repository.ts";

/** Git's own objects and refs, one by one. */
export const gitDataRoutes = [
  onRepository("GET /git/ref/{ref}", { contents: "read" }, async (ask) => {
    const name = `refs/${ask.params.ref}`;
    const sha = await ask.look(async ({ refs }) => refs.get(name));
    if (sha === undefined) throw notFound();
    return ok(await refObject(ask, name, sha));
  }),
  onRepository("GET /git/matching-refs/{ref}", { contents: "read" }, async (ask) => {
    const all = await ask.look(async ({ refs }) => [...refs.all()]);
    const found = all.filter(([name]) => name.startsWith(`refs/${ask.params.ref}`));
    return list(await Promise.all(found.map(([name, sha]) => refObject(ask, name, sha))));
  }),
  onRepository("POST /git/refs", { contents: "write" }, async (ask) => {
    const [ref, sha] = [text(ask.body, "ref"), text(ask.body, "sha")];
    if (!/^refs\/[^/]+\/./.test(ref))
      throw new Refusal(422, "Reference name must start with 'refs' and have at least two slashes");
    if (await ask.look(async ({ refs }) => refs.get(ref) !== undefined))
      throw new Refusal(422, "Reference already exists");
    try {
      await move(ask, { ref, sha, before: null, rewrite: false });
    } catch (error) {
      // Somebody was faster.
      if (error instanceof Refusal && error.status === 409) throw new Refusal(422, "Reference already exists");
      throw error;
    }
    return created(await refObject(ask, ref, sha));
  }),
  onRepository("PATCH /git/refs/{ref}", { contents: "write" }, async (ask) => {
    const ref = `refs/${ask.params.ref}`;
    const sha = text(ask.body, "sha");
    if (await ask.look(async ({ refs }) => refs.get(ref) === undefined))
      throw new Refusal(422, "Reference does not exist");
    await move(ask, { ref, sha, rewrite: optionalFlag(ask.body, "force") === true });
    return ok(await refObject(ask, ref, sha));
  }),
  onRepository("DELETE /git/refs/{ref}", { contents: "write" }, async (ask) => {
    const ref = `refs/${ask.params.ref}`;
    await pushRef(ask.hub, ask.who, { repository: ask.repository, ref, after: null, rewrite: false });
    return noContent;
  }),
  onRepository("GET /git/commits/{commit_sha}", { contents: "read" }, async (ask) => {
    const sha = parseCommitSha(ask.params.commit_sha ?? "");
    const commit = sha === undefined ? undefined : await ask.look(({ network }) => network.commit(sha));
    if (commit === undefined) throw notFound();
    return ok(gitCommit(ask.site, ask.repository, commit));
  }),
  onRepository("POST /git/commits", { contents: "write" }, (ask) => makeCommit(ask)),
  onRepository("GET /git/trees/{tree_sha}", { contents: "read" }, async (ask) => {
    const name = ask.params.tree_sha ?? "";
    const tree = await objectsOf(ask).find(`${name}^{tree}`);
    if (tree === undefined) throw notFound();
    return ok(await treeObject(ask, tree.id, ask.query.has("recursive")));
  }),
  onRepository("POST /git/trees", { contents: "write" }, async (ask) => {
    const base = optionalText(ask.body, "base_tree");
    const entries = await Promise.all((objects(ask.body, "tree") ?? []).map((entry) => newEntry(ask, entry)));
    if (entries.length === 0) throw invalid("Tree", "tree", "missing_field");
    const start = base === undefined ? null : await objectsOf(ask).find(`${base}^{tree}`);
    if (start === undefined) throw new Refusal(422, "base_tree is not a valid tree oid");
    const id = await objectsOf(ask).writeTree(start?.id ?? null, entries);
    return created(await treeObject(ask, id, false));
  }),
  onRepository("GET /git/blobs/{file_sha}", { contents: "read" }, async (ask) => {
    const found = await objectsOf(ask).find(ask.params.file_sha ?? "");
    if (found?.type !== "blob") throw notFound();
    const content = await objectsOf(ask).content(found.id);
    if (/\.raw(?:[+;,]|$)/.test(ask.accept))
      return {
        status: 200,
        bytes: content,
        headers: { "content-type": "application/vnd.github.raw+json; charset=utf-8" },
      };
    return ok({
      sha: found.id,
      node_id: nodeId("B", found.id),
      size: found.size,
      url: `${repositoryUrl(ask.site, ask.repository)}/git/blobs/${found.id}`,
      content: base64Lines(content),
      encoding: "base64",
    });
  }),
  onRepository("POST /git/blobs", { contents: "write" }, async (ask) => {
    const encoding = optionalText(ask.body, "encoding") === "base64" ? "base64" : "utf8";
    const sha = await objectsOf(ask).writeBlob(Buffer.from(text(ask.body, "content"), encoding));
    return created({ sha, url: `${repositoryUrl(ask.site, ask.repository)}/git/blobs/${sha}` });
  }),
  onRepository("GET /git/tags/{tag_sha}", { contents: "read" }, async (ask) => {
    const found = await objectsOf(ask).find(ask.params.tag_sha ?? "");
    if (found?.type !== "tag") throw notFound();
    return ok(await tagObject(ask, found.id));
  }),
  onRepository("POST /git/tags", { contents: "write" }, async (ask) => {
    const { body, who, hub } = ask;
    const [tag, message, target] = [text(body, "tag"), text(body, "message"), text(body, "object")];
    const type = text(body, "type");
    if (/[\n\0]/.test(tag + target + type)) throw invalid("Tag", "tag");
    const tagger = personIn(object(body, "tagger"), {
      name: who.login,
      email: `${who.login}@users.noreply.${hub.forge.state.host}`,
      at: hub.clock.now(),
    });
    const id = await objectsOf(ask).writeTag(
      `object ${target}\ntype ${type}\ntag ${tag}\ntagger ${tagger}\n\n${message}\n`,
    );
    return created(await tagObject(ask, id));
  }),
];

interface RefMove {
  readonly ref: string;
  readonly sha: string;
  readonly before?: null;
  readonly rewrite: boolean;
}

async function move(ask: RepositoryAsk, { ref, sha, before, rewrite }: RefMove): Promise<void> {
  const after = parseCommitSha(sha);
  if (after === undefined || (await objectsOf(ask).find(after)) === undefined)
    throw new Refusal(422, "Object does not exist");
  const { hub, who, repository } = ask;
  await pushRef(hub, who, { repository, ref, after, rewrite, ...(before === undefined ? {} : { before }) });
}

async function refObject(ask: RepositoryAsk, ref: string, sha: string) {
  const api = repositoryUrl(ask.site, ask.repository);
  const { type = "commit" } = (await objectsOf(ask).find(sha)) ?? {};
  return {
    ref,
    node_id: nodeId("REF", ref),
    url: `${api}/git/${ref}`,
    object: { sha, type, url: `${api}/git/${type}s/${sha}` },
  };
}

async function treeObject(ask: RepositoryAsk, id: string, recursive: boolean) {
  const api = repositoryUrl(ask.site, ask.repository);
  const entries = await objectsOf(ask).tree(id, recursive);
  return {
    sha: id,
    url: `${api}/git/trees/${id}`,
    tree: entries.map(({ path, mode, type, id: sha, size }) => ({
      path,
      mode,
      type,
      sha,
      ...(size === null ? {} : { size }),
      url: `${api}/git/${type}s/${sha}`,
    })),
    truncated: false,
  };
}

async function newEntry(ask: RepositoryAsk, entry: Body): Promise<NewEntry> {
  const [path, mode] = [text(entry, "path"), text(entry, "mode")];
  if (!/^(100644|100755|120000|040000|160000)$/.test(mode)) throw new Refusal(422, "tree.mode is not a valid mode");
  if (path.split("/").some((part) => part === "" || part === "." || part === ".." || part.toLowerCase() === ".git"))
    throw new Refusal(422, "tree.path contains a malformed path component");
  const content = optionalText(entry, "content");
  if (content !== undefined) return { path, mode, id: await objectsOf(ask).writeBlob(Buffer.from(content)) };
  if (entry.sha === null) return { path, mode, id: null };
  const id = text(entry, "sha");
  if ((await objectsOf(ask).find(id)) === undefined) throw new Refusal(422, `tree.sha ${id} is not a valid sha`);
  return { path, mode, id };
}

/** A commit in the words of whoever makes it: nobody checks whose name and address they put there. */
async function makeCommit(ask: RepositoryAsk) {
  const { body, who, hub, site, repository } = ask;
  const tree = await objectsOf(ask).find(text(body, "tree"));
  if (tree?.type !== "tree") throw new Refusal(422, "Tree SHA does not exist");
  const parents = texts(body, "parents") ?? [];
  for (const parent of parents) {
    if ((await objectsOf(ask).find(parent))?.type !== "commit")
      throw new Refusal(422, "Parent SHA does not exist or is not a commit object");
  }
  const user = hub.forge.state.users.find(({ login }) => login === who.login);
  const own = {
    name: user?.name ?? who.login,
    email: user?.emails[0] ?? `${who.login}@users.noreply.${hub.forge.state.host}`,
    at: hub.clock.now(),
  };
  const author = personIn(object(body, "author"), own);
  const committer = personIn(object(body, "committer") ?? object(body, "author"), own);
  const lines = [
    `tree ${tree.id}`,
    ...parents.map((parent) => `parent ${parent}`),
    `author ${author}`,
    `committer ${committer}`,
  ];
  const id = await objectsOf(ask).writeCommit(`${lines.join("\n")}\n\n${text(body, "message")}`);
  const sha = parseCommitSha(id);
  const commit = sha === undefined ? undefined : await ask.look(({ network }) => network.commit(sha));
  if (commit === undefined) throw notFound();
  return created(gitCommit(site, repository, commit));
}

/** As a line of a commit says it. */
function personIn(
  body: Body | undefined,
  own: { readonly name: string; readonly email: string; readonly at: number },
): string {
  const clean = (value: string) => value.replaceAll(/[<>\n\0]/g, "");
  const at = body === undefined ? own.at : Date.parse(optionalText(body, "date") ?? new Date(own.at).toISOString());
  const name = body === undefined ? own.name : text(body, "name");
  const email = body === undefined ? own.email : text(body, "email");
  return `${clean(name)} <${clean(email)}> ${Math.floor(at / 1000)} +0000`;
}

async function tagObject(ask: RepositoryAsk, id: string) {
  const { site, repository } = ask;
  const api = repositoryUrl(site, repository);
  const written = String(await objectsOf(ask).raw(id));
  const [head = "", ...rest] = written.split("\n\n");
  const field = (name: string) => new RegExp(`^${name} (.*)$`, "m").exec(head)?.[1] ?? "";
  const [, name = "", email = "", seconds = "0"] = /^(.*) <(.*)> (\d+)/.exec(field("tagger")) ?? [];
  const user = userByEmail(site.hub.forge.state, email);
  return {
    node_id: nodeId("T", id),
    tag: field("tag"),
    sha: id,
    url: `${api}/git/tags/${id}`,
    message: rest.join("\n\n").replace(/\n$/, ""),
    tagger: { name: user?.name ?? name, email, date: new Date(Number(seconds) * 1000).toISOString() },
    object: { type: field("type"), sha: field("object"), url: `${api}/git/${field("type")}s/${field("object")}` },
    verification: { verified: false, reason: "unsigned", signature: null, payload: null, verified_at: null },
  };
}

/** GitHub breaks base64 as mail does. */
export function base64Lines(content: Buffer): string {
  return content.toString("base64").replaceAll(/(.{60})/g, "$1\n");
}
