import { environmentOf, type StackName, stackBaseName } from "../domain/names.ts";
import type { Environment, Flow, Stack } from "./flow.ts";
import { fill } from "./templates.ts";

/** Where a stack is: its environment in the flow, and which instance of it. */
export interface StackPlace {
  readonly environment: Environment;
  /** The number of the pull request, for an environment that there is one of for each; else null. */
  readonly instance: string | null;
}

/** Finds the place that a stack's name tells: `ephemeral-12/app` is in instance 12 of `ephemeral`. */
export function placeOf(flow: Flow, stack: StackName): StackPlace | undefined {
  const name = environmentOf(stack);
  const shared = flow.environments.find((environment) => environment.name === name && !environment.perPullRequest);
  if (shared !== undefined) return { environment: shared, instance: null };
  const [, of, instance] = /^(.+)-(\d+)$/.exec(name) ?? [];
  const environment = flow.environments.find((candidate) => candidate.name === of && candidate.perPullRequest);
  return environment === undefined || instance === undefined ? undefined : { environment, instance };
}

/** The name of a stack in an instance: `ephemeral/app` and 12 give `ephemeral-12/app`. */
export function instanceName(stack: StackName, pullRequest: number): StackName {
  return `${environmentOf(stack)}-${pullRequest}/${stackBaseName(stack)}` as StackName;
}

/**
 * The stack of one pull request's instance, from what `stacksIn` gives for its environment: with a name and a state of
 * its own. `{instance}` in its backend is `12/`, and nothing in an environment that all share.
 */
export function instanceOf(stack: Stack, pullRequest: number): Stack {
  return {
    ...stack,
    name: instanceName(stack.name, pullRequest),
    instance: String(pullRequest),
    backend: stack.backend.map((setting) => fill(setting, { instance: `${pullRequest}/` })),
  };
}

/** What an instance's stack was made from: `ephemeral/app` for `ephemeral-12/app`; any other stack itself. */
export function templateName(flow: Flow, stack: StackName): StackName {
  const place = placeOf(flow, stack);
  return place === undefined || place.instance === null
    ? stack
    : (`${place.environment.name}/${stackBaseName(stack)}` as StackName);
}
