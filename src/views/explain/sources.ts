import type { Flow, Transition } from "../../flow/flow.ts";

/** A branch class or a kind of release that a row delivers from. */
export interface Source {
  readonly kind: "branch" | "release";
  readonly name: string;
}

/** A row for whatever branch of the flow; it applies nothing. */
export function isOfAnyBranch({ on, into, to }: Transition): boolean {
  return (on === "push" && to === null) || ((on === "pull_request" || on === "merge") && into === null);
}

/**
 * Where what a row delivers comes from: its branch, its kind of ref, or all that the environment is applied from. A
 * pull request is planned as its base will be; only what is applied while it is open comes from its head.
 */
export function sourcesOf(flow: Flow, row: Transition): readonly Source[] {
  const { on, into, to, ref, environment } = row;
  if (on === "schedule") return [];
  if (isOfAnyBranch(row)) return flow.branches.map(({ name }) => ({ kind: "branch", name }));
  const from = flow.environments.find(({ name }) => name === environment)?.appliesFrom ?? [];
  const isHead = on === "pull_request" && row.do.includes("apply");
  const own = isHead ? null : (into ?? to ?? ref);
  return (own === null ? from : [own]).map((name) => ({
    kind: flow.releases.some(({ id }) => id === name) ? "release" : "branch",
    name,
  }));
}
