import { type Digest, digestOf, digestOfJson, type KeyedDigest, keyedDigestOf } from "../../domain/digest.ts";
import { forbiddenProvider, isSameLock, readLockFile } from "../../domain/lock-file.ts";
import type { Instant } from "../../domain/names.ts";
import {
  type BackendIdentity,
  type BundlePart,
  manifestText,
  type PlanManifest,
  planDigestOf,
  type StoredPlan,
  type Tool,
} from "../../domain/plan.ts";
import { type ReadPlan, readPlan } from "../../domain/read-plan.ts";
import type { ReasonCode } from "../../domain/reason.ts";
import type { Flow } from "../../flow/flow.ts";
import type {
  BackendSettings,
  BundleStore,
  Opener,
  PlanFileContents,
  ReadPlanFile,
  Repository,
  RunLogs,
  Sealer,
  Signer,
  Terraform,
  Workdir,
  WorkFolder,
  WorkFolders,
} from "../ports.ts";
import { forbiddenParts } from "./forbidden.ts";
import type { Planned } from "./plan.ts";
import { gitFiles, remoteDifference, remoteModules, snapshotDifference } from "./snapshot.ts";
import type { Order } from "./work.ts";

/** What present has: it opens, compares, renders and signs, and runs none of the change's code. */
export interface PresentRights {
  readonly repository: Pick<Repository, "listTree" | "readBlobs">;
  readonly terraform: Pick<Terraform, "show" | "version">;
  readonly readPlanFile: ReadPlanFile;
  readonly opener: Opener;
  readonly sealer: Sealer;
  readonly signer: Signer;
  /** For digests of secrets. */
  readonly secretKey: Uint8Array;
  readonly bundles: BundleStore;
  readonly folders: WorkFolders;
  readonly logs: RunLogs;
  /** Where the stack's state lives by the flow, found without the change's code. */
  readonly backendOf: (order: Order) => Promise<BackendSettings>;
  /** What the sources of modules outside the repository have, fetched independently of the plan. */
  readonly fetchModules: (order: Order) => Promise<ReturnType<typeof remoteModules>>;
}

/** What present makes of a plan: stored and signed, or refused with a reason. */
export type Presented =
  | {
      readonly kind: "presented";
      readonly stored: StoredPlan;
      readonly reading: ReadPlan;
      /** Files that planning made, which an apply gets too. */
      readonly generated: readonly BundlePart[];
    }
  | { readonly kind: "refused"; readonly code: ReasonCode; readonly sentence: string };

export interface Presentation {
  readonly order: Order;
  readonly flow: Flow;
  readonly inputs: Digest;
  readonly speculative: StoredPlan["speculative"];
  readonly now: Instant;
}

/**
 * Opens what plan sealed and believes none of it: the configuration inside the plan file is compared with Git file by
 * file, the backend with the flow's, providers with the allow-list; the plan is read from the plan file; and only then
 * is the manifest written and signed. What is never signed is never applied.
 */
export async function presentPlan(rights: PresentRights, planned: Planned, about: Presentation): Promise<Presented> {
  const plain = await openParts(rights.opener, planned);
  const planFile = plain.get("tfplan");
  if (planFile === undefined) return refused("plan-missing", `planning ${about.order.stack.name} left no plan file`);
  const contents = await rights.readPlanFile(planFile);
  const problem = await whyNotPresented(rights, contents, plain, about);
  if (problem !== null) return problem;
  const folder = await rights.folders.create(`${about.order.run}-present`);
  try {
    const json = await show(rights, folder, about.order, { planned, plain });
    const parsed = readPlan(json, { key: rights.secretKey, secrets: Object.values(about.order.variables) });
    if (parsed.value === undefined)
      return refused("plan-failed", parsed.diagnostics[0]?.summary ?? "the plan cannot be read");
    const forbidden = forbiddenParts(parsed.value.plan, about.flow);
    if (forbidden !== null) return refused("not-allowed-in-plan", forbidden);
    if (parsed.value.plan.errored === true || parsed.value.plan.complete === false)
      return refused("plan-failed", `the plan of ${about.order.stack.name} is incomplete`);
    return await store(rights, planned, about, { contents, plain, json, reading: parsed.value, planFile });
  } finally {
    await folder.remove();
  }
}

function refused(code: ReasonCode, sentence: string): Presented {
  return { kind: "refused", code, sentence };
}

async function openParts(opener: Opener, planned: Planned): Promise<ReadonlyMap<string, Uint8Array>> {
  const plain = new Map<string, Uint8Array>();
  for (const [name, sealed] of Object.entries(planned.parts)) plain.set(name, await opener.open(sealed));
  return plain;
}

/** What stands against believing the plan file, before any provider is started for it. */
async function whyNotPresented(
  rights: PresentRights,
  contents: PlanFileContents,
  plain: ReadonlyMap<string, Uint8Array>,
  about: Presentation,
): Promise<Presented | null> {
  const { order, flow } = about;
  const git = gitFiles(await rights.repository.listTree(order.tree), rights.repository.readBlobs);
  const difference = await snapshotDifference(contents, git, order.stack.root);
  if (difference !== null)
    return refused(
      "snapshot-differs",
      `the configuration inside the plan file of ${order.stack.name} is not what Git has: ${difference}`,
    );
  const remote = remoteModules(contents);
  if (remote.length > 0) {
    const moved = remoteDifference(remote, await rights.fetchModules(order));
    if (moved !== null) return refused("snapshot-differs", moved);
  }
  const lockFile = plain.get(".terraform.lock.hcl");
  const locked = git.byPath.get(
    order.stack.root === "." ? ".terraform.lock.hcl" : `${order.stack.root}/.terraform.lock.hcl`,
  );
  const inGit = locked === undefined ? undefined : (await rights.repository.readBlobs([locked.blob]))[0];
  if (!isSameLock(lockFile, inGit) || !isSameLock(contents.lockFile ?? undefined, inGit)) {
    return refused(
      "snapshot-differs",
      `the dependency lock file that ${order.stack.name} was planned with is not the one in Git`,
    );
  }
  const forbidden = forbiddenProvider(lockFile, flow.allow.providers);
  if (forbidden !== null) return refused("not-allowed-in-plan", forbidden);
  if (backendIdentity(contents.backend).identity !== backendIdentity(await rights.backendOf(order)).identity) {
    return refused(
      "target-moved",
      `the plan file of ${order.stack.name} writes to another backend than the flow names`,
    );
  }
  return null;
}

/** The tool renders the plan file in a folder that holds nothing of the change; providers are started only by hash of Git's lock file. */
async function show(
  rights: PresentRights,
  folder: WorkFolder,
  order: Order,
  { planned, plain }: { readonly planned: Planned; readonly plain: ReadonlyMap<string, Uint8Array> },
): Promise<Uint8Array> {
  const lockFile = plain.get(".terraform.lock.hcl");
  await folder.write("tfplan", plain.get("tfplan") ?? new Uint8Array());
  if (lockFile !== undefined) await folder.write(".terraform.lock.hcl", lockFile);
  await folder.link(".terraform/providers", `${planned.folder.path}/checkout/${order.stack.root}/.terraform/providers`);
  const workdir: Workdir = {
    checkout: folder.path,
    root: ".",
    env: {},
    log: rights.logs.open(order.run),
    ...(order.signal === undefined ? {} : { signal: order.signal }),
  };
  return rights.terraform.show(workdir, `${folder.path}/tfplan`);
}

interface Opened {
  readonly contents: PlanFileContents;
  readonly plain: ReadonlyMap<string, Uint8Array>;
  readonly json: Uint8Array;
  readonly reading: ReadPlan;
  readonly planFile: Uint8Array;
}

async function store(rights: PresentRights, planned: Planned, about: Presentation, opened: Opened): Promise<Presented> {
  const manifest = makeManifest(rights, about, opened, await rights.terraform.version());
  const text = manifestText(manifest);
  const digest = planDigestOf(text);
  const stored: StoredPlan = { digest, manifest, speculative: about.speculative, shown: [], carriedFrom: null };
  // A plan for looking at is neither signed nor stored, so that nothing can ever apply it.
  if (about.speculative === null) {
    await rights.bundles.put(digest, await rights.signer.sign(text), {
      ...planned.parts,
      "plan.json": await rights.sealer.seal(opened.json),
    });
  }
  return {
    kind: "presented",
    stored,
    reading: opened.reading,
    generated: manifest.parts.filter((part) => part.name.startsWith("files/")),
  };
}

function makeManifest(
  rights: PresentRights,
  { order, inputs, now }: Presentation,
  opened: Opened,
  tool: Tool,
): PlanManifest {
  const variables: Record<string, KeyedDigest> = {};
  for (const [name, value] of Object.entries(order.variables)) variables[name] = keyedDigestOf(rights.secretKey, value);
  const parts = [...opened.plain].map(([name, content]) => part(name, content));
  parts.push(part("plan.json", opened.json));
  return {
    version: 1,
    run: order.run,
    stack: order.stack.name,
    environment: order.stack.environment,
    instance: null,
    root: order.stack.root,
    mode: order.mode,
    commit: order.commit,
    base: order.base,
    tree: order.tree,
    tool,
    providers: readLockFile(opened.plain.get(".terraform.lock.hcl")) ?? [],
    modules: remoteModules(opened.contents),
    backend: backendIdentity(opened.contents.backend),
    state: opened.contents.state,
    account: null,
    inputs,
    variables,
    meaning: opened.reading.meaning.digest,
    counts: opened.reading.summary.counts,
    parts: parts.sort((left, right) => (left.name < right.name ? -1 : 1)),
    createdAt: now,
    keyId: rights.signer.keyId,
  };
}

function part(name: string, content: Uint8Array): BundlePart {
  return { name, digest: digestOf(content), bytes: content.byteLength };
}

/** Names of backend settings that are credentials: they change without the state moving, and must not be digested. */
const credentials =
  /password|secret|token|access_key|session|credentials|_key$|^conn_str$|sas_|client_certificate|client_private/i;

/** Where a state lives, told apart from how one gets there. */
export function backendIdentity(backend: BackendSettings): BackendIdentity {
  const settings = Object.fromEntries(
    Object.entries(backend.settings).filter(
      ([name, value]) =>
        value !== null &&
        value !== "" &&
        value !== false &&
        !(Array.isArray(value) && value.length === 0) &&
        !credentials.test(name),
    ),
  );
  const { type, workspace } = backend;
  return { type, workspace, identity: digestOfJson({ type, workspace, settings }) };
}
