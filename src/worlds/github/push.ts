import { type CommitSha, parseCommitSha } from "../../domain/names.ts";
import { commitsBetween, type Look, type RepositoryState, type View } from "../real/forge/index.ts";
import { Refusal } from "./answer.ts";
import type { Bearer } from "./bearer.ts";
import type { Hub } from "./hub.ts";
import { allows } from "./permissions.ts";
import { noteRuleSuite, suiteOf } from "./rule-suites.ts";
import { refusalBeyond } from "./rules-beyond.ts";

export interface PushAbout {
  readonly repository: View<RepositoryState>;
  readonly ref: string;
  /** Where whoever pushes believes the ref to be; left out: wherever it is. */
  readonly before?: CommitSha | null;
  readonly after: CommitSha | null;
  readonly rewrite: boolean;
}

/** Moves one ref for whoever holds the token, as a push or through the API; throws the refusal. */
export async function pushRef(hub: Hub, who: Bearer, about: PushAbout): Promise<void> {
  const { repository, ref, after, rewrite } = about;
  if (after !== null && who.permissions !== null && !allows(who.permissions, { workflows: "write" })) {
    const path = await hub.forge.look(repository.name, (place) => workflowTouched(place, after));
    if (path !== undefined) {
      throw new Refusal(
        422,
        `refusing to allow a GitHub App to create or update workflow \`${path}\` without \`workflows\` permission`,
      );
    }
  }
  const [suite, refused] = await hub.forge.look(repository.name, async (place) => {
    const seen = await suiteOf(hub, place, { ...about, by: who.login });
    return [seen, refusalBeyond(hub, place, seen)] as const;
  });
  if (refused !== null) {
    noteRuleSuite(hub, suite, false);
    throw new Refusal(422, refused);
  }
  const outcome = await hub.forge.act("push", {
    by: who.login,
    repository: repository.name,
    ref,
    ...(about.before === undefined ? {} : { before: about.before }),
    after,
    rewrite,
    // Whoever may go past a ruleset does so by pushing; nothing asks them again.
    force: ref.startsWith("refs/heads/") && who.kind === "person",
  });
  noteRuleSuite(hub, suite, outcome.ok);
  if (!outcome.ok) throw new Refusal(outcome.blocked.status, outcome.blocked.message);
}

/** A workflow file that commits which no ref has change. A merge that only brings both sides together changes none. */
async function workflowTouched({ network, refs }: Look, after: CommitSha): Promise<string | undefined> {
  const tip = await network.peel(after);
  if (tip === undefined) return undefined;
  for (const commit of await commitsBetween(network, new Set(refs.all().values()), tip)) {
    const sides = await Promise.all(commit.parents.map((parent) => network.changedPaths(parent, commit.sha)));
    const paths = sides.length === 0 ? await network.paths(commit.sha) : sides[0];
    const touched = paths?.find(
      (path) => path.startsWith(".github/workflows/") && sides.every((side) => side.includes(path)),
    );
    if (touched !== undefined) return touched;
  }
  return undefined;
}

/** An id out of Git's own wording, where zeros stand for nothing. */
export function shaOrNull(text: string): CommitSha | null {
  return /^0+$/.test(text) ? null : (parseCommitSha(text) ?? null);
}
