import { InternalError } from "../domain/errors.ts";
import type { Environment, Stack } from "../flow/flow.ts";
import type { Delivery } from "./delivery.ts";

/** What the tool gets to see for a stack: its environment's variables and, in an instance, which one it is. */
export function variablesFor(
  { flow, variables }: Pick<Delivery, "flow" | "variables">,
  { environment: name, instance }: Pick<Stack, "environment" | "instance">,
): Readonly<Record<string, string>> {
  const environment = environmentNamed({ flow }, name);
  return instance === null ? variables(environment) : { ...variables(environment), TF_VAR_instance: instance };
}

export function environmentNamed({ flow }: Pick<Delivery, "flow">, name: string): Environment {
  const environment = flow.environments.find((candidate) => candidate.name === name);
  if (environment === undefined) throw new InternalError(`the flow has a stack in ${name} and no such environment`);
  return environment;
}
