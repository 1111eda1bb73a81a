import type { CommitSha } from "../../domain/names.ts";
import { branchOf, type Commit, type ForgeEvent, type Look, userByEmail } from "../real/forge/index.ts";
import type { Site } from "./hub.ts";
import { openObjects } from "./objects.ts";
import { withoutLastBreak } from "./shapes/commit.ts";
import { time } from "./shapes/people.ts";
import { repositoryObject } from "./shapes/repository.ts";

const zeros = "0".repeat(40);

/** What is told of a push: each commit with the files that it changed. */
export async function pushTold(site: Site, place: Look, event: Extract<ForgeEvent, { kind: "push" }>) {
  const { repository, network } = place;
  const { ref, before, after } = event;
  const objects = openObjects(site.hub.forge.dirOf(repository.name));
  const tell = async (sha: CommitSha) => {
    const commit = await network.commit(sha);
    return commit === undefined
      ? null
      : pushedCommit(site, place, { commit, files: await objects.diff(commit.parents[0] ?? null, sha) });
  };
  const commits = branchOf(ref) === undefined ? [] : await Promise.all(event.commits.slice(0, 2048).map(tell));
  const tip = after === null ? undefined : await network.peel(after);
  const pusher = site.hub.forge.state.users.find(({ login }) => login === event.by);
  const web = `${site.web}/${repository.name}`;
  return {
    ref,
    before: before ?? zeros,
    after: after ?? zeros,
    created: before === null,
    deleted: after === null,
    forced: event.forced,
    base_ref: null,
    compare: `${web}/compare/${(before ?? zeros).slice(0, 12)}...${(after ?? zeros).slice(0, 12)}`,
    commits,
    head_commit: tip === undefined ? null : await tell(tip),
    pusher: { name: event.by, email: pusher?.emails[0] ?? null },
  };
}

/** A push tells of its repository in words of its own, the oldest ones. */
export function pushedRepository(site: Site, repository: Look["repository"]) {
  const told = repositoryObject(site, repository, "");
  const seconds = (written: string) => Date.parse(written) / 1000;
  return {
    ...told,
    owner: { ...told.owner, name: told.owner.login, email: null },
    created_at: seconds(told.created_at),
    pushed_at: seconds(told.pushed_at),
    stargazers: 0,
    master_branch: told.default_branch,
  };
}

interface PushedCommit {
  readonly commit: Commit;
  readonly files: readonly { readonly path: string; readonly before: string | null; readonly status: string }[];
}

function pushedCommit(site: Site, { repository }: Look, { commit, files }: PushedCommit) {
  const person = ({ name, email }: Commit["author"]) => {
    const login = userByEmail(site.hub.forge.state, email)?.login;
    return { name, email, ...(login === undefined ? {} : { username: login }) };
  };
  const of = (...statuses: readonly string[]) =>
    files.filter(({ status }) => statuses.includes(status)).map(({ path }) => path);
  return {
    id: commit.sha,
    tree_id: commit.tree,
    distinct: true,
    message: withoutLastBreak(commit.message),
    timestamp: time(commit.committedAt),
    url: `${site.web}/${repository.name}/commit/${commit.sha}`,
    author: person(commit.author),
    committer: person(commit.committer),
    added: [...of("added"), ...of("renamed")],
    removed: [...of("removed"), ...files.flatMap(({ before }) => before ?? [])],
    modified: of("modified", "changed"),
  };
}
