import type { Login } from "../../domain/names.ts";
import type { PlanManifest, PlanMode } from "../../domain/plan.ts";
import type { Ground } from "./ground.ts";
import type { Case, Relation } from "./relations.ts";
import type { Times } from "./things.ts";

export interface Known {
  readonly ground: Ground;
  readonly times: Times;
  readonly manifest: PlanManifest;
  readonly usual: Case;
  /** Parts as they usually are: hundreds of thousands of cases share them. */
  readonly made: Map<readonly Relation[], unknown>;
}

export interface Asked extends Known {
  readonly about: Case;
  readonly starter: Login;
}

/** A part of the facts that follows from these relations alone: where they are as usual, it is the one that was made before. */
export function part<T>({ made, about, usual }: Asked, relations: readonly Relation[], make: () => T): T {
  for (const relation of relations) if (about[relation] !== usual[relation]) return make();
  const known = made.get(relations);
  if (known !== undefined) return known as T;
  const fresh = make();
  made.set(relations, fresh);
  return fresh;
}

export function modesOf({ ground, about }: Asked): { readonly run: PlanMode; readonly plan: PlanMode } {
  switch (about.mode) {
    case "what the row does":
      return { run: ground.mode, plan: ground.mode };
    case "to apply":
      return { run: "normal", plan: "normal" };
    case "to destroy":
      return { run: "destroy", plan: "destroy" };
    case "to destroy, by a plan to apply":
      return { run: "destroy", plan: "normal" };
    case "to apply, by a plan to destroy":
      return { run: "normal", plan: "destroy" };
    case "only to look for drift":
      return { run: "refresh-only", plan: "refresh-only" };
  }
}
