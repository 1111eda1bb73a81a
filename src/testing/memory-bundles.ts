import type { BundleStore } from "../delivery/ports.ts";
import type { Digest } from "../domain/digest.ts";
import { InternalError } from "../domain/errors.ts";
import { planDigestOf, type SignedManifest } from "../domain/plan.ts";

/** Bundles that are forgotten with the test, and otherwise keep the contract (test/contract/bundles.ts). */
export function memoryBundles(): BundleStore {
  const bundles = new Map<
    Digest,
    { readonly signed: SignedManifest; readonly parts: ReadonlyMap<string, Uint8Array> }
  >();
  return {
    put: async (plan, signed, parts) => {
      if (planDigestOf(signed.text) !== plan) throw new InternalError(`bundle ${plan} is not named after its manifest`);
      const kept = new Map(Object.entries(parts).map(([name, content]) => [name, Uint8Array.from(content)]));
      if (!bundles.has(plan)) bundles.set(plan, { signed: { ...signed }, parts: kept });
    },
    manifest: async (plan) => structuredClone(bundles.get(plan)?.signed),
    part: async (plan, name) => structuredClone(bundles.get(plan)?.parts.get(name)),
  };
}
