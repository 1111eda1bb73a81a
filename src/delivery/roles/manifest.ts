import { digestOf, type KeyedDigest, keyedDigestOf } from "../../domain/digest.ts";
import { readLockFile } from "../../domain/lock-file.ts";
import type { BundlePart, PlanManifest, RemoteModule, Tool } from "../../domain/plan.ts";
import type { ReadPlan } from "../../domain/read-plan.ts";
import type { PlanFileContents } from "../ports.ts";
import { backendIdentity } from "./backend-identity.ts";
import { isCredential } from "./credentials.ts";
import type { Presentation } from "./presentation.ts";

/** What present found out about a plan by itself. */
export interface Opened {
  readonly contents: PlanFileContents;
  /** As they were fetched anew. */
  readonly modules: readonly RemoteModule[];
  readonly plain: ReadonlyMap<string, Uint8Array>;
  readonly json: Uint8Array;
  readonly reading: ReadPlan;
}

/** Everything that an approval binds to, none of it taken from whoever planned. */
export function makeManifest(
  { order, inputs, now }: Presentation,
  opened: Opened,
  by: { readonly tool: Tool; readonly keyId: string; readonly secretKey: Uint8Array },
): PlanManifest {
  const variables: Record<string, KeyedDigest> = {};
  for (const [name, value] of Object.entries(order.variables))
    if (!isCredential(name)) variables[name] = keyedDigestOf(by.secretKey, value);
  const parts = [...opened.plain].map(([name, content]) => part(name, content));
  parts.push(part("plan.json", opened.json));
  return {
    version: 1,
    run: order.run,
    stack: order.stack.name,
    environment: order.stack.environment,
    instance: order.stack.instance,
    root: order.stack.root,
    mode: opened.contents.mode,
    commit: order.commit,
    base: order.base,
    tree: order.tree,
    tool: by.tool,
    providers: readLockFile(opened.plain.get(".terraform.lock.hcl")) ?? [],
    modules: opened.modules,
    backend: backendIdentity(opened.contents.backend),
    state: opened.contents.state,
    account: null,
    inputs,
    variables,
    meaning: opened.reading.meaning.digest,
    counts: opened.reading.summary.counts,
    parts: parts.sort((left, right) => (left.name < right.name ? -1 : 1)),
    createdAt: now,
    keyId: by.keyId,
  };
}

function part(name: string, content: Uint8Array): BundlePart {
  return { name, digest: digestOf(content), bytes: content.byteLength };
}
