import type { Look, RepositoryState, View } from "../../real/forge/index.ts";
import { type Ask, maySee } from "../ask.ts";
import { objectsOf } from "../objects.ts";
import { allows, type Permissions } from "../permissions.ts";
import { labelsOf, timesOf } from "../shapes/issue.ts";
import { isSameLogin, nodeId, time } from "../shapes/people.ts";
import { type About, actor } from "./about.ts";
import { type Arguments, connection, PartRefused, type Thing } from "./execute.ts";
import { commentThing, commitThing, issueThing, pullRequestThing } from "./things.ts";

/** Where every question begins. */
export function rootOf(ask: Ask): Thing {
  const { hub, who, site } = ask;
  return {
    __typename: "Query",
    viewer: async () => {
      const place = await anyPlace(ask);
      return place === undefined ? null : actor({ site, place, who }, who.login);
    },
    repository: async ({ owner, name }: Arguments) => {
      const full = `${String(owner)}/${String(name)}`.toLowerCase();
      const found = hub.forge.state.repositories.find((one) => one.name.toLowerCase() === full);
      if (found === undefined || !maySee(found, who))
        throw new PartRefused(
          "NOT_FOUND",
          `Could not resolve to a Repository with the name '${String(owner)}/${String(name)}'.`,
        );
      return repositoryThing(ask, await lookAt(ask, found));
    },
    nodes: async ({ ids }: Arguments) =>
      Promise.all((Array.isArray(ids) ? (ids as readonly unknown[]) : []).map((id) => nodeThing(ask, String(id)))),
    node: ({ id }: Arguments) => nodeThing(ask, String(id)),
  };
}

function lookAt({ hub }: Ask, repository: View<RepositoryState>): Promise<Look> {
  return hub.forge.look(repository.name, async (place) => place);
}

async function anyPlace(ask: Ask): Promise<Look | undefined> {
  const [first] = ask.hub.forge.state.repositories.filter((one) => maySee(one, ask.who));
  return first && lookAt(ask, first);
}

async function nodeThing(ask: Ask, id: string): Promise<Thing | null> {
  for (const repository of ask.hub.forge.state.repositories) {
    if (!maySee(repository, ask.who)) continue;
    const comment = repository.comments.find((one) => nodeId("number" in one.on ? "IC" : "CC", one.id) === id);
    if (comment === undefined) continue;
    need(ask, repository, [{ issues: "read" }, { pull_requests: "read" }]);
    return commentThing({ site: ask.site, who: ask.who, place: await lookAt(ask, repository) }, comment);
  }
  throw new PartRefused("NOT_FOUND", `Could not resolve to a node with the global id of '${id}'.`);
}

/** What an app's or a job's token was not given it is not told here either. */
function need({ who }: Ask, repository: View<RepositoryState>, ways: readonly Permissions[]): void {
  const { permissions } = who;
  if (permissions === null || !repository.private || ways.some((way) => allows(permissions, way))) return;
  throw new PartRefused("FORBIDDEN", "Resource not accessible by integration");
}

function repositoryThing(ask: Ask, place: Look): Thing {
  const { site, who, hub } = ask;
  const { repository, refs } = place;
  const about: About = { site, who, place };
  const objects = objectsOf({ hub, repository });
  const changes: readonly Permissions[] = [{ pull_requests: "read" }];
  const contents: readonly Permissions[] = [{ contents: "read" }];
  const issues: readonly Permissions[] = [{ issues: "read" }];
  const target = async (id: string): Promise<Thing | null> => {
    const found = await objects.find(id);
    if (found?.type !== "tag") return commitThing(about, id as Parameters<typeof commitThing>[1]);
    const next = /^object ([0-9a-f]{40})$/m.exec(String(await objects.raw(id)))?.[1] ?? "";
    return { __typename: "Tag", oid: id, target: () => target(next) };
  };
  const refThing = (name: string): Thing | null => {
    const at = refs.get(name);
    return at === undefined
      ? null
      : { __typename: "Ref", name: name.replace(/^refs\/\w+\//, ""), target: () => target(at) };
  };
  return {
    __typename: "Repository",
    id: nodeId("R", repository.name),
    nameWithOwner: repository.name,
    isPrivate: repository.private,
    defaultBranchRef: () => refThing(`refs/heads/${repository.defaultBranch}`),
    pullRequest: ({ number }: Arguments) => {
      need(ask, repository, changes);
      const found = repository.pullRequests.find((one) => one.number === number);
      if (found === undefined) throw notResolved("PullRequest", number);
      return pullRequestThing(about, found);
    },
    pullRequests: (given: Arguments) => {
      need(ask, repository, changes);
      const states = Array.isArray(given.states) ? new Set<unknown>(given.states) : null;
      const found = repository.pullRequests.filter((one) => {
        const state = one.merged !== null ? "MERGED" : one.state.toUpperCase();
        return (
          (given.baseRefName == null || one.base === given.baseRefName) &&
          (given.headRefName == null || one.head.branch === given.headRefName) &&
          (states === null || states.has(state))
        );
      });
      const order = given.orderBy as { readonly field?: string; readonly direction?: string } | undefined;
      const updated = (one: (typeof found)[number]) => timesOf(about.site, repository, one).updatedAt;
      const ascending = order?.field === "UPDATED_AT" ? found.toSorted((a, b) => updated(a) - updated(b)) : found;
      const sorted = order?.direction === "DESC" ? ascending.toReversed() : ascending;
      return connection(
        "PullRequest",
        sorted.map((one) => pullRequestThing(about, one)),
        given,
      );
    },
    object: async ({ oid, expression }: Arguments) => {
      need(ask, repository, contents);
      const found = await objects.find(String(oid ?? expression));
      if (found === undefined) return null;
      if (found.type === "commit" || found.type === "tag") return target(found.id);
      if (found.type !== "blob") return { __typename: "Tree", oid: found.id };
      const content = await objects.content(found.id);
      return { __typename: "Blob", oid: found.id, text: content.toString(), byteSize: content.length };
    },
    ref: ({ qualifiedName }: Arguments) => {
      need(ask, repository, contents);
      const name = String(qualifiedName);
      return refThing(name.startsWith("refs/") ? name : `refs/heads/${name}`);
    },
    releases: async (given: Arguments) => {
      need(ask, repository, contents);
      const kept = hub.kept(repository.name).releases;
      const drafts = kept.filter(({ draft }) => draft).map(({ tag }) => ({ tag, draft: true, commit: null }));
      const made = repository.releases.filter(({ deleted }) => !deleted);
      const all = [...made.map(({ tag, commit }) => ({ tag, draft: false, commit })), ...drafts].toReversed();
      const things = all.map(({ tag, draft, commit }) => ({
        __typename: "Release",
        tagName: tag,
        isDraft: draft,
        tagCommit: () => (commit === null ? null : commitThing(about, commit)),
      }));
      return connection("Release", things, given);
    },
    issue: ({ number }: Arguments) => {
      need(ask, repository, issues);
      const found = issueThing(about, Number(number));
      if (found === null) throw notResolved("Issue", number);
      return found;
    },
    issues: (given: Arguments) => {
      need(ask, repository, issues);
      const states = Array.isArray(given.states) ? new Set<unknown>(given.states) : null;
      const labels = Array.isArray(given.labels) ? (given.labels as readonly unknown[]) : null;
      const found = repository.issues.filter(
        ({ number, state }) =>
          (states === null || states.has(state.toUpperCase())) &&
          (labels === null || labelsOf(site, repository, number).some((name) => labels.includes(name))),
      );
      return connection(
        "Issue",
        found.map(({ number }) => issueThing(about, number)),
        given,
      );
    },
    viewerCanAdminister: repository.roles.some(({ login, role }) => role === "admin" && isSameLogin(login, who.login)),
    pushedAt: time(repository.pushes.at(-1)?.at ?? 0),
  };
}

function notResolved(type: string, number: unknown): PartRefused {
  return new PartRefused(
    "NOT_FOUND",
    `Could not resolve to a${/^[AEIOU]/.test(type) ? "n" : ""} ${type} with the number of ${String(number)}.`,
  );
}
