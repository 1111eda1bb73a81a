import type { Action } from "../../domain/decision.ts";
import type { Event } from "../../domain/event.ts";
import type { CommitSha, TreeSha } from "../../domain/names.ts";
import type { Delivery } from "../delivery.ts";
import { forkPoint } from "../observe/altered.ts";
import { type Content, contentAt, contentOf } from "../observe/content.ts";
import type { TreeEntry } from "../ports.ts";
import { entry, mustWrite } from "../record.ts";
import { checkFlow, type FlowReport } from "./check-flow.ts";

type CheckAction = Action & { readonly kind: "check" };

/** What of a change is looked at, and against what. */
interface Looked {
  readonly before: CommitSha | null;
  readonly after: TreeSha;
}

/**
 * The static check of a pull request, or of a commit that was pushed: what it changes can be read, and is written as the
 * tool would write it; a flow file that it changes can be used, and no story breaks what that promises; and nothing is wrong
 * with how it came. A flow that guarantees less passes, and is told first.
 */
export async function performCheck(delivery: Delivery, action: CheckAction): Promise<readonly Event[]> {
  const { pullRequest, commit } = action;
  const looked = pullRequest === null ? await pushedContent(delivery, commit) : await mergedContent(delivery, action);
  if (looked === undefined) return [];
  const found = looked === null ? inConflict : await look(delivery, looked, action);
  const problems = [...action.problems, ...found.problems];
  const said = problems.length > 0 ? problems : ["what is changed is well formed"];
  const summary = [...found.notes, ...said].join("; ");
  const outcome = { passed: problems.length === 0, summary };
  await delivery.forge.reportCheck(commit, outcome);
  await mustWrite(delivery, { ledger: [entry(delivery, "checked", { pullRequest, commit, ...outcome })] });
  const what = pullRequest === null ? commit.slice(0, 12) : `pull request ${pullRequest}`;
  delivery.progress(`${what}: check ${outcome.passed ? "passed" : "failed"}, ${summary}`);
  return [];
}

const inConflict: FlowReport = { problems: ["it cannot be merged: there are conflicts"], notes: [] };

/** What would be there after the merge of the commit; null when it conflicts, `undefined` when there is no such pull request. */
async function mergedContent(
  delivery: Delivery,
  { pullRequest, commit }: CheckAction,
): Promise<Looked | null | undefined> {
  const change = pullRequest === null ? undefined : await delivery.forge.pullRequest(pullRequest);
  const base = change === undefined ? undefined : await delivery.repository.resolve(`refs/heads/${change.base}`);
  if (change === undefined || base === undefined) return undefined;
  const source = { kind: "pull-request", pullRequest: change.number, head: commit, base } as const;
  const content = await contentOf(delivery, source);
  return content === null ? null : { before: base, after: content.tree };
}

/** A pushed commit, against where it left the default branch; one of that branch itself against what was there before. */
async function pushedContent(delivery: Delivery, commit: CommitSha): Promise<Looked> {
  const content: Content = await contentAt(delivery, commit);
  const fork = await forkPoint(delivery, "", commit);
  const parent = fork === commit ? await delivery.repository.resolve(`${commit}^1`) : fork;
  return { before: parent ?? null, after: content.tree };
}

/** What is wrong with what changed, and what people have to know of it. */
async function look(delivery: Delivery, { before, after }: Looked, action: CheckAction): Promise<FlowReport> {
  const there = await delivery.repository.listTree(after);
  const changed =
    before === null ? there.map(({ path }) => path) : await delivery.repository.changedPaths(before, after);
  const paths = new Set(there.map((file) => file.path));
  const files = changed.filter((path) => /\.(?:tf|tofu|tfvars)$/.test(path) && paths.has(path));
  const wrong = files.length === 0 ? [] : await delivery.roles.check(after, files);
  const flow = await flowReport(delivery, changed.includes(delivery.flowFile) ? there : null, action);
  return {
    problems: [
      ...(wrong.length === 0 ? [] : [`not well formed: ${wrong.join(", ")}; run \`fmt\` on them`]),
      ...flow.problems,
    ],
    notes: flow.notes,
  };
}

/** Null where the flow file stays as it is: then nothing of it stands on the pull request either, as of an earlier head. */
async function flowReport(
  delivery: Delivery,
  there: readonly TreeEntry[] | null,
  action: CheckAction,
): Promise<FlowReport> {
  if (there !== null) return checkFlow(delivery, there, action);
  if (action.pullRequest !== null) await delivery.forge.showFlowChange(action.pullRequest, null);
  return { problems: [], notes: [] };
}
