import type { ArtifactFiles, UnpackedArtifact } from "../../delivery/ports/artifacts.ts";
import type { BundleStore, SignatureCheck } from "../../delivery/ports.ts";
import { type Digest, digestOf, parseDigest, shortDigest } from "../../domain/digest.ts";
import { DeliveryError } from "../../domain/errors.ts";
import type { SignedManifest } from "../../domain/plan.ts";
import { fileOf, manifestFile, openBundleFolder, parseSigned } from "./folder.ts";

export interface ArtifactBundlesOptions {
  /** Where this job leaves its bundles: the whole folder is uploaded as one artifact. */
  readonly out: string;
  /** Where bundles are put that were taken from artifacts; for this job alone. */
  readonly taken: string;
  readonly artifacts: ArtifactFiles;
  /** The artifact that a plan's bundle was uploaded as, as the record says; `undefined` when it does not know. */
  readonly artifactOf: (plan: Digest) => Promise<string | undefined>;
  readonly signatures: SignatureCheck;
  /** Hears why a bundle that was found is not taken. */
  readonly tell: (line: string) => void;
}

/**
 * Bundles that jobs hand to one another through artifacts. What is put lies in a folder of its own, called after the plan's
 * digest. What another job put is looked for in the artifact that the record names, in that artifact's own run, so that no
 * other run can offer one of the same name; a bundle counts when its manifest is signed and has its parts beside it. Whether
 * those are the parts that were signed shows when they are opened.
 */
export function openArtifactBundles(options: ArtifactBundlesOptions): BundleStore {
  const own = openBundleFolder(options.out);
  const taken = openBundleFolder(options.taken);
  const taking = new Map<string, Promise<void>>();

  /** Once for each artifact, whichever of its bundles is asked for. */
  const take = (artifact: string): Promise<void> => {
    const begun = taking.get(artifact) ?? takeBundles(options, taken, artifact);
    taking.set(artifact, begun);
    begun.catch(() => taking.delete(artifact));
    return begun;
  };
  const storeOf = async (plan: Digest): Promise<BundleStore> => {
    if ((await own.manifest(plan)) !== undefined) return own;
    if ((await taken.manifest(plan)) !== undefined) return taken;
    const artifact = await options.artifactOf(plan);
    if (artifact === undefined) options.tell(`bundle ${shortDigest(plan)}: the record names no artifact that it is in`);
    else await take(artifact);
    return taken;
  };
  return {
    put: own.put,
    manifest: async (plan) => (await storeOf(plan)).manifest(plan),
    part: async (plan, name) => (await storeOf(plan)).part(plan, name),
  };
}

/** The run that an artifact of bundles is called after. */
function runOf(artifact: string): number | undefined {
  const [, run] = /^plangate-bundles-(\d{1,15})-\d{1,6}-[A-Za-z0-9._-]+$/.exec(artifact) ?? [];
  return run === undefined ? undefined : Number(run);
}

/** Behind the name may stand the job that people started. */
function isCalled(name: string, artifact: string): boolean {
  return name === artifact || name.startsWith(`${artifact}-`);
}

/** The first whole bundle of a plan stays; others of the same plan are told when they are not whole. */
async function takeBundles(options: ArtifactBundlesOptions, taken: BundleStore, artifact: string): Promise<void> {
  const run = runOf(artifact);
  if (run === undefined) return options.tell(`${JSON.stringify(artifact)} is not called like an artifact of bundles`);
  for await (const unpacked of options.artifacts.of(run, (name) => isCalled(name, artifact))) {
    for (const [plan, files] of bundlesIn(unpacked)) {
      const bundle = await wholeBundle(plan, files, options.signatures);
      if ("why" in bundle)
        options.tell(`bundle ${shortDigest(plan)} in artifact ${artifact} is not taken: ${bundle.why}`);
      else await taken.put(plan, bundle.signed, bundle.parts);
    }
  }
}

/** The files of each bundle, by their names in its folder; what else an artifact holds is not looked at. */
function bundlesIn({ files }: UnpackedArtifact): ReadonlyMap<Digest, ReadonlyMap<string, Uint8Array>> {
  const bundles = new Map<Digest, Map<string, Uint8Array>>();
  for (const [path, content] of files) {
    const [folder = "", file = "", ...more] = path.split("/");
    const plan = parseDigest(`sha256:${folder}`);
    if (plan === undefined || file === "" || more.length > 0) continue;
    bundles.set(plan, (bundles.get(plan) ?? new Map()).set(file, content));
  }
  return bundles;
}

interface WholeBundle {
  readonly signed: SignedManifest;
  readonly parts: Readonly<Record<string, Uint8Array>>;
}

async function wholeBundle(
  plan: Digest,
  files: ReadonlyMap<string, Uint8Array>,
  signatures: SignatureCheck,
): Promise<WholeBundle | { readonly why: string }> {
  const signed = signedIn(plan, files.get(manifestFile));
  if (signed === undefined) return { why: "its manifest is missing or cannot be read" };
  if (digestOf(signed.text) !== plan) return { why: "its manifest is of another plan" };
  const named = namedIn(signed.text);
  if (named === undefined) return { why: "its manifest cannot be read" };
  if (!(await signatures.verify(signed, named.keyId))) return { why: "its signature is not of a key that is trusted" };
  const parts = named.parts.map((name) => [name, files.get(fileOf(name))] as const);
  const missing = parts.find(([, content]) => content === undefined);
  if (missing !== undefined) return { why: `its part ${JSON.stringify(missing[0])} is missing` };
  return { signed, parts: Object.fromEntries(parts as readonly (readonly [string, Uint8Array])[]) };
}

function signedIn(plan: Digest, content: Uint8Array | undefined): SignedManifest | undefined {
  if (content === undefined) return undefined;
  try {
    return parseSigned(plan, new TextDecoder("utf-8", { fatal: true }).decode(content));
  } catch (error) {
    if (error instanceof TypeError || error instanceof DeliveryError) return undefined;
    throw error;
  }
}

/** What is needed of a manifest to tell whether its bundle is whole; all of it is judged when the bundle is opened. */
function namedIn(text: string): { readonly keyId: string; readonly parts: readonly string[] } | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  const { keyId, parts } = (value ?? {}) as { readonly keyId?: unknown; readonly parts?: unknown };
  if (typeof keyId !== "string" || !Array.isArray(parts)) return undefined;
  const names = parts.map((part) => (part as { readonly name?: unknown } | null)?.name);
  return names.every((name) => typeof name === "string" && name.isWellFormed())
    ? { keyId, parts: names as string[] }
    : undefined;
}
