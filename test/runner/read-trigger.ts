import { UnknownToRunner } from "./errors.ts";
import { type Fields, fieldsOf, listOf, textOrNull } from "./fields.ts";
import type { Filter, Input, Scalar, Trigger, Written } from "./workflow.ts";

/** Events that start workflows here, with the keys that each takes besides. */
const events: ReadonlyMap<string, readonly string[]> = new Map([
  ["create", []],
  ["delete", []],
  ["issue_comment", ["types"]],
  ["issues", ["types"]],
  ["merge_group", ["types"]],
  ["pull_request", ["types", "branches", "paths"]],
  ["pull_request_review", ["types"]],
  ["pull_request_target", ["types", "branches", "paths"]],
  ["push", ["branches", "tags", "paths"]],
  ["release", ["types"]],
  ["repository_dispatch", ["types"]],
  ["schedule", ["crons"]],
  ["status", []],
  ["workflow_call", ["inputs", "secrets", "outputs"]],
  ["workflow_dispatch", ["inputs"]],
]);

/** Reads what stands below an event in `on:`. */
export function readTrigger(what: string, event: string, written: Written): Trigger {
  const keys = events.get(event);
  if (keys === undefined) throw new UnknownToRunner(`${what}: this runner does not know the event ${event}`);
  if (event === "schedule") return { ...empty, crons: readCrons(what, written) };
  const fields = fieldsOf(what, written);
  const may = (key: string) => keys.includes(key);
  const types = may("types") ? fields.take("types") : null;
  const trigger: Trigger = {
    ...empty,
    types: types === null ? null : listOf(`${what}: types`, types),
    branches: may("branches") ? readFilter(fields, "branches") : null,
    tags: may("tags") ? readFilter(fields, "tags") : null,
    paths: may("paths") ? readFilter(fields, "paths") : null,
    inputs: may("inputs") ? readInputs(`${what}: inputs`, fields.take("inputs")) : empty.inputs,
    secrets: may("secrets") ? readSecrets(`${what}: secrets`, fields.take("secrets")) : empty.secrets,
    outputs: may("outputs") ? readOutputs(`${what}: outputs`, fields.take("outputs")) : empty.outputs,
  };
  fields.end();
  return trigger;
}

const empty: Trigger = {
  types: null,
  branches: null,
  tags: null,
  paths: null,
  crons: [],
  inputs: new Map(),
  secrets: new Map(),
  outputs: new Map(),
};

function readCrons(what: string, written: Written): readonly string[] {
  if (!Array.isArray(written)) throw new UnknownToRunner(`${what} is no list`);
  return (written as readonly Written[]).map((one) => {
    const fields = fieldsOf(what, one);
    const cron = textOrNull(fields, "cron");
    fields.end();
    if (cron === null) throw new UnknownToRunner(`${what} has an entry without cron`);
    return cron;
  });
}

function readFilter(fields: Fields, name: string): Filter | null {
  const [only, ignored] = [fields.take(name), fields.take(`${name}-ignore`)];
  if (only !== null && ignored !== null)
    throw new UnknownToRunner(`${fields.what}: has both ${name} and ${name}-ignore`);
  if (only !== null) return { patterns: listOf(`${fields.what}: ${name}`, only), ignore: false };
  return ignored === null ? null : { patterns: listOf(`${fields.what}: ${name}-ignore`, ignored), ignore: true };
}

const inputTypes = ["string", "number", "boolean", "choice", "environment"] as const;

function readInputs(what: string, written: Written): ReadonlyMap<string, Input> {
  const inputs = fieldsOf(what, written);
  return new Map(
    inputs.names().map((name) => {
      const fields = fieldsOf(`${what}: ${name}`, inputs.take(name));
      fields.take("description");
      const told = textOrNull(fields, "type") ?? "string";
      const type = inputTypes.find((one) => one === told);
      if (type === undefined) throw new UnknownToRunner(`${what}: ${name} has the type ${told}`);
      const options = fields.take("options");
      const input: Input = {
        type,
        required: fields.take("required") === true,
        default: fields.take("default") as Scalar,
        options: options === null ? [] : listOf(`${what}: ${name}: options`, options),
      };
      fields.end();
      return [name, input];
    }),
  );
}

function readSecrets(what: string, written: Written): ReadonlyMap<string, { readonly required: boolean }> {
  const secrets = fieldsOf(what, written);
  return new Map(
    secrets.names().map((name) => {
      const fields = fieldsOf(`${what}: ${name}`, secrets.take(name));
      fields.take("description");
      const required = fields.take("required") === true;
      fields.end();
      return [name, { required }];
    }),
  );
}

function readOutputs(what: string, written: Written): ReadonlyMap<string, string> {
  const outputs = fieldsOf(what, written);
  return new Map(
    outputs.names().map((name) => {
      const fields = fieldsOf(`${what}: ${name}`, outputs.take(name));
      fields.take("description");
      const value = textOrNull(fields, "value") ?? "";
      fields.end();
      return [name, value];
    }),
  );
}
