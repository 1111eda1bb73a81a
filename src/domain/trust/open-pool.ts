import { federate } from "./google-trust.ts";
import { type Probe, probesOf } from "./probes.ts";

/** A provider of a pool, as far as its text tells. */
export interface PoolText {
  /** `google.subject` and `attribute.…`; what is computed is left out. */
  readonly mapping: Readonly<Record<string, string>>;
  /** Null: it has none, and takes every token. */
  readonly condition: string | null;
}

/**
 * Whether the pool takes the token of any repository in the world, whichever identities its members may then become. A
 * condition that cannot be read here is taken to restrict.
 */
export function takesStrangers({ mapping, condition }: PoolText): boolean {
  return strangersFor(condition ?? "").some(({ claims }) => {
    const name = "projects/0/locations/global/workloadIdentityPools/p/providers/p";
    const issuer = "https://issuer.plangate-probe.example";
    const provider = {
      name,
      issuer,
      mapping: { "google.subject": "assertion.sub", ...mapping },
      condition,
      audiences: [],
    };
    return federate(provider, { iss: issuer, aud: `https://iam.googleapis.com/${name}`, ...claims })?.taken === "yes";
  });
}

/** Strangers who have read the condition: refs, environments and called workflows are theirs to name. */
function strangersFor(condition: string): readonly Probe[] {
  const texts = [...condition.matchAll(/'([^'\\]*)'|"([^"\\]*)"/g)].map(([, one, other]) => one ?? other ?? "");
  const ref = texts.find((text) => /^refs\//.test(text));
  const called = texts.find((text) => text.includes("/.github/workflows/"));
  const owner = { owner: "plangate-owner", name: "plangate-repository", ownerId: "47", id: "74" };
  const wishes = {
    ...(ref === undefined ? {} : { ref }),
    ...(called === undefined ? {} : { job_workflow_ref: called }),
  };
  const environments = [undefined, ...texts];
  return environments
    .flatMap((environment) => probesOf(owner, environment === undefined ? wishes : { ...wishes, environment }))
    .filter(({ kind }) => kind === "stranger");
}
