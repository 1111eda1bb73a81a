import { durationText } from "../../../domain/names.ts";
import type { BranchClass, Environment, Flow, ReleaseClass } from "../../../flow/flow.ts";
import { momentText } from "../../moment.ts";
import { headsOf } from "../heads.ts";
import { matchText } from "../words/branches.ts";
import { asItIs, counted, listed, refText } from "../words/names.ts";

/** A line of the picture that goes from left to right: a class of branches, a release, or an environment. */
export interface Lane {
  readonly kind: "branch" | "release" | "environment";
  readonly name: string;
  /** The class of its colours. */
  readonly style: string;
  readonly notes: readonly string[];
}

/** Branches first, those that flow into others above these; then releases; then environments, each below those that come before it. */
export function lanesOf(flow: Flow): readonly Lane[] {
  const branches = inOrder(flow.branches, (branch) => headsOf(flow, branch).work);
  const environments = inOrder(flow.environments, ({ after }) => after);
  return [
    ...branches.map((branch) => branchLane(flow, branch)),
    ...flow.releases.map(releaseLane),
    ...environments.map((environment) => environmentLane(flow, environment)),
  ];
}

/** Each behind all that it names; the order of the file where that leaves a choice, and for what is left of a circle. */
function inOrder<T extends { readonly name: string }>(
  items: readonly T[],
  behind: (item: T) => readonly string[],
): readonly T[] {
  const placed: T[] = [];
  let rest = [...items];
  while (rest.length > 0) {
    const waits = (item: T) => rest.some((other) => other !== item && behind(item).includes(other.name));
    const next = rest.find((item) => !waits(item)) ?? rest[0];
    if (next === undefined) break;
    placed.push(next);
    rest = rest.filter((item) => item !== next);
  }
  return placed;
}

function branchLane(flow: Flow, branch: BranchClass): Lane {
  const { name, cutFrom, issue, maxAge, ticket } = branch;
  const { work } = headsOf(flow, branch);
  return {
    kind: "branch",
    name,
    style: branch.protected ? "protected" : "open",
    notes: [
      matchText(branch, asItIs),
      ...(branch.protected ? [`protected: from ${listed(work, "or") || "nothing"} only`] : []),
      pushNote(branch),
      ...(cutFrom === null ? [] : [`starts from ${cutFrom}`]),
      ...(ticket === "required" ? ["named after a ticket"] : []),
      ...(issue === "required" ? ["links an open issue"] : []),
      ...(maxAge === null ? [] : [`flagged when open for over ${durationText(maxAge)}`]),
    ],
  };
}

function pushNote({ directPush }: BranchClass): string {
  if (directPush === "free") return "people push to it";
  if (directPush === "never") return "no direct pushes";
  return `direct pushes up to ${counted(directPush.lines, "line")}, ${counted(directPush.files, "file")}`;
}

function releaseLane({ id, tag, from, of, on }: ReleaseClass): Lane {
  const what = of === "project" ? "of the project" : `of each ${of}`;
  const how = on === "merge" ? "made by itself when it changed" : "made by hand";
  return { kind: "release", name: id, style: "release", notes: [`tag ${tag}`, `${what}, from ${from}`, how] };
}

function environmentLane(flow: Flow, environment: Environment): Lane {
  const { name, kind, appliesFrom, gated, after, destroyable } = environment;
  const from = appliesFrom.map((ref) => refText(flow, ref, asItIs));
  return {
    kind: "environment",
    name,
    style: `environment ${kind}`,
    notes: [
      `kind ${kind}`,
      `applied from ${listed(from, "or")} only`,
      ...(after.length === 0 ? [] : [`after ${listed(after)}`]),
      ...shapeNotes(environment),
      ...timeNotes(environment),
      gated ? "never from a person's machine" : "also from a person's machine",
      ...(destroyable ? ["may be destroyed"] : []),
    ],
  };
}

function shapeNotes({ perPullRequest, ttl, heldByBranch, expect }: Environment): readonly string[] {
  return [
    ...(perPullRequest ? ["one for each pull request"] : []),
    ...(ttl === null ? [] : [`gone after ${durationText(ttl)} at the latest, or with the pull request`]),
    ...(heldByBranch ? ["held by the first branch that applies"] : []),
    ...Object.entries(expect).map(([key, value]) => `${key} = ${JSON.stringify(value)}`),
  ];
}

function timeNotes({ windows, freezes, emergency }: Environment): readonly string[] {
  return [
    ...(windows ?? []).map(({ text }) => text),
    ...freezes.map(({ from, to }) => `frozen ${momentText(from)} to ${momentText(to)}`),
    ...(emergency === null || (windows === null && freezes.length === 0)
      ? []
      : [`label ${emergency.label} waives the time`]),
  ];
}
