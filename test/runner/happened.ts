import type { CommitSha } from "../../src/domain/names.ts";
import type { Delivery } from "../../src/worlds/github/index.ts";
import type { Cause } from "./contexts.ts";
import type { RunnerAbout } from "./host.ts";
import { changedBetween, mergeBase } from "./repository-files.ts";
import type { Happened } from "./which-workflows.ts";

/** What may start workflows, and on which commit their files are looked for. */
export interface Beginning extends Cause {
  readonly commit: CommitSha;
  /** What its checks are about, where that is not the commit. */
  readonly head?: CommitSha;
  readonly by: string;
  /** A dispatch starts this file alone. */
  readonly only: string | null;
}

interface ChangeTold {
  readonly number: number;
  readonly state: string;
  readonly merged?: boolean;
  readonly base: { readonly ref: string; readonly sha: CommitSha };
  readonly head: { readonly sha: CommitSha; readonly repo: { readonly full_name: string } | null };
}

/** Everything that a delivery starts workflows as: a pull request also as `pull_request_target`. */
export async function causesOf(about: RunnerAbout, delivery: Delivery): Promise<readonly Beginning[]> {
  const { github, repository } = about;
  const { event, ref, commit, by, payload } = delivery;
  const change = payload.pull_request as ChangeTold | undefined;
  const fork = change !== undefined && change.head.repo?.full_name !== repository;
  const only = event === "workflow_dispatch" ? String(payload.workflow) : null;
  const found: Beginning[] = [];
  if (event === "pull_request") {
    const base = `refs/heads/${change?.base.ref}`;
    const tip = await github.forge.look(repository, async ({ refs }) => refs.get(base));
    if (tip !== undefined)
      found.push({
        event: "pull_request_target",
        ref: base,
        commit: tip,
        ...(change === undefined ? {} : { head: change.head.sha }),
        by,
        payload,
        fork: false,
        only,
      });
  }
  const head = change === undefined ? {} : { head: change.head.sha };
  const on = ref.startsWith("refs/pull/") && change !== undefined ? await mergeOf(about, change.number) : commit;
  // Without a merge that could be tried there is nothing to run on.
  if (on === null) return found;
  return [...found, { event, ref, commit: on, ...head, by, payload, fork, only }];
}

/** GitHub tries the merge before it starts what runs on it; the look-alike when it is asked. */
async function mergeOf({ github, repository }: RunnerAbout, number: number): Promise<CommitSha | null> {
  const { forge } = github;
  const by = await forge.look(repository, async (place) => place.repository.roles.find(({ role }) => role === "admin"));
  const tried = await forge.act("test-merge", { by: by?.login ?? "", repository, number });
  return tried.ok ? tried.value.commit : null;
}

/** What workflows choose by. */
export function happenedIn({ github, repository }: RunnerAbout, delivery: Delivery, event: string): Happened {
  const { payload, ref } = delivery;
  const change = payload.pull_request as ChangeTold | undefined;
  const pushed = event === "push" ? String(payload.ref) : null;
  return {
    event,
    action: delivery.action,
    branch: pushed === null ? (change?.base.ref ?? branchIn(ref)) : branchIn(pushed),
    tag: pushed === null ? null : (/^refs\/tags\/(.+)$/.exec(pushed)?.[1] ?? null),
    async paths() {
      const { forge } = github;
      if (change !== undefined) {
        const base = await mergeBase(forge, repository, [change.base.sha, change.head.sha]);
        return base === undefined ? null : changedBetween(forge, repository, [base, change.head.sha]);
      }
      const [before, after] = [String(payload.before ?? ""), String(payload.after ?? "")];
      if (event !== "push" || /^0*$/.test(before) || /^0*$/.test(after)) return null;
      return changedBetween(forge, repository, [before, after]);
    },
  };
}

function branchIn(ref: string): string | null {
  return /^refs\/heads\/(.+)$/.exec(ref)?.[1] ?? null;
}
