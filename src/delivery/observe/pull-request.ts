import type { Facts, PullRequestFacts, StackFacts } from "../../domain/facts.ts";
import { isOpen, type Run, type RunSource } from "../../domain/run.ts";
import { branchClassOf } from "../../flow/match.ts";
import type { Delivery } from "../delivery.ts";
import { type Content, contentOf } from "./content.ts";
import { planFacts, stackAt } from "./stack-facts.ts";

/** The stacks that an open pull request alters, in the environments that the flow plans for it, and those it had plans of. */
export async function pullRequestFacts(delivery: Delivery, number: number): Promise<Omit<Facts, "now">> {
  const change = (await delivery.forge.pullRequest(number)) ?? null;
  const base = change === null ? undefined : await delivery.repository.resolve(`refs/heads/${change.base}`);
  if (change === null || base === undefined) return { pullRequest: change, stacks: [] };
  const source: RunSource = { kind: "pull-request", pullRequest: number, head: change.head, base };
  const content = await contentOf(delivery, source);
  if (content === null) return { pullRequest: change, stacks: [] };
  const before: Content = { commit: base, base: null, tree: await delivery.repository.treeOf(base) };
  const runs = await delivery.store.runs({ pullRequest: number });
  const stacks: StackFacts[] = [];
  for (const [name, stack] of await delivery.configuration.stacks(content.tree)) {
    if (!plannedEnvironments(delivery, change).has(stack.environment)) continue;
    const run = ownRun(runs, name);
    const affected = await isAltered(delivery, name, before, content);
    if (affected || (run !== null && isOpen(run.state)))
      stacks.push(await planFacts(delivery, { stack: name, content, run, source, affected }));
  }
  return { pullRequest: change, stacks };
}

function plannedEnvironments(delivery: Delivery, change: PullRequestFacts): ReadonlySet<string> {
  const into = branchClassOf(delivery.flow, change.base)?.name;
  const rows = delivery.flow.when.filter(
    (row) => row.on === "pull_request" && row.into === into && row.environment !== null,
  );
  return new Set(rows.map((row) => row.environment ?? ""));
}

/** The newest run that planned this pull request itself. */
function ownRun(runs: readonly Run[], stack: Run["stack"]): Run | null {
  return runs.find((run) => run.stack === stack && run.source.kind === "pull-request") ?? null;
}

/** Whether a stack is made from something else at `after` than at `before`. */
export async function isAltered(
  delivery: Delivery,
  name: Run["stack"],
  before: Content,
  after: Content,
): Promise<boolean> {
  const [old, fresh] = await Promise.all([stackAt(delivery, name, before), stackAt(delivery, name, after)]);
  if (fresh === undefined) return false;
  if (old === undefined) return true;
  const [oldContent, freshContent] = await Promise.all([
    delivery.configuration.content(old, before.tree),
    delivery.configuration.content(fresh, after.tree),
  ]);
  return oldContent.inputs !== freshContent.inputs;
}

/** The runs that a closed pull request leaves behind. */
export async function closedFacts(delivery: Delivery, number: number): Promise<Omit<Facts, "now">> {
  const runs = await delivery.store.runs({ pullRequest: number, states: ["queued", "planning", "planned", "waiting"] });
  const stacks: StackFacts[] = [];
  for (const run of runs) {
    const content = run.source.kind === "pull-request" ? { commit: run.source.head } : null;
    if (content !== null)
      stacks.push({
        stack: run.stack,
        environment: run.stack.slice(0, run.stack.indexOf("/")),
        commit: content.commit,
        run,
      });
  }
  return { pullRequest: (await delivery.forge.pullRequest(number)) ?? null, stacks };
}
