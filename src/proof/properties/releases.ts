import type { Action } from "../../domain/decision.ts";
import type { StackName } from "../../domain/names.ts";
import type { Flow } from "../../flow/flow.ts";
import { onlyBranchOf } from "../../flow/match.ts";
import { ofProject, type ReleaseTag, releaseClassOf } from "../../flow/releases.ts";
import { fill } from "../../flow/templates.ts";
import { type Commit, historyOf, type Tree } from "../../worlds/model/git.ts";
import type { ModelWorld } from "../../worlds/model/index.ts";
import { inputsOf } from "../../worlds/model/inputs.ts";
import type { Release } from "../../worlds/model/world.ts";
import { type About, aboutBegun } from "../asking.ts";
import { begunIn, type Moment } from "../past.ts";
import { commitsBringing } from "../provenance.ts";
import type { Watched } from "./property.ts";
import { whyNotLetIn } from "./reviews.ts";

/** P8, of releases: what is applied for one is what its tag stood for when it was made, and still stands for. */
export const asReleased: Watched = {
  id: "P8",
  atMoment(moment) {
    for (const begun of begunIn(moment)) {
      const about = begun.kind === "apply" ? aboutBegun(moment, begun) : undefined;
      const wrong = about === undefined ? null : whyNotReleased(about);
      if (wrong !== null) return wrong;
    }
    return null;
  },
};

function whyNotReleased({ moment, run, environment, begun }: About): string | null {
  const { setting, before } = moment;
  if (run.source.kind === "schedule") return null;
  const asked = run.due?.ref ?? "";
  const isRelease = (name: string) => setting.flow.releases.some(({ id }) => id === name);
  if (!asked.startsWith("tag:") && !environment.appliesFrom.every(isRelease)) return null;
  const inputs = before.plans[begun.plan]?.manifest.inputs;
  const made = before.releases.filter(({ tag }) =>
    asked.startsWith("tag:")
      ? asked === `tag:${tag}`
      : environment.appliesFrom.includes(releaseClassOf(setting.flow, tag)?.id ?? ""),
  );
  const isOf = (release: Release, stack: StackName) => {
    const commit = before.commits[release.commit];
    return commit !== undefined && inputsOf(setting, commit.tree, stack) === inputs;
  };
  const stands = made.filter(({ commit, movedTo = commit }) => movedTo === commit);
  if (stands.some((release) => isOf(release, begun.stack))) return null;
  const which = asked.startsWith("tag:") ? asked.slice("tag:".length) : environment.appliesFrom.join(" or ");
  return stands.length < made.length
    ? `${begun.stack} is applied for ${which}, whose tag somebody moved`
    : `${begun.stack} is applied with something else than ${which} was made of`;
}

/**
 * P2, of releases that plangate makes: of a commit that the branch they are made from has, and a module's of nothing that
 * came there past its reviews, once for what changed.
 */
export const releasedAsAsked: Watched = {
  id: "P2",
  atMoment(moment) {
    for (const action of moment.decision.actions) {
      const wrong = action.kind === "release" ? whyNotToRelease(moment, action) : null;
      if (wrong !== null) return wrong;
    }
    return null;
  },
};

function whyNotToRelease(
  { setting, before }: Moment,
  { tag, commit: sha }: Extract<Action, { kind: "release" }>,
): string | null {
  const { flow } = setting;
  const of = releaseClassOf(flow, tag);
  const commit = before.commits[sha];
  if (of === undefined || commit === undefined) return `${tag} is released, and the flow has no such releases`;
  const from = flow.branches.find(({ name }) => name === of.from);
  const branch = from === undefined ? undefined : onlyBranchOf(from);
  const head = branch === undefined ? undefined : before.branches[branch];
  if (from === undefined || head === undefined || !historyOf(head).has(commit))
    return `${tag} is released of a commit that ${of.from} does not have`;
  if (before.releases.some((release) => release.tag === tag)) return `${tag} is released twice`;
  if (ofProject(of) || !from.protected) return null;
  const latest = latestOf(flow, before, of);
  const since = latest === undefined ? {} : (before.commits[latest.commit]?.tree ?? {});
  const changed = changedBelow(`${fill(of.of, { module: of.module ?? "" })}/`, since, commit.tree);
  if (changed.length === 0) return `${tag} is released, and nothing of ${of.module} changed since ${latest?.tag}`;
  for (const path of changed) {
    const whys = commitsBringing(before, path, commit.tree[path] ?? null).map((one: Commit) =>
      whyNotLetIn(setting, before, one, [from]),
    );
    if (whys.length === 0 || whys.includes(null)) continue;
    return `${tag} is released with a change of ${path} that came to ${branch} as nobody lets it: ${whys[0]}`;
  }
  return null;
}

function latestOf(flow: Flow, { releases }: ModelWorld, { id, module }: ReleaseTag): Release | undefined {
  return releases.findLast(({ tag }) => {
    const of = releaseClassOf(flow, tag);
    return of?.id === id && of.module === module;
  });
}

function changedBelow(folder: string, before: Tree, after: Tree): readonly string[] {
  const paths = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...paths].filter((path) => path.startsWith(folder) && before[path] !== after[path]);
}
