import type { RepositoryState, View } from "../real/forge/index.ts";
import type { Site } from "./hub.ts";
import { accountId } from "./shapes/people.ts";
import { repositoryId } from "./shapes/repository.ts";

type Repository = View<RepositoryState>;

/** With the numbers of owner and repository, which nobody can take over, or with names that somebody can. */
export function subjectPrefix(site: Site, repository: Repository): string {
  const [owner = "", name = ""] = repository.name.split("/");
  if (!site.hub.kept(repository.name).settings.subject.immutable) return `repo:${owner}/${name}`;
  return `repo:${owner}@${accountId(site, owner)}/${name}@${repositoryId(site, repository.name)}`;
}

export interface SubjectAbout {
  /** Such as `environment:prod`, `pull_request`, `ref:refs/heads/main`. */
  readonly context: string;
  readonly claims: Readonly<Record<string, unknown>>;
}

/** The `sub` of a job's identity: by default where it runs, else the claims that the repository's settings name. */
export function subjectOf(site: Site, repository: Repository, { context, claims }: SubjectAbout): string {
  const { useDefault, claims: named } = site.hub.kept(repository.name).settings.subject;
  const prefix = subjectPrefix(site, repository);
  if (useDefault || named.length === 0) return `${prefix}:${context}`;
  const parts = named.map((name) => {
    if (name === "repo") return prefix;
    if (name === "context") return context;
    return `${name}:${String(claims[name] ?? "").replaceAll(":", "%3A")}`;
  });
  return parts.join(":");
}
