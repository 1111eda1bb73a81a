import type { BranchClass, Environment, Flow, ReleaseClass } from "../../../flow/flow.ts";
import { matchText } from "../words/branches.ts";
import { asItIs, listed, refText } from "../words/names.ts";

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
  const branches = inOrder(flow.branches, ({ accepts }) => accepts);
  const environments = inOrder(flow.environments, ({ after }) => after);
  return [
    ...branches.map(branchLane),
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

function branchLane(branch: BranchClass): Lane {
  const { name, cutFrom, issue, accepts } = branch;
  return {
    kind: "branch",
    name,
    style: branch.protected ? "protected" : "open",
    notes: [
      matchText(branch, asItIs),
      branch.protected ? `protected: from ${listed(accepts, "or") || "nothing"} only` : "people push to it",
      ...(cutFrom === null ? [] : [`starts from ${cutFrom}`]),
      ...(issue === "required" ? ["links an open issue"] : []),
    ],
  };
}

function releaseLane({ id, tag, from, of }: ReleaseClass): Lane {
  return { kind: "release", name: id, style: "release", notes: [`tag ${tag}`, `of the ${of}, made from ${from}`] };
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
      gated ? "never from a person's machine" : "also from a person's machine",
      ...(destroyable ? ["may be destroyed"] : []),
    ],
  };
}
