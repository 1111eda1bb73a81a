import { created, list, noContent, notFound, ok, Refusal } from "../answer.ts";
import { onRepository, type RepositoryAsk } from "../ask.ts";
import { optionalFlag, optionalText, text } from "../body.ts";
import type { KeptRelease } from "../kept.ts";
import { objectsOf } from "../objects.ts";
import { noteRuleSuite, suiteOf } from "../rule-suites.ts";
import { refusalBeyond } from "../rules-beyond.ts";
import { account, nodeId, time } from "../shapes/people.ts";
import { repositoryUrl } from "../shapes/repository.ts";
import { commitNamed } from "./commits.ts";

const reads = { contents: "read" } as const;
const writes = { contents: "write" } as const;

/** Releases and tags. One that is published while the repository's settings make releases immutable keeps its tag where it is. */
export const releaseRoutes = [
  onRepository("GET /releases", reads, (ask) => {
    const drafts = mayWrite(ask);
    const found = releasesOf(ask).filter(({ draft }) => drafts || !draft);
    return list(found.toReversed().map((release) => releaseObject(ask, release)));
  }),
  onRepository("POST /releases", writes, async (ask) => {
    const { body, hub, who, kept, repository } = ask;
    ask.needRole("write");
    const made: KeptRelease = {
      id: hub.nextId(),
      tag: text(body, "tag_name"),
      target: optionalText(body, "target_commitish") ?? repository.defaultBranch,
      name: optionalText(body, "name") ?? null,
      body: optionalText(body, "body") ?? null,
      draft: optionalFlag(body, "draft") === true,
      prerelease: optionalFlag(body, "prerelease") === true,
      by: who.login,
      createdAt: hub.clock.now(),
      publishedAt: null,
    };
    // Whoever is told of it finds it here.
    kept.releases.push(made);
    try {
      if (!made.draft) await publish(ask, made);
    } catch (error) {
      kept.releases.splice(kept.releases.indexOf(made), 1);
      throw error;
    }
    return created(releaseObject(ask, made));
  }),
  onRepository("GET /releases/latest", reads, (ask) => {
    const found = releasesOf(ask).findLast(({ draft, prerelease }) => !draft && !prerelease);
    if (found === undefined) throw notFound();
    return ok(releaseObject(ask, found));
  }),
  onRepository("GET /releases/tags/{tag}", reads, (ask) => {
    const found = releasesOf(ask).find(({ tag, draft }) => tag === ask.params.tag && !draft);
    if (found === undefined) throw notFound();
    return ok(releaseObject(ask, found));
  }),
  onRepository("GET /releases/{release_id}", reads, (ask) => ok(releaseObject(ask, releaseIn(ask)))),
  onRepository("PATCH /releases/{release_id}", writes, async (ask) => {
    const { body } = ask;
    ask.needRole("write");
    const found = releaseIn(ask);
    if (found.draft) found.tag = optionalText(body, "tag_name") ?? found.tag;
    // Of a published one it moves no tag, and is told from then on.
    const target = optionalText(body, "target_commitish") ?? found.target;
    if (target !== found.target && isImmutable(ask, found))
      throw new Refusal(422, "Cannot change the target of an immutable release.");
    found.target = target;
    found.name = optionalText(body, "name") ?? found.name;
    found.body = optionalText(body, "body") ?? found.body;
    found.prerelease = optionalFlag(body, "prerelease") ?? found.prerelease;
    if (found.draft && optionalFlag(body, "draft") === false) {
      await publish(ask, found);
      found.draft = false;
    }
    return ok(releaseObject(ask, found));
  }),
  onRepository("DELETE /releases/{release_id}", writes, async (ask) => {
    const found = releaseIn(ask);
    if (found.draft) ask.needRole("write");
    else await ask.act("delete-release", { tag: found.tag });
    ask.kept.releases.splice(ask.kept.releases.indexOf(found), 1);
    return noContent;
  }),
  onRepository("GET /tags", reads, async (ask) => {
    const { site, repository } = ask;
    const tags = await ask.look(async ({ refs, network }) => {
      const all = [...refs.all()].filter(([ref]) => ref.startsWith("refs/tags/"));
      return Promise.all(
        all.map(async ([ref, sha]) => [ref.slice("refs/tags/".length), (await network.peel(sha)) ?? sha]),
      );
    });
    const api = repositoryUrl(site, repository);
    return list(
      tags.map(([name = "", sha = ""]) => ({
        name,
        commit: { sha, url: `${api}/commits/${sha}` },
        zipball_url: `${api}/zipball/refs/tags/${name}`,
        tarball_url: `${api}/tarball/refs/tags/${name}`,
        node_id: nodeId("REF", `refs/tags/${name}`),
      })),
    );
  }),
  onRepository("GET /codeowners/errors", reads, async (ask) => {
    const ref = ask.query.get("ref") ?? ask.repository.defaultBranch;
    const places = [".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS"];
    const path = await firstThere(ask, ref, places);
    if (path === undefined) throw notFound();
    const { id = "" } = (await objectsOf(ask).find(`${ref}:${path}`)) ?? {};
    const lines = String(await objectsOf(ask).content(id)).split("\n");
    return ok({ errors: lines.flatMap((line, index) => ownerErrors(ask, { line, number: index + 1, path })) });
  }),
];

function mayWrite({ repository, who }: RepositoryAsk): boolean {
  return repository.roles.some(({ login, role }) => login === who.login && role !== "read");
}

async function publish(ask: RepositoryAsk, release: KeptRelease): Promise<void> {
  const { hub, kept, who } = ask;
  const { tag, target, body } = release;
  const { immutableReleases: immutable } = kept.settings;
  const ref = `refs/tags/${tag}`;
  // A release that makes its tag is held to the rules for making one.
  const [suite, refused] = await ask.look(async (place) => {
    if (place.refs.get(ref) !== undefined) return [null, null] as const;
    const after = await commitNamed(place, target);
    const seen = await suiteOf(hub, place, { ref, after, by: who.login });
    return [seen, refusalBeyond(hub, place, seen)] as const;
  });
  if (refused !== null) {
    noteRuleSuite(hub, suite, false);
    throw new Refusal(422, refused);
  }
  await ask.act("release", { tag, target, immutable, ...(body === null ? {} : { body }) });
  noteRuleSuite(hub, suite, true);
  release.publishedAt = ask.hub.clock.now();
}

/** Those that were made here, and those that the forge was told of in another way. */
export function releasesOf({
  kept,
  repository,
  hub,
}: Pick<RepositoryAsk, "kept" | "repository" | "hub">): readonly KeptRelease[] {
  for (const { tag, commit, body, by, at, deleted } of repository.releases) {
    if (deleted || kept.releases.some((release) => release.tag === tag && !release.draft)) continue;
    const about = { id: hub.nextId(), tag, target: commit, name: null, body: body === "" ? null : body };
    kept.releases.push({ ...about, draft: false, prerelease: false, by, createdAt: at, publishedAt: at });
  }
  return kept.releases;
}

function releaseIn(ask: RepositoryAsk): KeptRelease {
  const found = releasesOf(ask).find(({ id }) => String(id) === ask.params.release_id);
  if (found === undefined || (found.draft && !mayWrite(ask))) throw notFound();
  return found;
}

export function releaseObject(
  { site, repository, kept }: Pick<RepositoryAsk, "site" | "repository" | "kept">,
  release: KeptRelease,
) {
  const api = repositoryUrl(site, repository);
  const url = `${api}/releases/${release.id}`;
  const tag = encodeURIComponent(release.tag);
  return {
    url,
    assets_url: `${url}/assets`,
    upload_url: `${site.web}/api/uploads/repos/${repository.name}/releases/${release.id}/assets{?name,label}`,
    html_url: `${site.web}/${repository.name}/releases/${release.draft ? `tag/untagged-${release.id}` : `tag/${tag}`}`,
    id: release.id,
    author: account(site, release.by),
    node_id: nodeId("RE", release.id),
    tag_name: release.tag,
    target_commitish: release.target,
    name: release.name,
    draft: release.draft,
    immutable: !release.draft && kept.settings.immutableReleases && isImmutable({ repository }, release),
    prerelease: release.prerelease,
    created_at: time(release.createdAt),
    updated_at: time(release.publishedAt ?? release.createdAt),
    published_at: release.publishedAt === null ? null : time(release.publishedAt),
    assets: [],
    tarball_url: `${api}/tarball/${tag}`,
    zipball_url: `${api}/zipball/${tag}`,
    body: release.body,
  };
}

function isImmutable({ repository }: Pick<RepositoryAsk, "repository">, { tag }: KeptRelease): boolean {
  return repository.releases.some((made) => made.tag === tag && made.immutable && !made.deleted);
}

async function firstThere(ask: RepositoryAsk, ref: string, paths: readonly string[]): Promise<string | undefined> {
  for (const path of paths) {
    if ((await objectsOf(ask).find(`${ref}:${path}`)) !== undefined) return path;
  }
  return undefined;
}

interface OwnerLine {
  readonly line: string;
  readonly number: number;
  readonly path: string;
}

/** A line that names nobody who could be asked. */
function ownerErrors({ hub, repository }: RepositoryAsk, { line, number, path }: OwnerLine): readonly unknown[] {
  const [, ...owners] = line
    .replace(/(^|\s)#.*$/, "")
    .trim()
    .split(/\s+/);
  const { state } = hub.forge;
  return owners.flatMap((owner) => {
    const name = owner.replace(/^@/, "");
    const known = name.includes("/")
      ? state.teams.some(({ slug }) => slug.toLowerCase() === name.toLowerCase())
      : repository.roles.some(({ login, role }) => login.toLowerCase() === name.toLowerCase() && role !== "read") ||
        state.users.some(({ emails }) => emails.includes(name));
    if (known) return [];
    const column = line.indexOf(owner) + 1;
    const suggestion = `make sure ${owner} exists and has write access to the repository`;
    return [
      {
        line: number,
        column,
        source: line,
        kind: "Unknown owner",
        suggestion,
        message: `Unknown owner on line ${number}: ${suggestion}\n\n  ${line}\n  ${" ".repeat(column - 1)}^`,
        path,
      },
    ];
  });
}
