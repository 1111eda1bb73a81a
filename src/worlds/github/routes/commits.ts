import { type CommitSha, parseCommitSha } from "../../../domain/names.ts";
import { commitsBetween, type Look, mergeBases, userByEmail } from "../../real/forge/index.ts";
import { created, list, notFound, ok, Refusal } from "../answer.ts";
import { onRepository, type RepositoryAsk } from "../ask.ts";
import { text } from "../body.ts";
import { objectsOf } from "../objects.ts";
import { bringing } from "../shapes/bringing.ts";
import { commitComment, commitObject, fileObject, statsOf } from "../shapes/commit.ts";
import { simplePullRequest } from "../shapes/pull-request.ts";
import { repositoryUrl } from "../shapes/repository.ts";

/** The commit that a branch, a tag, a ref in part or in full, or an id names. Branches before tags before ids. */
export async function commitNamed({ refs, network }: Pick<Look, "refs" | "network">, name: string): Promise<CommitSha> {
  const candidates = [`refs/heads/${name}`, `refs/tags/${name}`, `refs/${name}`, name];
  const ref = candidates.map((candidate) => refs.get(candidate)).find((found) => found !== undefined);
  const sha = ref ?? (/^[0-9a-f]{7,40}$/.test(name) ? name : undefined);
  const commit = sha === undefined ? undefined : await network.peel(sha);
  if (commit === undefined) throw new Refusal(422, `No commit found for SHA: ${name}`);
  return commit;
}

/** Whether the query asks for whoever has this address, by the address or by the login. */
function isBy({ query, hub }: RepositoryAsk, email: string): boolean {
  const wanted = query.get("author")?.toLowerCase();
  if (wanted === undefined || wanted === email.toLowerCase()) return true;
  return userByEmail(hub.forge.state, email)?.login.toLowerCase() === wanted;
}

/** Commits, what two of them differ in, and what is said of them. */
export const commitRoutes = [
  onRepository("GET /commits", { contents: "read" }, async (ask) =>
    list(
      await ask.look(async (place) => {
        const tip = await commitNamed(place, ask.query.get("sha") ?? ask.repository.defaultBranch);
        const commits = await commitsBetween(place.network, [], tip);
        const found = commits.filter(({ author }) => isBy(ask, author.email));
        return found.toReversed().map((commit) => commitObject(ask.site, ask.repository, commit));
      }),
    ),
  ),
  onRepository("GET /commits/{ref}", { contents: "read" }, async (ask) =>
    ask.look(async (place) => {
      const { site, repository } = ask;
      const sha = await commitNamed(place, ask.params.ref ?? "");
      if (/\.sha(?:[+;,]|$)/.test(ask.accept))
        return {
          status: 200,
          bytes: Buffer.from(sha),
          headers: { "content-type": "application/vnd.github.sha; charset=utf-8" },
        };
      const commit = await place.network.commit(sha);
      if (commit === undefined) throw notFound();
      const files = await objectsOf(ask).diff(commit.parents[0] ?? null, sha);
      return ok({
        ...commitObject(site, repository, commit),
        stats: statsOf(files),
        files: files.map((file) => fileObject({ site, repository, head: sha }, file)),
      });
    }),
  ),
  onRepository("GET /commits/{commit_sha}/pulls", [{ pull_requests: "read" }, { contents: "read" }], async (ask) =>
    list(await ask.look((place) => pullsWith(ask, place))),
  ),
  onRepository("GET /commits/{commit_sha}/comments", { contents: "read" }, async (ask) => {
    const sha = await ask.look((place) => commitNamed(place, ask.params.commit_sha ?? ""));
    const said = ask.repository.comments.filter(({ on }) => "commit" in on && on.commit === sha);
    return list(said.map((comment) => commitComment(ask.site, ask.repository, comment)));
  }),
  onRepository("POST /commits/{commit_sha}/comments", { contents: "write" }, async (ask) => {
    const commit = await ask.look((place) => commitNamed(place, ask.params.commit_sha ?? ""));
    const made = await ask.act("comment", { commit, body: text(ask.body, "body") });
    return created(commitComment(ask.site, ask.repository, made));
  }),
  onRepository("GET /comments/{comment_id}", { contents: "read" }, ({ repository, params, site }) => {
    const found = repository.comments.find(({ id, on }) => String(id) === params.comment_id && "commit" in on);
    if (found === undefined) throw notFound();
    return ok(commitComment(site, repository, found));
  }),
  onRepository(
    "PATCH /comments/{comment_id}",
    { contents: "write" },
    async ({ repository, params, site, act, body }) => {
      const found = repository.comments.find(({ id, on }) => String(id) === params.comment_id && "commit" in on);
      if (found === undefined) throw notFound();
      return ok(
        commitComment(site, repository, await act("edit-comment", { comment: found.id, body: text(body, "body") })),
      );
    },
  ),
  onRepository("GET /compare/{basehead}", { contents: "read" }, (ask) => compare(ask)),
];

/** Pull requests that brought a commit, or would. */
async function pullsWith(ask: RepositoryAsk, place: Look): Promise<readonly unknown[]> {
  const { site } = ask;
  const sha = parseCommitSha(ask.params.commit_sha ?? "");
  const commit = sha === undefined ? undefined : await place.network.commit(sha);
  if (commit === undefined) throw new Refusal(422, `No commit found for SHA: ${ask.params.commit_sha}`);
  const found = await bringing(place, commit.sha);
  return found.map((change) => simplePullRequest(site, place, change));
}

function compare(ask: RepositoryAsk) {
  const { site, repository, params, query } = ask;
  const [base = "", head = ""] = (params.basehead ?? "").split("...");
  return ask.look(async (place) => {
    const { network } = place;
    const [from, to] = [await named(place, base), await named(place, head)];
    const [shared] = await mergeBases(network, from, to);
    if (shared === undefined) throw new Refusal(404, "No common ancestor between the two.");
    const [ahead, behind] = [await commitsBetween(network, [from], to), await commitsBetween(network, [to], from)];
    const files = await objectsOf(ask).diff(shared, to);
    if (/\.diff(?:[+;,]|$)/.test(ask.accept)) {
      const bytes = await objectsOf(ask).diffText(shared, to);
      return { status: 200, bytes, headers: { "content-type": "application/vnd.github.diff; charset=utf-8" } };
    }
    const objectOf = async (sha: CommitSha) => {
      const commit = await network.commit(sha);
      if (commit === undefined) throw notFound();
      return commitObject(site, repository, commit);
    };
    const web = `${site.web}/${repository.name}/compare/${base}...${head}`;
    const url = `${repositoryUrl(site, repository)}/compare/${base}...${head}`;
    const size = Math.min(Number(query.get("per_page") ?? 250), 250);
    const page = Math.max(Number(query.get("page") ?? 1), 1);
    return ok({
      url,
      html_url: web,
      permalink_url: web,
      diff_url: `${web}.diff`,
      patch_url: `${web}.patch`,
      base_commit: await objectOf(from),
      merge_base_commit: await objectOf(shared),
      status:
        ahead.length > 0 ? (behind.length > 0 ? "diverged" : "ahead") : behind.length > 0 ? "behind" : "identical",
      ahead_by: ahead.length,
      behind_by: behind.length,
      total_commits: ahead.length,
      commits: ahead.slice((page - 1) * size, page * size).map((commit) => commitObject(site, repository, commit)),
      // Files come with the first page only, and never more of them.
      files: page > 1 ? [] : files.slice(0, 300).map((file) => fileObject({ site, repository, head: to }, file)),
    });
  });
}

async function named(place: Look, name: string): Promise<CommitSha> {
  try {
    return await commitNamed(place, name);
  } catch {
    throw notFound();
  }
}
