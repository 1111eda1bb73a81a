import { canonicalJson, type Digest, digestOf } from "../../domain/digest.ts";
import { DeliveryError } from "../../domain/errors.ts";
import type { BundleFinding } from "../../domain/event.ts";
import type { RunId, TreeSha } from "../../domain/names.ts";
import { manifestText, type PlanManifest, planDigestOf } from "../../domain/plan.ts";
import type {
  ApplyOutcome,
  BundleStore,
  Opener,
  ReadPlanFile,
  Repository,
  RunLogs,
  SignatureCheck,
  Terraform,
  Workdir,
  WorkFolders,
} from "../ports.ts";
import { backendIdentity } from "./backend-identity.ts";
import { forbiddenGenerated, generatedName } from "./generated.ts";
import { areAsPresented, gitFiles, remoteModules, snapshotDifference } from "./snapshot.ts";
import type { Order } from "./work.ts";

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
  /** Keeps a state that the tool could not write to its backend; says where. */
  readonly salvage: (run: RunId, state: Uint8Array) => Promise<string>;
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

/** What an apply tells while it works: each is durable before the next step. */
export interface ApplySteps {
  /** Before anything is started; nothing was touched if this throws. */
  readonly starting: () => Promise<void>;
  readonly spawned: (pid: number) => Promise<void>;
}

export type ApplyResult = ApplyOutcome | { readonly kind: "refused"; readonly finding: BundleFinding };

/**
 * Applies a stored plan byte for byte: opens the bundle again, checks it again, sets a clean checkout up from scratch,
 * and starts the tool once. Never tried a second time, whatever happens.
 */
export async function applyPlan(
  rights: ApplyRights,
  order: Order,
  plan: Digest,
  steps: ApplySteps,
): Promise<ApplyResult> {
  const opened = await openBundle(rights, plan, order.tree);
  if ("code" in opened) return { kind: "refused", finding: opened };
  const folder = await rights.folders.create(`${order.run}-apply`);
  try {
    const checkout = `${folder.path}/checkout`;
    await rights.repository.checkout(order.tree, checkout);
    const root = order.stack.root === "." ? "checkout" : `checkout/${order.stack.root}`;
    for (const [part, content] of opened.parts) {
      const name = generatedName(part);
      if (name !== undefined) await folder.write(`${root}/${name}`, content);
    }
    await folder.write("tfplan", opened.parts.get("tfplan") ?? new Uint8Array());
    const workdir: Workdir = {
      checkout,
      root: order.stack.root,
      env: order.variables,
      log: rights.logs.open(order.run),
      ...(order.signal === undefined ? {} : { signal: order.signal }),
    };
    const backend = await rights.terraform.init(workdir, { backend: order.stack.backend, reuse: null });
    const finding =
      targetFinding(opened.manifest, plan, backendIdentity(backend).identity, order) ??
      (await movedModules(rights, workdir, opened.manifest, plan));
    if (finding !== null) return { kind: "refused", finding };
    const tool = await rights.terraform.version();
    if (canonicalJson(tool) !== canonicalJson(opened.manifest.tool)) {
      return {
        kind: "refused",
        finding: {
          plan,
          code: "tool-moved",
          sentence: `the plan was made with ${opened.manifest.tool.name} ${opened.manifest.tool.version}; here is ${tool.name} ${tool.version}`,
        },
      };
    }
    await steps.starting();
    const outcome = await rights.terraform.apply(workdir, `${folder.path}/tfplan`, steps.spawned);
    return await salvaged(rights, outcome, order, await folder.read(`${root}/errored.tfstate`));
  } finally {
    await folder.remove();
  }
}

/** The state of an apply whose last write failed is all that knows of what it made: it outlives the checkout. */
async function salvaged(
  rights: ApplyRights,
  outcome: ApplyOutcome,
  order: Order,
  state: Uint8Array | undefined,
): Promise<ApplyOutcome> {
  if (outcome.kind !== "failed" || state === undefined) return outcome;
  const place = await rights.salvage(order.run, state);
  return {
    ...outcome,
    unsavedState: place,
    summary: `${outcome.summary}. The state could not be written to its backend and is kept in ${place}: put it back with \`state push\` before anything else`,
  };
}

/** The configuration comes from the plan file; what it reads beside itself comes from what init fetched just now. */
async function movedModules(
  rights: ApplyRights,
  workdir: Workdir,
  { modules }: PlanManifest,
  plan: Digest,
): Promise<BundleFinding | null> {
  if (modules.length === 0) return null;
  const fetched = remoteModules(await rights.terraform.fetchModules(workdir));
  if (canonicalJson(fetched) === canonicalJson(modules)) return null;
  const sentence = "a module from outside the repository is not what it was when the plan was presented";
  return { plan, code: "snapshot-differs", sentence };
}

function targetFinding(manifest: PlanManifest, plan: Digest, backend: Digest, order: Order): BundleFinding | null {
  if (manifest.stack !== order.stack.name)
    return { plan, code: "target-moved", sentence: `the plan is of ${manifest.stack}, not of ${order.stack.name}` };
  if (manifest.root !== order.stack.root)
    return {
      plan,
      code: "target-moved",
      sentence: `the plan is of the root module ${manifest.root}, not of ${order.stack.root}`,
    };
  if (backend !== manifest.backend.identity)
    return {
      plan,
      code: "target-moved",
      sentence: `the plan writes to another backend than ${order.stack.name} has now`,
    };
  return null;
}
