import { parse } from "yaml";
import { noContent, notFound, Refusal } from "../answer.ts";
import { onRepository, type RepositoryAsk } from "../ask.ts";
import { type Body, object, text } from "../body.ts";
import { objectsOf } from "../objects.ts";
import { workflowPath } from "./runs.ts";

/** What starts a workflow by its name. It works with a job's own token too, which starts nothing else. */
export const dispatchRoutes = [
  onRepository("POST /actions/workflows/{workflow_id}/dispatches", { actions: "write" }, async (ask) => {
    const { body, act } = ask;
    const path = await workflowPath(ask);
    const ref = text(body, "ref");
    const given = readInputs(body);
    const found = await refNamed(ask, ref);
    const trigger = await triggerIn(ask, `${found}:${path}`);
    if (trigger === null) throw new Refusal(422, "Workflow does not have 'workflow_dispatch' trigger");
    checkInputs(given, trigger);
    await act("dispatch", { workflow: path, ref: found, inputs: given });
    return noContent;
  }),
  onRepository("POST /dispatches", { contents: "write" }, async (ask) => {
    const { body, hub, who, repository } = ask;
    ask.needRole("write");
    const action = text(body, "event_type");
    if (action.length > 100)
      throw new Refusal(422, "Invalid request.\n\nevent_type is too long (maximum is 100 characters).");
    const payload = object(body, "client_payload") ?? {};
    if (Object.keys(payload).length > 10)
      throw new Refusal(422, "Invalid request.\n\nNo more than 10 properties are allowed.");
    hub.tell({ kind: "repository_dispatch", repository: repository.name, by: who.login, action, payload });
    return noContent;
  }),
];

async function refNamed(ask: RepositoryAsk, ref: string): Promise<string> {
  // Nothing runs on any other ref when somebody asks for it, not even on one that is there.
  const names = /^refs\/(?:heads|tags)\//.test(ref) ? [ref] : [`refs/tags/${ref}`, `refs/heads/${ref}`];
  const found = await ask.look(async ({ refs }) => names.find((name) => refs.get(name) !== undefined));
  if (found === undefined) throw new Refusal(422, `No ref found for: ${ref}`);
  return found;
}

/** All inputs of one dispatch together, in characters. */
const longestInputs = 65_535;

function readInputs(body: Body): Readonly<Record<string, string>> {
  const inputs = object(body, "inputs") ?? {};
  if (Object.keys(inputs).length > 25)
    throw new Refusal(422, "Invalid request.\n\nNo more than 25 properties are allowed.");
  const given = Object.fromEntries(Object.entries(inputs).map(([name, value]) => [name, String(value)]));
  if (JSON.stringify(given).length > longestInputs) throw new Refusal(422, "inputs are too large.");
  return given;
}

interface Input {
  readonly required?: boolean;
  readonly default?: unknown;
  readonly type?: string;
  readonly options?: readonly string[];
}

/** What the file takes, as it is on the ref that is dispatched; null when nobody can start it. */
async function triggerIn(ask: RepositoryAsk, name: string): Promise<Readonly<Record<string, Input>> | null> {
  const found = await objectsOf(ask).find(name);
  if (found === undefined) throw notFound();
  const written: unknown = parse(String(await objectsOf(ask).content(found.id)));
  const on = typeof written === "object" && written !== null && "on" in written ? written.on : undefined;
  if (on === "workflow_dispatch" || (Array.isArray(on) && on.includes("workflow_dispatch"))) return {};
  if (typeof on !== "object" || on === null || !("workflow_dispatch" in on)) return null;
  const about = on.workflow_dispatch as { readonly inputs?: Readonly<Record<string, Input>> } | null;
  return about?.inputs ?? {};
}

function checkInputs(given: Readonly<Record<string, string>>, inputs: Readonly<Record<string, Input>>): void {
  const unknown = Object.keys(given).filter((name) => !(name in inputs));
  if (unknown.length > 0) throw new Refusal(422, `Unexpected inputs provided: ${JSON.stringify(unknown)}`);
  for (const [name, input] of Object.entries(inputs)) {
    const value = given[name];
    if (value === undefined && input?.required === true && input.default === undefined)
      throw new Refusal(422, `Required input '${name}' not provided`);
    if (value !== undefined && input?.type === "choice" && input.options?.includes(value) !== true)
      throw new Refusal(422, `Provided value '${value}' for input '${name}' not in the list of allowed values`);
    if (value !== undefined && input?.type === "boolean" && value !== "true" && value !== "false")
      throw new Refusal(422, `Provided value '${value}' for input '${name}' is not a boolean`);
  }
}
