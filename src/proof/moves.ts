import type { Login, StackName } from "../domain/names.ts";
import type { Flow } from "../flow/flow.ts";
import type { WorldStep } from "../worlds/step.ts";
import type { State } from "./canonical.ts";
import type { Cast } from "./cast.ts";
import type { Move } from "./search.ts";
import * as steps from "./steps.ts";

/** What may be done in a state: made once for a scene, asked at each state. */
export type Offer = (at: At) => readonly Move[];

export interface At {
  readonly state: State;
  readonly flow: Flow;
  /** Who may act: of each role those who did already, and one more. */
  readonly actors: readonly Login[];
}

/** All offers together; each limited step so often as a story has of it. */
export function movesOf(
  about: { readonly flow: Flow; readonly cast: Cast; readonly most: Readonly<Record<string, number>> },
  offers: readonly Offer[],
): (state: State) => readonly Move[] {
  return (state) => {
    const at: At = { state, flow: about.flow, actors: actorsIn(about.cast, state) };
    return offers
      .flatMap((offer) => offer(at))
      .filter(({ limit }) => limit === null || (state.past.used[limit] ?? 0) < (about.most[limit] ?? 1));
  };
}

/** Nobody can tell the people of a role apart, so the first who acts may as well be the first in the list. */
function actorsIn({ roles }: Cast, { past }: State): readonly Login[] {
  return roles.flatMap((role) => {
    const fresh = role.find((login) => !past.acted.includes(login));
    return role.filter((login) => login === fresh || past.acted.includes(login));
  });
}

const free = (step: WorldStep): Move => ({ step, limit: null });
const limited =
  (limit: string) =>
  (step: WorldStep): Move => ({ step, limit });

function prsIn({ state }: At): readonly string[] {
  return [...new Set(state.world.pullRequests.map(({ name }) => name))];
}

export const approve: Offer = (at) =>
  at.actors.flatMap((by) => prsIn(at).map((pr) => free(steps.review(by, pr, "approve"))));

export const object: Offer = (at) =>
  at.actors.flatMap((by) => prsIn(at).map((pr) => limited("objection")(steps.review(by, pr, "request-changes"))));

/** Words about a pull request that open or shut its gate, or ask for a new plan. */
export const say =
  (...words: readonly string[]): Offer =>
  (at) =>
    at.actors.flatMap((by) =>
      prsIn(at).flatMap((pr) => words.map((word) => limited("word")(steps.comment(by, pr, word)))),
    );

export const merge: Offer = (at) => at.actors.flatMap((by) => openPrs(at).map((pr) => free(steps.merge(by, pr))));

export const forceMerge: Offer = (at) =>
  at.actors.slice(0, 1).flatMap((by) => openPrs(at).map((pr) => limited("force")(steps.merge(by, pr, true))));

function openPrs({ state }: At): readonly string[] {
  return [...new Set(state.world.pullRequests.filter((change) => change.state === "open").map(({ name }) => name))];
}

export const closeAndReopen: Offer = (at) =>
  at.actors.flatMap((by) =>
    prsIn(at).flatMap((pr) => [
      limited("close")({ kind: "close", by, pr }),
      limited("reopen")({ kind: "reopen", by, pr }),
    ]),
  );

export const updateBranch: Offer = (at) =>
  at.actors.slice(0, 1).flatMap((by) => openPrs(at).map((pr) => limited("update")({ kind: "update-branch", by, pr })));

export const gates: Offer = (at) => {
  const { flow, actors } = at;
  const names = [
    ...flow.gates.map(({ name }) => name),
    ...flow.environments.flatMap((one) => one.approvals?.name ?? []),
  ];
  return actors.flatMap((by) =>
    names.flatMap((name) => [free(steps.gate(by, name)), limited("reject")(steps.gate(by, name, "reject"))]),
  );
};

/** Another change on a branch: of the same stack, in a file that no other step writes. */
export const pushOn =
  (branch: string, paths: readonly string[], from?: string): Offer =>
  ({ actors, state }) => {
    if (paths.length === 0) return [];
    const isThere = state.world.branches[branch] !== undefined;
    if (!isThere && from === undefined) return [];
    return actors.map((by) =>
      limited("push")(steps.push({ by, branch, paths, ...(isThere || from === undefined ? {} : { from }) })),
    );
  };

/** Past the forge's rules, and as the forge lets it through. */
export const pushDirectly =
  (branches: readonly string[], paths: readonly string[]): Offer =>
  ({ actors }) =>
    actors
      .slice(0, 2)
      .flatMap((by) =>
        branches.flatMap((branch) => [
          limited("direct")(steps.push({ by, branch, paths })),
          limited("direct")(steps.push({ by, branch, paths, force: true })),
        ]),
      );

/** The content of a push is put on another branch too, by a commit of its own and past the forge's rules. */
export const pickInto =
  (branch: string, { paths, text }: Pick<steps.PushOf, "paths" | "text">): Offer =>
  ({ actors }) =>
    actors
      .slice(0, 1)
      .map((by) =>
        limited("pick")(steps.push({ by, branch, paths, force: true, ...(text === undefined ? {} : { text }) })),
      );

export const accept =
  (branches: readonly string[]): Offer =>
  ({ actors }) =>
    actors.flatMap((by) => branches.map((branch) => limited("accept")(steps.accept(by, branch))));

export const open =
  (head: string, base: string, as: string): Offer =>
  ({ actors, flow, state }) => {
    if (state.world.branches[head] === undefined || state.world.pullRequests.some(({ name }) => name === as)) return [];
    return actors.map((by) => free(steps.open(flow, { by, head, base, as })));
  };

export const dispatch =
  (jobs: readonly string[], refs: readonly string[]): Offer =>
  ({ actors, state }) => {
    const known = refs.concat(state.world.releases.map(({ tag }) => tag).slice(-1));
    return actors.flatMap((by) =>
      jobs.flatMap((job) => known.map((ref) => limited("dispatch")(steps.dispatch(by, job, ref)))),
    );
  };

export const rerun: Offer = ({ actors }) => actors.map((by) => limited("rerun")({ kind: "rerun", by, stack: null }));

/** What goes on outside of plangate's hands, and how its own work fails. */
export const mishaps =
  (stacks: readonly StackName[]): Offer =>
  () =>
    stacks.flatMap((stack) => [
      ...(["state", "lineage", "drift"] as const).map((change) =>
        limited("outside")({ kind: "outside", stack, change }),
      ),
      ...(["same-meaning", "different", "empty", "error"] as const).map((gives) =>
        limited("replan")({ kind: "replan", stack, gives }),
      ),
      ...(["plan", "apply", "verify"] as const).map((during) => limited("crash")({ kind: "crash", stack, during })),
    ]);

/** Somebody changes an object while the next apply of the stack is under way: its verification fails. */
export const spoil =
  (stacks: readonly StackName[]): Offer =>
  () =>
    stacks.map((stack) => limited("spoil")({ kind: "outside", stack, change: "drift", during: "apply" }));

export const label =
  (name: string): Offer =>
  (at) =>
    at.actors.flatMap((by) =>
      prsIn(at).map((pr) => limited("label")({ kind: "label", by, pr, add: [name], remove: [] })),
    );

export const wait =
  (...durations: readonly number[]): Offer =>
  () =>
    durations.map((duration) => limited("wait")({ kind: "wait", duration }));

export const schedule: Offer = ({ flow }) =>
  [...new Set(flow.when.flatMap(({ cron }) => cron ?? []))].map((cron) =>
    limited("schedule")({ kind: "schedule", cron }),
  );

export const releaseByHand =
  (tag: string, refs: readonly string[]): Offer =>
  ({ actors }) =>
    actors.slice(0, 1).flatMap((by) => refs.map((ref) => limited("release")({ kind: "release", by, tag, ref })));

/** The tag of a release that was made is put somewhere else, past the forge's rules. */
export const moveTag =
  (refs: readonly string[]): Offer =>
  ({ actors, state }) =>
    actors
      .slice(0, 1)
      .flatMap((by) =>
        state.world.releases.flatMap(({ tag }) =>
          refs.map((ref) => limited("move")({ kind: "release", by, tag, ref, force: true })),
        ),
      );

export const deleteBranch =
  (branch: string): Offer =>
  ({ actors, state }) =>
    state.world.branches[branch] === undefined
      ? []
      : actors.slice(0, 1).map((by) => limited("delete")({ kind: "delete-branch", by, branch }));

/** The text of the pull request loses what the flow asks for, or gets it. */
export const editText: Offer = (at) =>
  at.actors
    .slice(0, 1)
    .flatMap((by) =>
      openPrs(at).flatMap((pr) =>
        ["", steps.fullText(at.flow)].map((body) =>
          limited("edit")({ kind: "edit", by, pr, title: null, body, base: null }),
        ),
      ),
    );
