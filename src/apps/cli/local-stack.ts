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
  throw unknown(text, meantStack(text, [...stacks.keys()]));
}

/** What helps somebody who named a stack that is not there: the nearest name, those of that name, or what there is. */
export function meantStack(text: string, stacks: readonly string[]): string {
  const nearest = nearestName(text, stacks);
  if (nearest !== undefined) return `Did you mean "${nearest}"?`;
  const namesakes = stacks.filter((stack) => stack.slice(stack.indexOf("/") + 1) === text);
  if (namesakes.length > 0) return `A stack is named with its environment: ${namesakes.slice(0, 10).join(", ")}.`;
  if (stacks.length === 0) return "There are none; see `stacks` in the flow file.";
  const more = stacks.length > 10 ? `, and ${stacks.length - 10} more; \`plangate check --json\` lists them` : "";
  return `There are: ${stacks.slice(0, 10).join(", ")}${more}.`;
}

function unknown(written: string, hint: string): InputError {
  const summary = `The stack "${written}" does not exist.`;
  return new InputError([{ severity: "error", code: "unknown-stack", summary, hint }]);
}
