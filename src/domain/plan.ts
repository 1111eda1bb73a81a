import { canonicalJson, type Digest, digestOf, type KeyedDigest } from "./digest.ts";
import type { CommitSha, Instant, RunId, StackName, TreeSha } from "./names.ts";

/** As Terraform says it: `refresh-only` changes the state and no real object. */
export type PlanMode = "normal" | "destroy" | "refresh-only";

/** Which program made the plan. Plan files of the two are not interchangeable, nor are those of two versions. */
export interface Tool {
  readonly name: "terraform" | "opentofu";
  readonly version: string;
}

/** A provider as the dependency lock file pins it. */
export interface ProviderPin {
  /** `registry.terraform.io/hashicorp/aws` */
  readonly address: string;
  readonly version: string;
  readonly hashes: readonly string[];
}

/** `lineage` tells whether two serials can be compared; both are absent as long as no state was written. */
export interface StateVersion {
  readonly lineage: string | null;
  readonly serial: number;
}

/** Where a stack's state lives. `identity` digests type, workspace and settings without credentials. */
export interface BackendIdentity {
  readonly type: string;
  readonly workspace: string;
  readonly identity: Digest;
}

/** A part of a bundle; the digest is of its plain bytes, before sealing. */
export interface BundlePart {
  /** `tfplan`, `plan.json`, `.terraform.lock.hcl`, or `files/<path under the root module>` */
  readonly name: string;
  readonly digest: Digest;
  readonly bytes: number;
}

/** A module that is not in the repository. */
export interface RemoteModule {
  readonly key: string;
  readonly source: string;
  readonly version: string | null;
  /** Where it lies below the root module once it is fetched. */
  readonly dir: string;
  /** Of the configuration that Terraform read of it. */
  readonly files: Digest;
  /** Of all that came with it: its configuration may read and run whatever lies beside it. */
  readonly content: Digest;
}

/** How many resources a plan touches, by what happens to them. A replacement counts only as `replace`. */
export interface PlanCounts {
  readonly add: number;
  readonly change: number;
  readonly destroy: number;
  readonly replace: number;
  readonly import: number;
  readonly move: number;
  readonly forget: number;
}

/**
 * Everything an approval binds to. Written and signed by present, which recomputes each field from the plan file
 * and from Git instead of believing whoever planned. Its digest is the plan digest.
 */
export interface PlanManifest {
  readonly version: 1;
  readonly run: RunId;
  readonly stack: StackName;
  readonly environment: string;
  /** For an environment per pull request: which one. */
  readonly instance: string | null;
  /** The root module's folder, from the repository's top. */
  readonly root: string;
  readonly mode: PlanMode;
  /** The commit that was planned; for a pull request its head. */
  readonly commit: CommitSha;
  /** What the head was merged with to get the tree, when it was. */
  readonly base: CommitSha | null;
  /** The content that was planned: what would be there after the merge. */
  readonly tree: TreeSha;
  readonly tool: Tool;
  readonly providers: readonly ProviderPin[];
  readonly modules: readonly RemoteModule[];
  readonly backend: BackendIdentity;
  readonly state: StateVersion;
  /** The cloud account that the plan identity reported, when there is one. */
  readonly account: string | null;
  readonly inputs: Digest;
  /** The environment's variables that the plan saw: names, and values as keyed digests. */
  readonly variables: Readonly<Record<string, KeyedDigest>>;
  readonly meaning: Digest;
  readonly counts: PlanCounts;
  readonly parts: readonly BundlePart[];
  readonly createdAt: Instant;
  /** Which key signed it. */
  readonly keyId: string;
}

export interface SignedManifest {
  /** The canonical JSON of the manifest: the very bytes that were digested and signed. */
  readonly text: string;
  /** Ed25519 over `text`, base64. */
  readonly signature: string;
}

/** The text that is digested and signed. */
export function manifestText(manifest: PlanManifest): string {
  return canonicalJson(manifest);
}

/** The plan digest: SHA-256 of the manifest, which holds the SHA-256 of every part. */
export function planDigestOf(manifestText: string): Digest {
  return digestOf(manifestText);
}

/** When a plan was in front of people: from `at` until something else took its place. An edited comment replaces what people saw. */
export interface Shown {
  readonly digest: Digest;
  readonly at: Instant;
  readonly until: Instant | null;
}

/** A stored plan, as the store and the engine know it. */
export interface StoredPlan {
  readonly digest: Digest;
  readonly manifest: PlanManifest;
  /** Set when it may never be applied, with the reason. */
  readonly speculative: "dirty-checkout" | "trusted-path" | "fork" | "local" | null;
  /** This plan's own showing first, then those of plans whose approval it carries. */
  readonly shown: readonly Shown[];
  /** The plan whose approvals count for this one too, since inputs and meaning are equal. */
  readonly carriedFrom: Digest | null;
}

/** Fields of two manifests that must be equal before an approval may be carried over, with the word for each. */
const neverCarried = [
  ["stack", "stack"],
  ["environment", "environment"],
  ["instance", "instance"],
  ["root", "root module"],
  ["mode", "plan mode"],
  ["tool", "tool version"],
  ["providers", "provider versions"],
  ["modules", "remote modules"],
  ["backend", "backend"],
  ["account", "cloud account"],
  ["inputs", "inputs digest"],
  ["variables", "environment's variables"],
] as const satisfies readonly (readonly [keyof PlanManifest, string])[];

/**
 * Whether approvals of `approved` count for `fresh`: made from the same inputs, with the same tool, against the same
 * state lineage, and meaning the same. Returns the words for what differs; empty means they carry over.
 *
 * A state that did not exist when the first plan was made may have got its lineage meanwhile; that is a move of the
 * lineage all the same, and is not carried.
 */
export function carryOverObstacles(approved: PlanManifest, fresh: PlanManifest): readonly string[] {
  const obstacles: string[] = [];
  for (const [field, word] of neverCarried) {
    if (canonicalJson(approved[field]) !== canonicalJson(fresh[field])) obstacles.push(word);
  }
  if (approved.state.lineage !== fresh.state.lineage) obstacles.push("state lineage");
  if (approved.meaning !== fresh.meaning) obstacles.push("plan meaning");
  return obstacles;
}
