import { posix } from "node:path";
import { openChangeReader, openRepository } from "../../adapters/git/index.ts";
import { InputError } from "../../domain/errors.ts";
import type { GuaranteeDifference } from "../../domain/flow-change.ts";
import { type Flow, parseFlow } from "../../flow/index.ts";
import type { Proof } from "../../proof/index.ts";
import { asItIs } from "../../views/explain/words/names.ts";
import { differenceSummary } from "../../views/flow-change.ts";
import { compareGuarantees, isSameFlow } from "../../views/guarantees/compare-flows.ts";
import { inertLine } from "../../views/inert.ts";
import { commitNamed } from "./commit-named.ts";
import type { Context } from "./context.ts";
import { flowTextIn } from "./flow-file.ts";
import type { Fields } from "./schema.ts";

/** How a flow differs from the one of another commit. */
export type Against = NonNullable<Fields<"prove">["against"]>;

/** The flow that another commit has. Nothing of it is run, and what is wrong with it is told with its places there. */
export async function readFlowAt(context: Context, dir: string, ref: string): Promise<Flow> {
  const env = context.env as NodeJS.ProcessEnv;
  const repository = openRepository(dir, env);
  try {
    const commit = await commitNamed({ repository, reader: openChangeReader(dir, env) }, ref, dir);
    const path = posix.normalize(context.options.flow);
    const file = `${inertLine(ref)}:${path}`;
    const entry = (await repository.listTree(commit)).find((candidate) => candidate.path === path);
    if (entry === undefined || !entry.mode.startsWith("100"))
      throw new InputError([
        {
          severity: "error",
          code: "flow-missing",
          summary: `There is no flow file ${file} to compare with.`,
          hint: "Name a commit that has one, such as the branch that the change goes into.",
        },
      ]);
    const [content] = await repository.readBlobs([entry.blob]);
    const { value, diagnostics } = parseFlow(flowTextIn(content ?? new Uint8Array(), file), { file });
    if (value === undefined) throw new InputError(diagnostics);
    return value;
  } finally {
    repository.close();
  }
}

/**
 * Compares guarantees, and the proofs where the flows differ: the same flow has the same proof. What was stopped says
 * nothing of properties.
 */
export async function compareWith(
  { ref, flow: before }: { readonly ref: string; readonly flow: Flow },
  { flow: after, proof, signal }: { readonly flow: Flow; readonly proof: Proof; readonly signal: AbortSignal },
  prove: (flow: Flow) => Promise<Proof>,
): Promise<Against> {
  const differences = compareGuarantees({ before, after, spelling: asItIs });
  const old = signal.aborted || isSameFlow(before, after) ? null : await prove(before);
  if (old === null || signal.aborted) return { ref, differences, properties: [] };
  const properties = proof.properties.flatMap(({ id, status }) => {
    const was = old.properties.find((property) => property.id === id)?.status;
    return was === undefined || was === status ? [] : [{ id, before: was, after: status }];
  });
  return { ref, differences, properties };
}

const heads: Readonly<Record<GuaranteeDifference["change"], string>> = {
  weaker: "weaker  ",
  other: "other   ",
  stronger: "stronger",
};

type Status = Against["properties"][number]["after"];

const now: Readonly<Record<Status, string>> = {
  holds: "holds",
  violated: "is violated",
  void: "is void",
  "not-covered": "is not covered",
};
const then: Readonly<Record<Status, string>> = {
  holds: "held",
  violated: "was violated",
  void: "was void",
  "not-covered": "was not covered",
};

/** For people: what gets weaker first, then which properties are another matter now. */
export function againstText({ ref, differences, properties }: Against): readonly string[] {
  return [
    `Against ${ref}: ${differenceSummary(differences)}.`,
    ...differences.map(({ change, sentence }) => `  ${heads[change]} ${sentence}`),
    ...properties.map(({ id, before, after }) => `  ${id} ${now[after]}, and ${then[before]} before`),
    "",
  ].map((line) => inertLine(line));
}
