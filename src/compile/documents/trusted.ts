import type { Flow } from "../../flow/index.ts";
import type { CompileAbout } from "../compiled-file.ts";
import { awsHomes, gcpHomes } from "../trust/places.ts";
import { identitiesOf } from "../trust/wanted.ts";

/** The environments whose identities in a cloud are compiled. */
export function trustedEnvironments(flow: Flow, about: CompileAbout): ReadonlySet<string> {
  if (flow.repository === null) return new Set();
  const identities = identitiesOf(flow, about);
  return new Set([...awsHomes(flow, identities), ...gcpHomes(flow, identities)].map(({ environment }) => environment));
}
