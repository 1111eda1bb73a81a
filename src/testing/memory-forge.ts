import type { Forge } from "../delivery/ports.ts";
import type { PersonalAnswer } from "../domain/answer.ts";
import type { PullRequestFacts, RefFacts } from "../domain/facts.ts";
import type { CommitSha, Instant, Login, StackName } from "../domain/names.ts";

/** What a forge that only remembers was told and asked, for tests to set up and to look at. */
export interface MemoryForge extends Forge {
  readonly changes: Map<number, PullRequestFacts>;
  /** The numbers of the merged pull requests that hold a commit. */
  readonly holding: Map<CommitSha, readonly number[]>;
  readonly answersAtGates: Map<string, readonly PersonalAnswer[]>;
  readonly answersAboutCommits: Map<CommitSha, readonly PersonalAnswer[]>;
  readonly pushes: {
    readonly branch: string;
    readonly before: CommitSha | null;
    readonly after: CommitSha;
    readonly by: Login;
  }[];
  readonly refs: Map<string, RefFacts>;
  readonly shown: { readonly pullRequest: number | null; readonly section: StackName; readonly markdown: string }[];
  /** What stands on pull requests about a change of the flow. */
  readonly flowChanges: Map<number, string>;
  readonly checks: { readonly commit: CommitSha; readonly passed: boolean; readonly summary: string }[];
  readonly opened: { readonly head: string; readonly base: string; readonly number: number }[];
  /** Branches that were moved on to a commit. */
  readonly moved: { readonly branch: string; readonly commit: CommitSha }[];
  /** Open issues by their key. */
  readonly issues: Map<string, { readonly title: string; readonly body: string }>;
  readonly released: { readonly tag: string; readonly commit: CommitSha }[];
}

/** A forge without anybody behind it. Teams and maintainers are those that it is given. */
export function memoryForge(about: {
  readonly now: () => Instant;
  readonly maintainers: readonly Login[];
  readonly teams?: Readonly<Record<string, readonly Login[]>>;
}): MemoryForge {
  const changes: MemoryForge["changes"] = new Map();
  const holding: MemoryForge["holding"] = new Map();
  const answersAtGates: MemoryForge["answersAtGates"] = new Map();
  const answersAboutCommits: MemoryForge["answersAboutCommits"] = new Map();
  const pushes: MemoryForge["pushes"] = [];
  const refs: MemoryForge["refs"] = new Map();
  const shown: MemoryForge["shown"] = [];
  const flowChanges: MemoryForge["flowChanges"] = new Map();
  const checks: MemoryForge["checks"] = [];
  const opened: MemoryForge["opened"] = [];
  const moved: MemoryForge["moved"] = [];
  const issues: MemoryForge["issues"] = new Map();
  const released: MemoryForge["released"] = [];
  const between = (head: string, base: string) => opened.find((one) => one.head === head && one.base === base);
  const brought = (head: string, base: string) =>
    [...changes.values()].find(
      (one) => one.state === "open" && one.headBranch === head && one.base === base && !one.fork,
    );
  return {
    ...{
      changes,
      holding,
      answersAtGates,
      answersAboutCommits,
      pushes,
      refs,
      shown,
      flowChanges,
      checks,
      opened,
      moved,
      issues,
      released,
    },
    pullRequest: async (number) => changes.get(number),
    pullRequestsOf: async (commit) => (holding.get(commit) ?? []).flatMap((number) => changes.get(number) ?? []),
    loginOf: async (email) => (email.split("@")[0] ?? email) as Login,
    teams: async () => about.teams ?? {},
    maintainers: async () => about.maintainers,
    gateAnswers: async (gate) => answersAtGates.get(gate) ?? [],
    commitAnswers: async (commit) => answersAboutCommits.get(commit) ?? [],
    pusherOf: async (branch, commit) =>
      pushes.find((push) => push.branch === branch && push.after === commit)?.by ?? null,
    pushOf: async (branch, commit) => pushes.find((push) => push.branch === branch && push.after === commit) ?? null,
    openBetween: async (head, base) => (between(head, base) ?? brought(head, base))?.number ?? null,
    ref: async (ref) => refs.get(ref),
    latestRelease: async () => null,
    async show(pullRequest, section, markdown) {
      shown.push({ pullRequest, section, markdown });
      return about.now();
    },
    async showFlowChange(pullRequest, markdown) {
      if (markdown === null) flowChanges.delete(pullRequest);
      else flowChanges.set(pullRequest, markdown);
    },
    async reportCheck(commit, check) {
      checks.push({ commit, ...check });
    },
    async openPullRequest({ head, base }) {
      const open = between(head, base);
      if (open !== undefined) return { number: open.number, opened: false };
      const number = 1000 + opened.length;
      opened.push({ head, base, number });
      return { number, opened: true };
    },
    async fastForward(branch, commit) {
      moved.push({ branch, commit });
      return { kind: "moved", told: false };
    },
    async raiseIssue({ key, title, body }) {
      const before = issues.get(key);
      issues.set(key, { title, body });
      return { changed: before?.title !== title || before.body !== body };
    },
    openIssues: async () => [...issues.keys()],
    closeIssue: async (key) => ({ changed: issues.delete(key) }),
    async release(tag, commit) {
      released.push({ tag, commit });
    },
  };
}
