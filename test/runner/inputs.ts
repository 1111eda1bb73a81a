import { BadExpression, InvalidWorkflow } from "./errors.ts";
import type { Call, Input, Workflow } from "./workflow.ts";

type Inputs = Readonly<Record<string, unknown>>;

/** Holds a call to what the called workflow takes, as GitHub does before it starts anything. */
export function checkCall(
  called: Workflow,
  job: string,
  { with: given, secrets }: Pick<Call, "with" | "secrets">,
): void {
  const trigger = called.on.get("workflow_call");
  if (trigger === undefined)
    throw new InvalidWorkflow(`${job}: ${called.path} is not reusable: it has no workflow_call`);
  for (const name of Object.keys(given))
    if (!trigger.inputs.has(name)) throw new InvalidWorkflow(`${job}: ${called.path} has no input ${name}`);
  for (const [name, { required }] of trigger.inputs)
    if (required && !(name in given)) throw new InvalidWorkflow(`${job}: input ${name} is required, but not provided`);
  if (secrets === "inherit") return;
  for (const name of Object.keys(secrets))
    if (!trigger.secrets.has(name)) throw new InvalidWorkflow(`${job}: ${called.path} has no secret ${name}`);
  for (const [name, { required }] of trigger.secrets)
    if (required && !(name in secrets))
      throw new InvalidWorkflow(`${job}: secret ${name} is required, but not provided`);
}

/** The context `inputs` of a workflow that was called with these. */
export function callInputs(called: Workflow, job: string, given: Inputs): Inputs {
  const inputs = called.on.get("workflow_call")?.inputs ?? new Map<string, Input>();
  return Object.fromEntries(
    [...inputs].map(([name, input]) => {
      const value = name in given ? given[name] : (input.default ?? blankOf(input));
      if (typeof value !== typeOf(input))
        throw new BadExpression(`${job}: the input ${name} is a ${input.type}, and not ${JSON.stringify(value)}`);
      return [name, value];
    }),
  );
}

/** What a dispatch gives: in the payload everything is a text, in the context each has its type. */
export function dispatchInputs(workflow: Workflow, given: Readonly<Record<string, string>>) {
  const inputs = workflow.on.get("workflow_dispatch")?.inputs ?? new Map<string, Input>();
  const texts = Object.fromEntries(
    [...inputs].map(([name, input]) => [name, given[name] ?? String(input.default ?? firstOf(input))]),
  );
  const typed = Object.fromEntries(
    [...inputs].map(([name, { type }]) => {
      const text = texts[name] ?? "";
      return [name, type === "boolean" ? text === "true" : type === "number" ? Number(text) : text];
    }),
  );
  return { texts, typed };
}

function firstOf({ type, options }: Input): string {
  if (type === "choice") return options[0] ?? "";
  return type === "boolean" ? "false" : "";
}

function typeOf({ type }: Input): "string" | "number" | "boolean" {
  return type === "number" || type === "boolean" ? type : "string";
}

function blankOf({ type }: Input): unknown {
  return type === "boolean" ? false : type === "number" ? 0 : "";
}
