import type { Diagnostic } from "../../domain/diagnostic.ts";
import { parseFlow } from "../../flow/parse.ts";
import { stacksIn } from "../../flow/stacks.ts";
import type { Delivery } from "../delivery.ts";
import type { TreeEntry } from "../ports.ts";

/**
 * What is wrong with the flow file of a change, with places. The flow in force is never the change's own: it counts once
 * it is merged, and must be one that can be used by then.
 */
export async function problemsOfFlow(
  { repository, flowFile }: Pick<Delivery, "repository" | "flowFile">,
  entries: readonly TreeEntry[],
): Promise<readonly string[]> {
  const entry = entries.find(({ path }) => path === flowFile);
  if (entry === undefined) return [`${flowFile} is gone, and without it nothing is delivered any more`];
  const [text] = await repository.readBlobs([entry.blob]);
  const { value, diagnostics } = parseFlow(new TextDecoder().decode(text), { file: flowFile });
  const paths = entries.map(({ path }) => path);
  const all = [...diagnostics, ...(value === undefined ? [] : stacksIn(value, paths, flowFile).diagnostics)];
  const errors = all.filter(({ severity }) => severity === "error").map(sentenceOf);
  return value === undefined && errors.length === 0 ? [`${flowFile} cannot be used`] : errors;
}

function sentenceOf({ file, line, column, summary }: Diagnostic): string {
  return `${[file, line, column].filter((part) => part !== undefined).join(":")} ${summary}`;
}
