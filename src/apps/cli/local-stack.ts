import { nearestName } from "../../domain/diagnostic.ts";
import { InputError } from "../../domain/errors.ts";
import { parseStackName, type StackName, type TreeSha } from "../../domain/names.ts";
import { instanceOf, placeOf, type Stack, templateName } from "../../flow/index.ts";
import type { Local } from "./open-local.ts";

/** A stack that a person named, with what the flow says of it where they are. */
export interface NamedStack {
  readonly name: StackName;
  readonly stack: Stack;
}

/**
 * The stack that was named, known to exist at the commit that is checked out, or on disk; else an error with the nearest
 * name. An environment per pull request has no stack of its own: its instances have, and one of those is named.
 */
export async function stackCalled(local: Local, written: unknown): Promise<NamedStack> {
  const { flow } = local;
  const { configuration, repository } = local.embedded.delivery;
  const tree: TreeSha = local.dirtyTree ?? (await repository.treeOf(local.commit));
  const stacks = await configuration.stacks(tree);
  const text = String(written);
  const name = parseStackName(text);
  const place = name === undefined ? undefined : placeOf(flow, name);
  const template = name === undefined ? undefined : stacks.get(templateName(flow, name));
  if (name !== undefined && place !== undefined && template !== undefined)
    return { name, stack: place.instance === null ? template : instanceOf(template, Number(place.instance)) };
  const perPullRequest = flow.environments.find(
    ({ name: of, perPullRequest: per }) => per && text.startsWith(`${of}/`),
  );
  if (perPullRequest !== undefined) {
    const instance = text.replace(`${perPullRequest.name}/`, `${perPullRequest.name}-12/`);
    throw unknown(text, `There is one for each pull request: name the one that is meant, such as ${instance}.`);
  }
  const nearest = nearestName(text, stacks.keys());
  const all = [...stacks.keys()].slice(0, 10).join(", ");
  throw unknown(
    text,
    nearest === undefined
      ? `There are: ${all || "none; see `stacks` in the flow file"}.`
      : `Did you mean "${nearest}"?`,
  );
}

function unknown(written: string, hint: string): InputError {
  const summary = `The stack "${written}" does not exist.`;
  return new InputError([{ severity: "error", code: "unknown-stack", summary, hint }]);
}
