import { InputError } from "../../domain/errors.ts";
import type { CommitSha } from "../../domain/names.ts";
import { type Flow, parseFlow } from "../../flow/index.ts";
import { flowMissing, flowTextIn } from "../cli/flow-file.ts";
import type { FlowReading } from "./outside.ts";

/** The flow as it stands at a commit; fails with everything that is wrong with it. */
export async function readFlowAt(commit: CommitSha, { file, reader, treeOf }: FlowReading): Promise<Flow> {
  const found = await reader.fileAt(await treeOf(commit), file);
  if (found === undefined) throw new InputError([flowMissing(file)]);
  const { value, diagnostics } = parseFlow(flowTextIn(found.content, file), { file });
  if (value === undefined) throw new InputError(diagnostics);
  return value;
}
