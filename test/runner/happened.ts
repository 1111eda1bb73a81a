import type { CommitSha } from "../../src/domain/names.ts";
import type { Delivery } from "../../src/worlds/github/index.ts";
import type { Cause } from "./contexts.ts";
import { UnknownToRunner } from "./errors.ts";
import type { RunnerAbout } from "./host.ts";
import { changedBetween, mergeBase, messageOf } from "./repository-files.ts";
import type { Happened } from "./which-workflows.ts";

/** What may start workflows, and on which commit their files are looked for. */
export interface Beginning extends Cause {
  readonly commit: CommitSha;
  /** What its checks are about, where that is not the commit. */
  readonly head?: CommitSha;
  readonly by: string;
  /** A dispatch starts this file alone. */
  readonly only: string | null;
  /** Somebody with write access has to let its runs start. */
  readonly awaitsApproval: boolean;
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
  const { repository } = about;
  const { event, ref, commit, by, payload } = delivery;
  if (!delivery.startsWorkflows && !delivery.awaitsApproval) return [];
  const change = payload.pull_request as ChangeTold | undefined;
  const only = event === "workflow_dispatch" ? String(payload.workflow) : null;
  const head = change === undefined ? {} : { head: change.head.sha };
  const found: Beginning[] = [];
  if (event === "pull_request" && delivery.startsWorkflows) {
    // Whatever the base, it is the default branch's word, and nobody has to approve that.
    const main = await defaultBranch(about);
    const target = { event: "pull_request_target", ...main, ...head, by, payload };
    found.push({ ...target, fork: false, only, awaitsApproval: false });
  }
  const on = ref.startsWith("refs/pull/") ? await mergeTried(about, change?.number ?? 0) : commit;
  if (on === null || (await isSkipped(about, delivery))) return found;
  const fork = change !== undefined && change.head.repo?.full_name !== repository;
  const rules = fork ? forkRules(about, change.number) : { runs: true, approval: false };
  if (!rules.runs) return found;
  const awaitsApproval = delivery.awaitsApproval || rules.approval;
  return [...found, { event, ref, commit: on, ...head, by, payload, fork, only, awaitsApproval }];
}

/** GitHub tries the merge before it runs anything on it; what does not go together with its base runs nothing. */
async function mergeTried({ github, repository }: RunnerAbout, number: number): Promise<CommitSha | null> {
  const there = github.forge.state.repositories.find(({ name }) => name === repository);
  const by = there?.roles.find(({ role }) => role === "admin")?.login ?? "";
  const tried = await github.forge.act("test-merge", { by, repository, number });
  return tried.ok ? tried.value.commit : null;
}

async function defaultBranch({ github, repository }: RunnerAbout) {
  return github.forge.look(repository, async ({ refs, repository: there }) => {
    const ref = `refs/heads/${there.defaultBranch}`;
    const commit = refs.get(ref);
    if (commit === undefined) throw new Error(`${repository} has no ${ref}`);
    return { ref, commit };
  });
}

/** What the settings say of a pull request from outside. */
function forkRules({ github, repository }: RunnerAbout, number: number) {
  const { settings } = github.kept(repository);
  const there = github.forge.state.repositories.find(({ name }) => name === repository);
  const { run, writeTokens, secrets, approval } = settings.privateForks;
  if (there?.private === true) {
    if (run && (writeTokens || secrets)) throw new UnknownToRunner("private forks that may write or are told secrets");
    return { runs: run, approval };
  }
  const opener = there?.pullRequests.find((one) => one.number === number)?.opener;
  const isKnown = there?.pullRequests.some((one) => one.opener === opener && one.merged !== null) === true;
  const isInside = there?.roles.some(({ login, role }) => login === opener && role !== "read") === true;
  return { runs: true, approval: !isInside && (settings.forkApproval === "all_external_contributors" || !isKnown) };
}

const skipping = /\[(?:skip ci|ci skip|no ci|skip actions|actions skip)\]|\n\n(?:.*\n)*skip-checks: *true\s*$/;

/** Whether the head commit's own message says that pushing it is to start nothing. */
async function isSkipped({ github, repository }: RunnerAbout, { event, payload, commit }: Delivery): Promise<boolean> {
  const change = payload.pull_request as ChangeTold | undefined;
  const head =
    event === "push" && payload.deleted !== true ? commit : event === "pull_request" ? change?.head.sha : null;
  return head != null && skipping.test(await messageOf(github.forge, repository, head));
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
