import type { BundleStore } from "../../delivery/ports.ts";
import { type Digest, digestOf, parseDigest, shortDigest } from "../../domain/digest.ts";
import { DeliveryError, InternalError } from "../../domain/errors.ts";
import { planDigestOf, type SignedManifest } from "../../domain/plan.ts";
import { fileOf, manifestFile, parseSigned } from "./folder.ts";

/** A bucket of some cloud, as far as bundles need it. What is there is never replaced. */
export interface Objects {
  /** Does nothing when there is one of that name. */
  create(name: string, content: Uint8Array): Promise<void>;
  /**
   * `undefined` when there is none.
   *
   * @throws ObjectTooLarge when it has more bytes than `most`
   */
  read(name: string, most: number): Promise<Uint8Array | undefined>;
}

export class ObjectTooLarge extends Error {
  override readonly name = "ObjectTooLarge";
}

export interface BucketBundlesOptions {
  readonly objects: Objects;
  /** Before all names; ends with a slash, or is empty. */
  readonly prefix: string;
  /** Hears what is found in the bucket that nobody of us left there. */
  readonly tell: (line: string) => void;
  readonly limits?: BucketLimits;
}

export interface BucketLimits {
  /** Of a manifest with its list of parts. */
  readonly manifest: number;
  readonly part: number;
}

const usual: BucketLimits = { manifest: 16 * 1024 * 1024, part: 512 * 1024 * 1024 };

/** The object that a part lies in, and what it has to be. */
interface KeptPart {
  readonly digest: Digest;
  readonly bytes: number;
}

interface KeptBundle {
  readonly signed: SignedManifest;
  /** By the names that parts have in a folder of bundles. */
  readonly parts: ReadonlyMap<string, KeptPart>;
}

/**
 * Bundles in a bucket: below the plan's digest the manifest, and each part under the digest of what it is. The manifest names
 * its parts and is written last, so a bundle is there when it is whole, and of two that are put at once one is.
 *
 * Nothing in a bucket is believed: what is not as it was left is told and given as it is found, or as nothing where it is too
 * large, so that whoever opens the bundle finds that it was altered.
 */
export function openBucketBundles({ objects, prefix, tell, limits = usual }: BucketBundlesOptions): BundleStore {
  const seen = new Map<Digest, KeptBundle>();
  const find = async (plan: Digest): Promise<KeptBundle | undefined> => {
    const known = seen.get(plan);
    if (known !== undefined) return known;
    const content = await bounded(objects, `${prefix}${hexOf(plan)}/${manifestFile}`, limits.manifest);
    if (content === undefined) return undefined;
    const kept = keptIn(plan, content);
    if (kept.parts.size === 0 && kept.signed.signature === "")
      tell(`bundle ${shortDigest(plan)}: its manifest in the bucket is none of plangate's`);
    seen.set(plan, kept);
    return kept;
  };
  return {
    put: async (plan, signed, parts) => {
      if (planDigestOf(signed.text) !== plan) throw new InternalError(`bundle ${plan} is not named after its manifest`);
      const folder = `${prefix}${hexOf(plan)}`;
      const list = Object.entries(parts).map(
        ([name, content]) => [fileOf(name), { digest: digestOf(content), bytes: content.byteLength }] as const,
      );
      if ((await find(plan)) !== undefined) return;
      for (const content of Object.values(parts)) await objects.create(objectOf(folder, digestOf(content)), content);
      const text = JSON.stringify({ ...signed, parts: Object.fromEntries(list) });
      await objects.create(`${folder}/${manifestFile}`, new TextEncoder().encode(text));
    },
    manifest: async (plan) => (await find(plan))?.signed,
    part: async (plan, name) => {
      const kept = (await find(plan))?.parts.get(fileOf(name));
      if (kept === undefined) return undefined;
      const most = Math.min(kept.bytes, limits.part);
      const content = await bounded(objects, objectOf(`${prefix}${hexOf(plan)}`, kept.digest), most);
      if (content !== undefined && digestOf(content) !== kept.digest)
        tell(`bundle ${shortDigest(plan)}: its part ${JSON.stringify(name)} in the bucket is not what was left there`);
      return content;
    },
  };
}

/** What is larger than it may be is given as nothing, which no one can open. */
async function bounded(objects: Objects, name: string, most: number): Promise<Uint8Array | undefined> {
  try {
    return await objects.read(name, most);
  } catch (error) {
    if (!(error instanceof ObjectTooLarge)) throw error;
    return new Uint8Array();
  }
}

function hexOf(plan: Digest): string {
  if (parseDigest(plan) === undefined) throw new InternalError(`${JSON.stringify(plan)} is no plan digest`);
  return plan.slice("sha256:".length);
}

function objectOf(folder: string, digest: Digest): string {
  return `${folder}/${digest.slice("sha256:".length)}`;
}

/** A manifest that cannot be read is of no plan and of nobody: an empty one. */
function keptIn(plan: Digest, content: Uint8Array): KeptBundle {
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(content);
    return { signed: parseSigned(plan, text), parts: partsIn(text) };
  } catch (error) {
    if (!(error instanceof TypeError || error instanceof DeliveryError)) throw error;
    return { signed: { text: "", signature: "" }, parts: new Map() };
  }
}

function partsIn(text: string): ReadonlyMap<string, KeptPart> {
  const { parts } = JSON.parse(text) as { readonly parts?: unknown };
  const listed = typeof parts === "object" && parts !== null ? Object.entries(parts) : [];
  return new Map(
    listed.flatMap(([file, written]) => {
      const { digest, bytes } = (written ?? {}) as { readonly digest?: unknown; readonly bytes?: unknown };
      const parsed = typeof digest === "string" ? parseDigest(digest) : undefined;
      return parsed !== undefined && typeof bytes === "number" && Number.isSafeInteger(bytes) && bytes >= 0
        ? [[file, { digest: parsed, bytes }] as const]
        : [];
    }),
  );
}
