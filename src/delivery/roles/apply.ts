import { canonicalJson, type Digest } from "../../domain/digest.ts";
import type { BundleFinding } from "../../domain/event.ts";
import type { PlanManifest } from "../../domain/plan.ts";
import { parsePlanJson } from "../../domain/plan-json.ts";
import { makeRedactor, sensitiveValuesOf } from "../../domain/redaction.ts";
import type { ApplyOutcome, Workdir } from "../ports.ts";
import { backendIdentity } from "./backend-identity.ts";
import { generatedName } from "./generated.ts";
import { type ApplyRights, openBundle } from "./open-bundle.ts";
import { remoteModules } from "./snapshot.ts";
import { salvageState } from "./unsaved-state.ts";
import type { Order } from "./work.ts";

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
    const log = rights.logs.open(order.run);
    const redact = redactorOf(opened.parts.get("plan.json"));
    await folder.write("tfplan", opened.parts.get("tfplan") ?? new Uint8Array());
    const workdir: Workdir = {
      checkout,
      root: order.stack.root,
      env: order.variables,
      log: { write: (text) => log.write(redact(text)) },
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
    if (outcome.kind !== "failed") return outcome;
    const told = redactedOutcome(outcome, redact);
    const unsaved = `${root}/errored.tfstate`;
    const state = await folder.read(unsaved);
    if (state === undefined) return told;
    return await salvageState(rights, told, { run: order.run, workdir, state, file: `${folder.path}/${unsaved}` });
  } finally {
    await folder.remove();
  }
}

/** The tool hides what it knows to be sensitive, and not where a provider copied it. */
function redactedOutcome(
  { errors = [], ...outcome }: ApplyOutcome & { readonly kind: "failed" },
  redact: (text: string) => string,
): ApplyOutcome & { readonly kind: "failed" } {
  const redacted = errors.map((error) => ({
    ...error,
    summary: redact(error.summary),
    address: error.address === null ? null : redact(error.address),
    detail: redact(error.detail),
  }));
  return { ...outcome, summary: redact(outcome.summary), errors: redacted };
}

/** Takes out what the plan marks sensitive: the tool prints it where a provider copied it to an attribute that is not. */
function redactorOf(planJson: Uint8Array | undefined): (text: string) => string {
  const plan = planJson === undefined ? undefined : parsePlanJson(planJson).value;
  return plan === undefined ? (text) => text : makeRedactor({ values: sensitiveValuesOf(plan) });
}

/** The configuration comes from the plan file; what it reads beside itself comes from what init fetched just now. */
async function movedModules(
  rights: ApplyRights,
  workdir: Workdir,
  { modules }: PlanManifest,
  plan: Digest,
): Promise<BundleFinding | null> {
  if (modules.length === 0) return null;
  const fetched = remoteModules(await rights.terraform.fetchModules(workdir, { anew: false }));
  if (canonicalJson(fetched) === canonicalJson(modules)) return null;
  const sentence = "a module from outside the repository is not what it was when the plan was presented";
  return { plan, code: "snapshot-differs", sentence };
}

function targetFinding(manifest: PlanManifest, plan: Digest, backend: Digest, order: Order): BundleFinding | null {
  if (manifest.mode !== order.mode)
    return { plan, code: "target-moved", sentence: `the plan is of the mode ${manifest.mode}, not ${order.mode}` };
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
