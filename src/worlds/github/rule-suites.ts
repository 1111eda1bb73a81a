import type { CommitSha } from "../../domain/names.ts";
import {
  commitsBetween,
  isAncestor,
  type Look,
  type MergeMethod,
  type PullRequest,
  type View,
  whyNotMerged,
} from "../real/forge/index.ts";
import type { Hub } from "./hub.ts";
import type { KeptRuleSuite, KeptRuleset } from "./kept.ts";
import { loginOfApp, type RequiredCheck, rulesetsOf } from "./ruleset-rules.ts";

/** A push as rulesets look at it, with what each rule says of it; null where no ruleset holds. */
export interface Suite {
  readonly repository: string;
  readonly by: string;
  readonly ref: string;
  readonly before: CommitSha | null;
  readonly after: CommitSha | null;
  readonly told: KeptRuleSuite["told"];
}

export interface SuiteAbout {
  readonly ref: string;
  readonly after: CommitSha | null;
  readonly by: string;
}

/** What the rules say, whoever may go past them. */
export async function suiteOf(hub: Hub, place: Look, { ref, after, by }: SuiteAbout): Promise<Suite | null> {
  const { repository, refs, network } = place;
  const rulesets = rulesetsOf(hub, repository, ref);
  if (rulesets.length === 0) return null;
  const before = refs.get(ref) ?? null;
  const forward = before === null || after === null || (await isAncestor(network, before, after));
  const commits =
    after === null ? [] : await commitsBetween(network, before === null ? tipsOf(place) : [before], after);
  const move: Move = {
    before,
    after,
    forward,
    merges: before !== null && commits.some(({ parents }) => parents.length > 1),
    brings: commits.length > 0,
    passed: ({ context, integration_id: app }) => {
      const by = app == null ? undefined : loginOfApp(hub, app);
      const said = repository.statuses.findLast(
        (one) => one.commit === after && one.name === context && (by === undefined || one.by === by),
      );
      return said?.state === "success";
    },
  };
  const told = rulesets.flatMap((ruleset) =>
    ruleset.rules.map((rule) => ({ ruleset, type: rule.type, result: breaks(rule, move) ? "fail" : "pass" }) as const),
  );
  return { repository: repository.name, by, ref, before, after, told };
}

function tipsOf({ refs }: Look): readonly CommitSha[] {
  return [...refs.all()].filter(([ref]) => ref.startsWith("refs/heads/")).map(([, sha]) => sha);
}

interface Move {
  readonly before: CommitSha | null;
  readonly after: CommitSha | null;
  readonly forward: boolean;
  readonly merges: boolean;
  /** Commits come to the ref by it. Nobody signs any here. */
  readonly brings: boolean;
  readonly passed: (check: RequiredCheck) => boolean;
}

function breaks({ type, parameters }: KeptRuleset["rules"][number], move: Move): boolean {
  const { before, after } = move;
  switch (type) {
    case "creation":
      return before === null;
    case "update":
      return before !== null && after !== null;
    case "deletion":
      return after === null;
    case "non_fast_forward":
      return !move.forward;
    case "pull_request":
    case "merge_queue":
      return before !== null && after !== null;
    case "required_signatures":
      return move.brings;
    case "required_linear_history":
      return move.merges;
    case "required_status_checks": {
      const checks = (parameters?.required_status_checks ?? []) as readonly RequiredCheck[];
      const asked = before !== null || parameters?.do_not_enforce_on_create !== true;
      return after !== null && asked && !checks.every(move.passed);
    }
    default:
      return false;
  }
}

/** A merge as rulesets look at it: the first thing that they would refuse, were there nobody who may go past them. */
export async function mergeSuiteOf(hub: Hub, place: Look, merge: MergeAbout): Promise<Suite | null> {
  const { repository, state, refs, network } = place;
  const { change, method, by } = merge;
  const rulesets = rulesetsOf(hub, repository, `refs/heads/${change.base}`);
  if (rulesets.length === 0) return null;
  const base = refs.get(`refs/heads/${change.base}`) ?? null;
  const upToDate = base === null || (await isAncestor(network, base, change.headCommit));
  const nobody = { state, repository, by: { login: "" } };
  const refused = whyNotMerged(nobody, change, { method, force: false, upToDate })?.blocked.message;
  const broken = refused === undefined ? null : ruleBehind(refused);
  const told = rulesets.flatMap((ruleset) =>
    ruleset.rules.map(({ type }) => ({ ruleset, type, result: type === broken ? "fail" : "pass" }) as const),
  );
  return { repository: repository.name, by, ref: `refs/heads/${change.base}`, before: base, after: null, told };
}

export interface MergeAbout {
  readonly change: View<PullRequest>;
  readonly method: MergeMethod;
  readonly by: string;
}

/** The rule whose words a refusal is in. */
function ruleBehind(refusal: string): string {
  if (/status check|out of date/.test(refusal)) return "required_status_checks";
  if (/protected ref/.test(refusal)) return "update";
  return /merge commits/i.test(refusal) && /must not/.test(refusal) ? "required_linear_history" : "pull_request";
}

/** Writes down how it went: against the rules and done all the same is a bypass. */
export function noteRuleSuite(hub: Hub, suite: Suite | null, done: boolean): void {
  if (suite === null) return;
  const broken = suite.told.some(({ result }) => result === "fail");
  const { repository, ...about } = suite;
  hub.kept(repository).ruleSuites.push({
    id: hub.nextId(),
    ...about,
    result: done ? (broken ? "bypass" : "pass") : "fail",
    at: hub.clock.now(),
  });
}
