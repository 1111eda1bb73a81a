import type { Diagnostic } from "../../domain/diagnostic.ts";
import type { ProvedProperty } from "../../domain/flow-change.ts";
import type { CommitSha } from "../../domain/names.ts";
import type { Flow } from "../../flow/flow.ts";
import { parseFlow } from "../../flow/parse.ts";
import { stacksIn } from "../../flow/stacks.ts";
import {
  brokenProperties,
  type FlowChangeView,
  flowChangeLines,
  renderFlowChange,
  renderFlowProblems,
} from "../../views/flow-change.ts";
import type { Delivery } from "../delivery.ts";
import type { TreeEntry } from "../ports.ts";

/** What the check of a change says of its flow file. */
export interface FlowReport {
  /** Each makes the check fail. */
  readonly problems: readonly string[];
  /** What else people have to know, what gets weaker first. */
  readonly notes: readonly string[];
}

/**
 * What is wrong with the flow file of a change, with places; else what it guarantees otherwise than the flow in force, and
 * whether a story breaks its promises. All of it stands on the pull request too.
 *
 * The flow in force is never the change's own: it counts once it is merged, and must be one that can be used by then.
 */
export async function checkFlow(
  delivery: Delivery,
  entries: readonly TreeEntry[],
  { pullRequest, commit }: { readonly pullRequest: number | null; readonly commit: CommitSha },
): Promise<FlowReport> {
  const { forge, flow: before, flowFile: file } = delivery;
  const read = await readFlow(delivery, entries);
  if ("problems" in read) {
    if (pullRequest !== null)
      await forge.showFlowChange(pullRequest, renderFlowProblems({ file, commit }, read.problems));
    return { problems: read.problems, notes: [] };
  }
  if (pullRequest === null) return { problems: [], notes: [] };
  const after = read.flow;
  const proof = await proved(delivery, after);
  const brokenBefore = await brokenIn(delivery, before, proof);
  const view: FlowChangeView = { file, commit, before, after, proof, brokenBefore };
  await forge.showFlowChange(pullRequest, renderFlowChange(view));
  return { problems: brokenProperties(view), notes: flowChangeLines(view) };
}

/** What the flow in force breaks too: a team that lives with it can change its flow all the same. Asked only where it matters. */
async function brokenIn(
  { proveFlow }: Delivery,
  before: Flow,
  proof: FlowChangeView["proof"],
): Promise<ReadonlySet<string>> {
  const isBroken = ({ status }: ProvedProperty) => status === "violated";
  if (proveFlow === undefined || proof?.some(isBroken) !== true) return new Set();
  return new Set((await proveFlow(before)).filter(isBroken).map(({ id }) => id));
}

async function proved({ proveFlow, progress }: Delivery, after: Flow): Promise<FlowChangeView["proof"]> {
  if (proveFlow === undefined) return null;
  progress("proving the flow as it would be after the merge");
  return proveFlow(after);
}

async function readFlow(
  { repository, flowFile }: Pick<Delivery, "repository" | "flowFile">,
  entries: readonly TreeEntry[],
): Promise<{ readonly flow: Flow } | { readonly problems: readonly string[] }> {
  const entry = entries.find(({ path }) => path === flowFile);
  if (entry === undefined) return { problems: [`${flowFile} is gone, and without it nothing is delivered any more`] };
  const [text] = await repository.readBlobs([entry.blob]);
  const { value, diagnostics } = parseFlow(new TextDecoder().decode(text), { file: flowFile });
  const paths = entries.map(({ path }) => path);
  const all = [...diagnostics, ...(value === undefined ? [] : stacksIn(value, paths, flowFile).diagnostics)];
  const errors = all.filter(({ severity }) => severity === "error").map(sentenceOf);
  if (value === undefined) return { problems: errors.length === 0 ? [`${flowFile} cannot be used`] : errors };
  return errors.length === 0 ? { flow: value } : { problems: errors };
}

function sentenceOf({ file, line, column, summary }: Diagnostic): string {
  return `${[file, line, column].filter((part) => part !== undefined).join(":")} ${summary}`;
}
