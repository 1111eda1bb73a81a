import type { Event } from "../../domain/event.ts";
import type { Facts, PullRequestFacts, StackFacts } from "../../domain/facts.ts";
import type { CommitSha, StackName } from "../../domain/names.ts";
import { isOpen, pullRequestOf, type Run, type RunSource } from "../../domain/run.ts";
import { rowsInto } from "../../engine/index.ts";
import type { Transition } from "../../flow/flow.ts";
import { placeOf } from "../../flow/instances.ts";
import type { Delivery } from "../delivery.ts";
import { alteredStacks, environmentsOf } from "./altered.ts";
import { backMergesOf } from "./back-merges.ts";
import { branchHead, contentAt } from "./content.ts";
import { instanceFacts } from "./instances.ts";
import { spanOf } from "./line.ts";
import { modulesOf } from "./modules.ts";
import { judgedFacts, planFacts } from "./stack-facts.ts";

/**
 * The stacks that a merge alters, in the environments of the branch's `merge` rows, each with what is stored for it; and
 * what the pull request leaves behind: open runs, instances in which something stands, stacks that its branch holds.
 */
export async function mergeFacts(delivery: Delivery, event: Event & { kind: "merge" }): Promise<Omit<Facts, "now">> {
  const { branch, commit, pullRequest: number } = event;
  const change = (await delivery.forge.pullRequest(number)) ?? null;
  const held = change === null || change.fork ? [] : await delivery.store.holds({ branch: change.headBranch });
  const head = await branchHead(delivery, branch);
  const parent = await standingBefore(delivery, event);
  const around = { pullRequest: change, held };
  if (head === null || parent === null) return { ...around, stacks: await instanceFacts(delivery, number, []) };
  const source: RunSource = { kind: "merge", pullRequest: number, branch, commit: head.commit };
  const rows = rowsInto(delivery.flow, "merge", branch);
  const before = await contentAt(delivery, parent);
  const after = await contentAt(delivery, commit);
  const altered = await alteredStacks(
    delivery,
    { before, after },
    { environments: environmentsOf(rows), pullRequest: null },
  );
  const runs = (await delivery.store.runs({ pullRequest: number })).filter((run) => run.source.kind === "pull-request");
  const planned = runs.filter((run) => isOpen(run.state)).map(({ stack }) => stack);
  const instances = await instanceFacts(delivery, number, []);
  const standing = new Set(instances.map(({ stack }) => stack));
  const stacks: StackFacts[] = [];
  for (const stack of new Set([...altered, ...planned])) {
    if (standing.has(stack)) continue;
    const run = await runFor(delivery, stack, { rows, runs });
    const facts = await judgedFacts(delivery, { stack, content: head, run, source, ref: branch });
    stacks.push(altered.includes(stack) ? facts : { ...facts, affected: false });
  }
  return {
    ...around,
    stacks: [...stacks, ...instances],
    backMerges: await backMergesOf(delivery, branch, head.commit),
    modules: await modulesOf(delivery, after, { on: "merge", branch }),
  };
}

/** Where a row applies what is stored, that is the pull request's own newest run; where one plans anew, nothing is; where none is, what it left open. */
async function runFor(
  delivery: Delivery,
  stack: StackName,
  { rows, runs }: { readonly rows: readonly Transition[]; readonly runs: readonly Run[] },
): Promise<Run | null> {
  const environment = placeOf(delivery.flow, stack)?.environment.name;
  const row = rows.find((candidate) => candidate.environment === environment);
  const own = runs.filter((run) => run.stack === stack);
  if (row === undefined) return own.find(({ state }) => isOpen(state)) ?? null;
  if (!row.do.includes("apply") || row.do.includes("plan")) return null;
  return own[0] ?? null;
}

/** What the branch was before the merge; a rebase brought several commits. One that somebody made by hand has its parent alone. */
async function standingBefore(
  delivery: Delivery,
  { commit, pullRequest }: Pick<Event & { kind: "merge" }, "commit" | "pullRequest">,
): Promise<CommitSha | null> {
  const holding = await delivery.forge.pullRequestsOf(commit);
  const span = holding.some(({ number }) => number === pullRequest)
    ? await spanOf(delivery, commit, pullRequest)
    : null;
  return span?.before ?? (await delivery.repository.resolve(`${commit}^1`)) ?? null;
}

/** `/plangate plan` after the merge: every stack that it altered where the flow delivers on a merge, with the newest run that was to deliver it. */
export async function mergedCommandFacts(delivery: Delivery, change: PullRequestFacts): Promise<Omit<Facts, "now">> {
  const head = await branchHead(delivery, change.base);
  const span = head === null ? null : await spanOf(delivery, head.commit, change.number);
  if (head === null || span === null) return { pullRequest: change, stacks: [] };
  const source: RunSource = { kind: "merge", pullRequest: change.number, branch: change.base, commit: head.commit };
  const [before, after] = await Promise.all([contentAt(delivery, span.before), contentAt(delivery, span.last)]);
  const environments = environmentsOf(rowsInto(delivery.flow, "merge", change.base));
  const altered = await alteredStacks(delivery, { before, after }, { environments, pullRequest: null });
  const stacks: StackFacts[] = [];
  for (const stack of altered) {
    const run = await toDeliver(delivery, stack, change.number);
    stacks.push(await planFacts(delivery, { stack, content: head, run, source }));
  }
  return { pullRequest: change, stacks };
}

/** The newest run on the stack that is not a pull request's alone, or else the one of this pull request. */
async function toDeliver(delivery: Delivery, stack: StackName, pullRequest: number): Promise<Run | null> {
  const runs = await delivery.store.runs({ stack, modes: ["normal", "destroy"], limit: 100 });
  const ofAll = runs.find(({ source, due }) =>
    source.kind === "pull-request" ? due?.kind === "merge" : source.kind !== "local",
  );
  return ofAll ?? runs.find(({ source }) => pullRequestOf(source) === pullRequest) ?? null;
}
