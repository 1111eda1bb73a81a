import type { Login } from "../../domain/names.ts";
import type { BranchClass } from "../../flow/flow.ts";
import { branchClassOf } from "../../flow/match.ts";
import { type Commit, historyOf } from "../../worlds/model/git.ts";
import type { ModelWorld, Setting } from "../../worlds/model/index.ts";
import { inputsOf } from "../../worlds/model/inputs.ts";
import type { PullRequest, Push } from "../../worlds/model/world.ts";
import { type About, aboutBegun } from "../asking.ts";
import { isNamed } from "../cast.ts";
import { begunIn } from "../past.ts";
import { branchesTaken, broughtBy, wayIn } from "../provenance.ts";
import type { Watched } from "./property.ts";

/**
 * P2. Where an environment takes protected branches or releases only, what is applied stood on one of them, and each
 * part of it got there as that branch asks: by a pull request that was reviewed, by a push that the branch takes, or
 * accepted afterwards. Where it takes other branches too, what is applied stood on one of those that it names.
 */
export const reviews: Watched = {
  id: "P2",
  atMoment(moment) {
    for (const begun of begunIn(moment)) {
      const about = begun.kind === "apply" ? aboutBegun(moment, begun) : undefined;
      if (about === undefined || about.environment.perPullRequest) continue;
      const wrong = whyNotFromThere(about) ?? whyUnreviewed(about);
      if (wrong !== null) return wrong;
    }
    return null;
  },
};

function whyNotFromThere({ moment, environment, begun }: About): string | null {
  const { setting, before } = moment;
  const { flow } = setting;
  const taken = branchesTaken(flow, environment.appliesFrom);
  const inputs = before.plans[begun.plan]?.manifest.inputs;
  const heads = Object.entries(before.branches).filter(([name]) => {
    const of = branchClassOf(flow, name);
    return of !== undefined && taken.includes(of) && !name.includes(":");
  });
  const deleted = before.pushes.filter(({ branch }) => taken.some((of) => branchClassOf(flow, branch) === of));
  const commits = [...heads.map(([, head]) => head), ...deleted.map(({ after }) => after)];
  const stood = commits.some((head) =>
    [...historyOf(head)].some((commit) => inputsOf(setting, commit.tree, begun.stack) === inputs),
  );
  return stood ? null : `${begun.stack} is applied with what never stood on ${environment.appliesFrom.join(" or ")}`;
}

function whyUnreviewed({ moment, run, environment, begun }: About): string | null {
  const { setting, before } = moment;
  const { flow } = setting;
  const taken = branchesTaken(flow, environment.appliesFrom);
  if (taken.some((of) => !of.protected)) return null;
  for (const { path, commits } of broughtBy(setting, before, run)) {
    if (commits.length === 0 || commits.some((commit) => cameAsAsked(setting, before, commit, taken))) continue;
    return `${begun.stack} is applied with a change of ${path} that came to a protected branch past its reviews`;
  }
  return null;
}

/** Every pull request that brought it to one of these branches was reviewed; every push was one that the branch takes, or was accepted. */
function cameAsAsked(setting: Setting, world: ModelWorld, commit: Commit, taken: readonly BranchClass[]): boolean {
  const { changes, pushes } = wayIn(setting.flow, world, commit, taken);
  if (changes.length + pushes.length === 0) return false;
  return (
    changes.every((change) => wasReviewed(setting, change)) &&
    pushes.every((push) => wasTaken(setting, world, push, commit))
  );
}

/** The branch takes such a push, or somebody who could have reviewed it accepted it. */
function wasTaken(setting: Setting, world: ModelWorld, push: Push, commit: Commit): boolean {
  const { branch, by, after, before } = push;
  const of = branchClassOf(setting.flow, branch);
  if (of?.directPush === "free") return true;
  const files = Object.keys(after.tree).filter((path) => after.tree[path] !== before?.tree[path]).length;
  if (of !== undefined && of.directPush !== "never" && files <= of.directPush.files) return true;
  return world.commitAnswers.some((answer) => {
    const isAbout = answer.commit === after.sha || answer.commit === commit.sha;
    return isAbout && answer.by !== by && !commit.people.includes(answer.by) && mayReview(setting, of, answer.by);
  });
}

function wasReviewed(setting: Setting, change: PullRequest): boolean {
  const of = branchClassOf(setting.flow, change.base);
  const asked = of?.reviews ?? null;
  if (asked === null) return true;
  const own = change.merged?.commits ?? [];
  const wrote = new Set([change.opener, ...own.flatMap(({ people }) => people)]);
  const approvers = [...setting.people.keys()].filter((login) => {
    const last = change.answers.findLast(
      ({ by, via, says }) => by === login && via === "review" && says !== "acknowledge",
    );
    return last?.says === "approve" && last.at > change.headSince && !wrote.has(login) && mayReview(setting, of, login);
  });
  return approvers.length >= asked.count;
}

function mayReview(setting: Setting, of: BranchClass | undefined, login: Login): boolean {
  const by = of?.reviews?.by ?? null;
  return by === null ? setting.maintainers.includes(login) || setting.people.has(login) : isNamed(setting, by, login);
}
