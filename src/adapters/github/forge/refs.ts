import { compare, valid } from "semver";
import * as z from "zod";
import type { Forge } from "../../../delivery/ports.ts";
import { DeliveryError } from "../../../domain/errors.ts";
import type { RefFacts } from "../../../domain/facts.ts";
import { type CommitSha, parseCommitSha } from "../../../domain/names.ts";
import { answerOf } from "../failure.ts";
import { ask, tell } from "../settings/connection.ts";
import { defaultBranch } from "./gates.ts";
import { question, restOf } from "./graphql.ts";
import * as queries from "./queries.ts";
import type { Room } from "./room.ts";
import { commit, name, page } from "./schema.ts";

const right = "Contents (read)";

/** A tag may point at another one, and that at a third; what is deeper is nobody's release. */
const tagged = z.object({
  __typename: z.string(),
  oid: commit,
  target: z
    .object({
      __typename: z.string(),
      oid: commit,
      target: z.object({ __typename: z.string(), oid: commit }).optional(),
    })
    .optional(),
});

const found = z.object({
  repository: z.object({
    branch: z.object({ target: z.object({ oid: commit }).nullable() }).nullable(),
    tag: z.object({ target: tagged.nullable() }).nullable(),
  }),
});

/** `main`, `tag:v1.0.0`, or in full. Without a prefix a branch comes before a tag, since that is how the domain names branches. */
export async function refFacts(room: Room, ref: string): Promise<RefFacts | undefined> {
  const { branch, tag } = namesIn(ref);
  const doing = { what: `reading ${ref}`, right };
  const of = { branch: `refs/heads/${branch ?? tag}`, tag: `refs/tags/${tag ?? branch}` };
  const { repository } = await question(room, found, { text: queries.refs, of, doing });
  const head = branch === null ? undefined : repository.branch?.target?.oid;
  if (head !== undefined && branch !== null) return { ref: branch, commit: head, release: null };
  const at = tag === null ? undefined : peeled(repository.tag?.target ?? undefined);
  if (at === undefined || tag === null) return undefined;
  return { ref: `tag:${tag}`, commit: at, release: await releaseFacts(room, tag, at) };
}

function namesIn(ref: string): { readonly branch: string | null; readonly tag: string | null } {
  for (const prefix of ["refs/tags/", "tag:"])
    if (ref.startsWith(prefix)) return { branch: null, tag: ref.slice(prefix.length) };
  if (ref.startsWith("refs/heads/")) return { branch: ref.slice("refs/heads/".length), tag: null };
  return { branch: ref, tag: ref };
}

interface Target {
  readonly __typename: string;
  readonly oid: CommitSha;
  readonly target?: Target | undefined;
}

function peeled(target: Target | undefined): CommitSha | undefined {
  if (target === undefined) return undefined;
  return target.__typename === "Commit" ? target.oid : peeled(target.target);
}

const release = z.object({
  target_commitish: name,
  draft: z.boolean(),
  immutable: z.boolean().optional(),
});

/** The release of a tag that was published; undefined when there is none. */
async function readRelease({ to }: Room, tag: string): Promise<z.output<typeof release> | undefined> {
  const doing = { what: `reading the release ${tag}`, right };
  try {
    return await ask(to, release, { route: "GET /repos/{owner}/{repo}/releases/tags/{tag}", with: { tag }, doing });
  } catch (error) {
    if (error instanceof DeliveryError && answerOf(error.cause)?.status === 404) return undefined;
    throw error;
  }
}

/**
 * Whether a release's tag still is where the release was made. GitHub keeps that for releases that cannot be changed, and
 * for those that were made at a commit, as plangate makes them; of others nobody can tell, and they count as moved.
 */
async function releaseFacts(room: Room, tag: string, at: CommitSha): Promise<RefFacts["release"]> {
  const told = await readRelease(room, tag);
  if (told === undefined || told.draft) return null;
  const { repository, flow } = room.about;
  const branch = flow.releaseOf(tag)?.branch ?? (await defaultBranch(room.to));
  const tip = await repository.resolve(`refs/heads/${branch}`);
  const there = tip !== undefined && (await repository.resolve(at)) !== undefined;
  return {
    moved: told.immutable !== true && parseCommitSha(told.target_commitish) !== at,
    onBranch: there && (await repository.isAncestor(at, tip)),
  };
}

const releases = z.object({
  repository: z.object({ releases: page(z.object({ tagName: name, isDraft: z.boolean() })) }),
});

/** The highest version of the project that was released. */
export async function latestRelease(room: Room): Promise<string | null> {
  const doing = { what: "reading the releases", right };
  const pageAfter = async (after: string | null) =>
    (await question(room, releases, { text: queries.releases, of: { after }, doing })).repository.releases;
  const all = await restOf(await pageAfter(null), doing.what, pageAfter);
  const versions = all.flatMap(({ tagName, isDraft }) => {
    const of = isDraft ? null : room.about.flow.releaseOf(tagName);
    return of?.ofProject === true && valid(of.version) !== null ? [of.version] : [];
  });
  return versions.sort(compare).at(-1) ?? null;
}

/** Doing it again does no harm; a tag or release of that name that is about something else is never taken for ours. */
export async function makeRelease(room: Room, tag: string, target: CommitSha, notes: string): Promise<void> {
  const there = await refFacts(room, `refs/tags/${tag}`);
  if (there !== undefined && there.commit !== target) {
    throw new DeliveryError({
      code: "tag-taken",
      message: `releasing ${tag}: the tag is there and points at another commit`,
      reaction: "stop",
      hint: "Find out who made it; release another version.",
    });
  }
  if (there !== undefined && there.release !== null) return;
  await tell(room.to, {
    route: "POST /repos/{owner}/{repo}/releases",
    with: { tag_name: tag, target_commitish: target, name: tag, body: [...notes].slice(0, 100_000).join("") },
    doing: { what: `releasing ${tag}`, right: "Contents (write)" },
  });
}

/**
 * Moves a branch on; GitHub refuses what would throw commits away, and what its rules hold the app to as well. It tells of what
 * an app pushes as of any push, and of what a workflow's token pushes not at all.
 */
export async function fastForward(
  { to, about }: Room,
  branch: string,
  sha: CommitSha,
): ReturnType<Forge["fastForward"]> {
  try {
    await tell(to, {
      route: "PATCH /repos/{owner}/{repo}/git/refs/{ref}",
      with: { ref: `heads/${branch}`, sha, force: false },
      doing: {
        what: `moving ${branch} on to ${sha.slice(0, 12)}`,
        right: "Contents (write), and Workflows (write) where one changes",
      },
    });
  } catch (error) {
    const answer = error instanceof DeliveryError ? answerOf(error.cause) : undefined;
    if (answer?.status !== 409 && answer?.status !== 422) throw error;
    return { kind: "refused", why: `GitHub says "${answer.message}"` };
  }
  return { kind: "moved", told: about.identity.kind === "app" };
}
