import { DeliveryError, InternalError } from "../../domain/errors.ts";
import type { Flow } from "../../flow/flow.ts";
import type { Forge, Outcome, RepositoryState, View } from "./forge/index.ts";

/** Whose eyes and hands on the forge plangate has. */
export interface PortAbout {
  readonly forge: Forge;
  /** `owner/name` */
  readonly repository: string;
  readonly flow: Flow;
  /** The login of plangate's app; it needs write access. */
  readonly bot: string;
}

export function repositoryState({ forge, repository }: Pick<PortAbout, "forge" | "repository">): View<RepositoryState> {
  const found = forge.state.repositories.find(({ name }) => name === repository);
  if (found === undefined) throw new InternalError(`there is no repository ${repository}`);
  return found;
}

/** The value of an act of plangate's own; the forge's refusal is an error there. */
export function done<Value>(outcome: Outcome<Value>, what: string): Value {
  if (outcome.ok) return outcome.value;
  const { status, message } = outcome.blocked;
  throw new DeliveryError({
    code: "forge-refused",
    message: `${what}: ${message}`,
    reaction: "stop",
    detail: `The forge answered ${status}.`,
  });
}
