import type { Digest } from "../../domain/digest.ts";
import { digestOf } from "../../domain/digest.ts";
import { DeliveryError } from "../../domain/errors.ts";
import type { BundleFinding } from "../../domain/event.ts";
import type { TreeSha } from "../../domain/names.ts";
import { manifestText, type PlanManifest, planDigestOf } from "../../domain/plan.ts";
import type { Salvage } from "../ports/salvage.ts";
import type {
  BundleStore,
  Opener,
  ReadPlanFile,
  Repository,
  RunLogs,
  SignatureCheck,
  Terraform,
  WorkFolders,
} from "../ports.ts";
import { backendIdentity } from "./backend-identity.ts";
import { forbiddenGenerated } from "./generated.ts";
import { areAsPresented, gitFiles, snapshotDifference } from "./snapshot.ts";

/** What apply has: it opens bundles and checks signatures, can make none, and is the only one with the apply identity. */
export interface ApplyRights {
  readonly repository: Pick<Repository, "checkout" | "listTree" | "readBlobs">;
  readonly terraform: Terraform;
  readonly readPlanFile: ReadPlanFile;
  readonly opener: Opener;
  readonly signatures: SignatureCheck;
  readonly bundles: BundleStore;
  readonly folders: WorkFolders;
  readonly logs: RunLogs;
  readonly salvage: Salvage;
}

/** A bundle whose every part was found to be what its signed manifest says. */
export interface OpenedBundle {
  readonly manifest: PlanManifest;
  readonly parts: ReadonlyMap<string, Uint8Array>;
}

/**
 * Looks at a stored bundle as an apply of `tree` would: signature, digests of every part, the configuration inside the
 * plan file against Git. What it returns is whole; a finding says what is not.
 */
export async function openBundle(
  rights: ApplyRights,
  plan: Digest,
  tree: TreeSha,
): Promise<OpenedBundle | BundleFinding> {
  const signed = await rights.bundles.manifest(plan);
  if (signed === undefined) return { plan, code: "bundle-missing", sentence: "the stored plan bundle is not there" };
  if (planDigestOf(signed.text) !== plan) return altered(plan, "its manifest is not the one that was approved");
  const manifest = parseManifest(signed.text);
  if (manifest === undefined) return altered(plan, "its manifest cannot be read");
  if (!(await rights.signatures.verify(signed, manifest.keyId))) {
    return {
      plan,
      code: "bundle-unsigned",
      sentence: "the plan bundle's manifest carries no signature that this store trusts",
    };
  }
  const parts = await openParts(rights, plan, manifest);
  if ("code" in parts) return parts;
  const difference = await configurationDifference(rights, manifest, parts, tree);
  return difference === null ? { manifest, parts } : { plan, code: "snapshot-differs", sentence: difference };
}

function altered(plan: Digest, how: string): BundleFinding {
  return { plan, code: "bundle-altered", sentence: `the plan bundle was altered: ${how}` };
}

/** Exactly the text that was signed, or nothing: a manifest with other members is of another version. */
function parseManifest(text: string): PlanManifest | undefined {
  const manifest = JSON.parse(text) as PlanManifest;
  return manifest.version === 1 && manifestText(manifest) === text ? manifest : undefined;
}

async function openParts(
  rights: ApplyRights,
  plan: Digest,
  manifest: PlanManifest,
): Promise<ReadonlyMap<string, Uint8Array> | BundleFinding> {
  const parts = new Map<string, Uint8Array>();
  for (const part of manifest.parts) {
    const sealed = await rights.bundles.part(plan, part.name);
    if (sealed === undefined)
      return { plan, code: "bundle-missing", sentence: `the part ${part.name} of the plan bundle is not there` };
    const plain = await openPart(rights.opener, sealed);
    if (plain === undefined || digestOf(plain) !== part.digest)
      return altered(plan, `${part.name} is not what its manifest says`);
    parts.set(part.name, plain);
  }
  return parts;
}

async function openPart(opener: Opener, sealed: Uint8Array): Promise<Uint8Array | undefined> {
  try {
    return await opener.open(sealed);
  } catch (error) {
    if (error instanceof DeliveryError && error.code === "bundle-altered") return undefined;
    throw error;
  }
}

async function configurationDifference(
  rights: ApplyRights,
  manifest: PlanManifest,
  parts: ReadonlyMap<string, Uint8Array>,
  tree: TreeSha,
): Promise<string | null> {
  const planFile = parts.get("tfplan");
  if (planFile === undefined) return "the bundle holds no plan file";
  const contents = await rights.readPlanFile(planFile);
  const git = gitFiles(await rights.repository.listTree(tree), rights.repository.readBlobs);
  const difference = await snapshotDifference(contents, git, { root: manifest.root, tool: manifest.tool.name });
  if (difference !== null) return `the configuration inside the plan file is not what Git has: ${difference}`;
  if (!areAsPresented(contents.modules, manifest.modules))
    return "a module inside the plan file is not the one that was presented";
  const generated = forbiddenGenerated(manifest.parts, git, manifest.root);
  if (generated !== null) return generated;
  if (backendIdentity(contents.backend).identity !== manifest.backend.identity)
    return "the plan file writes to another backend than was presented";
  return null;
}
