import type { CommitSha } from "../../domain/names.ts";
import { ofProject, type ReleaseTag, releaseClassOf, versionsBefore } from "../../flow/releases.ts";
import { type ReleasedChange, renderReleaseNotes } from "../../views/release-notes.ts";
import type { Delivery } from "../delivery.ts";

interface Released {
  readonly tag: string;
  readonly commit: CommitSha;
  readonly why: string;
}

/**
 * What is told of a version: every commit along the first parents of the branch since the newest version before it that the
 * commit has; of a module those that touch its folder. A tag that the flow does not know has no version before it.
 */
export async function releaseNotes(delivery: Delivery, { tag, commit, why }: Released): Promise<string> {
  const of = releaseClassOf(delivery.flow, tag);
  const before = of === undefined ? null : await versionBefore(delivery, of, commit);
  const folder = of === undefined || ofProject(of) ? null : `${of.of.replace("{module}", of.module ?? "")}/`;
  const line = await firstParents(delivery, before?.commit ?? null, commit);
  const changes = line.filter(({ paths }) => folder === null || paths.some((path) => path.startsWith(folder)));
  return renderReleaseNotes({ why, since: before?.tag ?? null, changes });
}

async function versionBefore(
  { repository }: Delivery,
  of: ReleaseTag,
  commit: CommitSha,
): Promise<{ readonly tag: string; readonly commit: CommitSha } | null> {
  for (const tag of versionsBefore(of, await repository.tags())) {
    const at = await repository.resolve(`refs/tags/${tag}`);
    if (at !== undefined && (await repository.isAncestor(at, commit))) return { tag, commit: at };
  }
  return null;
}

async function firstParents(
  { repository }: Delivery,
  from: CommitSha | null,
  to: CommitSha,
): Promise<readonly (ReleasedChange & { readonly paths: readonly string[] })[]> {
  const between = new Map((await repository.commitsBetween(from, to)).map((one) => [one.sha, one]));
  const line: (ReleasedChange & { readonly paths: readonly string[] })[] = [];
  for (let at = between.get(to); at !== undefined; at = between.get(at.parents[0] ?? to)) {
    line.push({ commit: at.sha, message: at.message, paths: at.paths });
    if (at.parents.length === 0) break;
  }
  return line;
}
