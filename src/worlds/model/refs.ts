import type { RefFacts } from "../../domain/facts.ts";
import { ofProject, releaseClassOf } from "../../flow/releases.ts";
import { branchOfClass } from "./branches.ts";
import { isAncestor } from "./git.ts";
import type { Setting } from "./setting.ts";
import { commitOf, type ModelWorld } from "./world.ts";

/** A branch or a tag; a tag when there are both. */
export function refFactsOf(setting: Setting, world: ModelWorld, written: string): RefFacts | undefined {
  const tag = written.startsWith("tag:") ? written.slice("tag:".length) : written;
  const release = world.releases.find((candidate) => candidate.tag === tag);
  if (release !== undefined) {
    const { commit, movedTo = commit } = release;
    const onBranch = isOnReleaseBranch(setting, world, { tag, commit: movedTo });
    return { ref: `tag:${tag}`, commit: movedTo, release: { onBranch, moved: movedTo !== commit } };
  }
  const head = world.branches[written];
  return head === undefined ? undefined : { ref: written, commit: head.sha, release: null };
}

function isOnReleaseBranch(setting: Setting, world: ModelWorld, release: ModelWorld["releases"][number]): boolean {
  const from = releaseClassOf(setting.flow, release.tag)?.from ?? null;
  const head = world.branches[branchOfClass(setting.flow, from) ?? ""];
  return head !== undefined && isAncestor(commitOf(world, release.commit), head);
}

/** Of the project: modules have versions of their own. */
export function latestRelease(setting: Setting, world: ModelWorld): string | null {
  const versions = world.releases.flatMap(({ tag }) => {
    const release = releaseClassOf(setting.flow, tag);
    return release !== undefined && ofProject(release) ? [release.version] : [];
  });
  return versions.at(-1) ?? null;
}
