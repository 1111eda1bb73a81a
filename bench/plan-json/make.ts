import { closeSync, openSync, readFileSync, writeSync } from "node:fs";
import { join } from "node:path";

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
type Members = { readonly [key: string]: Json };

interface Change extends Members {
  readonly address: string;
  readonly change: { readonly actions: readonly string[]; readonly before: Json; readonly after: Json };
}

/** What a large real plan is made of, in changes out of a hundred. */
const mix = [
  ["create", 40],
  ["update", 34],
  ["delete", 10],
  ["replace", 11],
  ["no-op", 5],
] as const;

/**
 * Writes a plan JSON of about so many bytes: the AWS changes of the corpus over and over under other addresses,
 * with planned values and prior state in proportion. Returns how many changes it has.
 */
export function writeLargePlan(root: string, file: string, bytes: number): number {
  const corpus = ["aws-create", "aws-change", "aws-quiet", "aws-destroy"].map(
    (name) => JSON.parse(readFileSync(join(root, `test/plans/${name}.json`), "utf8")) as Members,
  );
  const pools = new Map<string, Change[]>(mix.map(([kind]) => [kind, []]));
  for (const plan of corpus) {
    for (const change of plan.resource_changes as readonly Change[]) pools.get(kindOf(change))?.push(change);
  }
  const changes: string[] = [];
  const planned: string[] = [];
  const prior: string[] = [];
  let written = 0;
  for (let round = 0; written < bytes; round++) {
    const module = `module.part[${round}]`;
    for (const [kind, share] of mix) {
      const pool = pools.get(kind) as readonly Change[];
      for (let index = 0; index < share; index++) {
        const change = pool[(round * share + index) % pool.length] as Change;
        const copy = { ...change, address: `${module}.${change.address}_${index}`, module_address: module };
        const { before, after } = change.change;
        const add = (list: string[], value: Json): void => {
          const text = JSON.stringify(value);
          list.push(text);
          written += text.length + 1;
        };
        add(changes, copy);
        if (after !== null) add(planned, valuesOf(copy, after));
        if (before !== null) add(prior, valuesOf(copy, before));
      }
    }
  }
  const first = corpus[1] as Members;
  const out = openSync(file, "w");
  writeSync(out, `{"format_version":"1.2","terraform_version":"1.11.4","planned_values":{"root_module":{"resources":[`);
  writeList(out, planned);
  writeSync(out, `]}},"resource_changes":[`);
  writeList(out, changes);
  writeSync(out, `],"output_changes":${JSON.stringify(first.output_changes)}`);
  writeSync(
    out,
    `,"prior_state":{"format_version":"1.0","terraform_version":"1.11.4","values":{"root_module":{"resources":[`,
  );
  writeList(out, prior);
  writeSync(out, `]}}},"configuration":${JSON.stringify(first.configuration)},"timestamp":"2026-01-01T00:00:00Z"`);
  writeSync(out, `,"applyable":true,"complete":true,"errored":false}\n`);
  closeSync(out);
  return changes.length;
}

function writeList(out: number, texts: readonly string[]): void {
  for (let at = 0; at < texts.length; at += 1000) {
    writeSync(out, `${at === 0 ? "" : ","}${texts.slice(at, at + 1000).join(",")}`);
  }
}

function valuesOf(change: Change, values: Json): Json {
  const { address, mode, type, name, index, provider_name: provider } = change as unknown as Record<string, Json>;
  const place = { address, mode, type, name, ...(index === undefined ? {} : { index }) } as Members;
  return { ...place, provider_name: provider as Json, schema_version: 1, values, sensitive_values: { tags: {} } };
}

function kindOf({ change: { actions } }: Change): string {
  return actions.length === 2 ? "replace" : (actions[0] as string);
}
