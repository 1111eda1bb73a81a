import type { StateLockHolder } from "../ports.ts";

/** Who holds Terraform's state lock, since when and for what, as far as the backend tells it. */
export function stateLockText(stack: string, { who, since, operation, id }: StateLockHolder): string {
  const doing = operation === null ? "" : ` for ${operation}`;
  const when = since === null ? "" : ` since ${since}`;
  const name = id === null ? "" : ` (lock ${id})`;
  return `the state of ${stack} is locked by ${who ?? "somebody whom the backend does not name"}${when}${doing}${name}`;
}
