import type { BranchClass } from "../../flow/flow.ts";
import { branchClassOf } from "../../flow/match.ts";
import { type Commit, historyOf } from "../../worlds/model/git.ts";
import type { ModelWorld, Setting } from "../../worlds/model/index.ts";
import { inputsOf } from "../../worlds/model/inputs.ts";
import type { Push } from "../../worlds/model/world.ts";
import { type About, aboutBegun } from "../asking.ts";
import { begunIn } from "../past.ts";
import { branchesTaken, broughtBy, wayIn } from "../provenance.ts";
import type { Watched } from "./property.ts";
import { mayReview, whyNotAsAsked } from "./pull-requests.ts";
import { whyPlannedUnasked, whyTriedUntrusted } from "./untrusted.ts";

/**
 * P2. Where an environment takes protected branches or releases only, what is applied stood on one of them, and each
 * part of it got there as that branch asks: by a pull request that has all it asks for, by a push that the branch takes, or
 * accepted afterwards. Where it takes other branches too, what is applied stood on one of those that it names. What
 * nobody reviewed yet runs only as far as the flow trusts it.
 */
export const reviews: Watched = {
  id: "P2",
  atMoment(moment) {
    const planned = whyPlannedUnasked(moment);
    if (planned !== null) return planned;
    for (const begun of begunIn(moment)) {
      const about = begun.kind === "apply" ? aboutBegun(moment, begun) : undefined;
      if (about === undefined) continue;
      const wrong = about.environment.perPullRequest
        ? whyTriedUntrusted(about)
        : (whyNotFromThere(about) ?? whyUnreviewed(about));
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
    const whys = commits.map((commit) => whyNotLetIn(setting, before, commit, taken));
    if (whys.length === 0 || whys.includes(null)) continue;
    return `${begun.stack} is applied with a change of ${path} that came to a protected branch as nobody lets it: ${whys[0]}`;
  }
  return null;
}

/** Every pull request that brought it to one of these branches came as they ask; every push was one that the branch takes, or was accepted. */
export function whyNotLetIn(
  setting: Setting,
  world: ModelWorld,
  commit: Commit,
  taken: readonly BranchClass[],
): string | null {
  const { changes, pushes } = wayIn(setting.flow, world, commit, taken);
  if (changes.length + pushes.length === 0) return "by no pull request and no push";
  const why = changes.map((change) => whyNotAsAsked(setting, world, change)).find((one) => one !== null);
  if (why !== undefined) return why;
  const push = pushes.find((one) => !wasTaken(setting, world, one, commit));
  return push === undefined ? null : `${push.by} pushed it to ${push.branch}, and nobody accepted that`;
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
