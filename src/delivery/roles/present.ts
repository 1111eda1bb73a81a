import { unexpectedVariables } from "../../domain/expectation.ts";
import { manifestText, planDigestOf, type StoredPlan } from "../../domain/plan.ts";
import { type ReadPlan, readPlan } from "../../domain/read-plan.ts";
import type { Opener, Sealer, Workdir, WorkFolder } from "../ports.ts";
import { environmentNamed } from "../variables.ts";
import { forbiddenParts } from "./forbidden.ts";
import { generatedName } from "./generated.ts";
import { makeManifest, type Opened } from "./manifest.ts";
import type { Planned } from "./plan.ts";
import { type Presentation, type Presented, type PresentRights, type Refused, refused } from "./presentation.ts";
import { remoteModules } from "./snapshot.ts";
import { whyNotPresented } from "./why-not-presented.ts";
import type { Order } from "./work.ts";

/**
 * Opens what plan sealed and believes none of it: the configuration inside the plan file is compared with Git file by
 * file, the backend with the flow's, providers with the allow-list; the plan is read from the plan file; and only then
 * is the manifest written and signed. What is never signed is never applied. Whoever applies opens what is stored here and
 * nothing that plan handed over: it is closed anew for the environment.
 */
export async function presentPlan(rights: PresentRights, planned: Planned, about: Presentation): Promise<Presented> {
  const odd = Object.keys(planned.parts).find((name) => !isPartName(name));
  if (odd !== undefined)
    return refused("snapshot-differs", `a bundle has no part ${JSON.stringify(odd)}: somebody else made this one`);
  // Before anything else is done for a bundle that nobody could open.
  const sealer = isStored(about) ? rights.sealerFor(about.order.stack.environment) : null;
  const plain = await openParts(rights.opener, planned);
  const planFile = plain.get("tfplan");
  if (planFile === undefined) return refused("plan-missing", `planning ${about.order.stack.name} left no plan file`);
  const contents = await rights.readPlanFile(planFile);
  // Without calls there is nothing to fetch, and what a plan file says of modules is compared all the same.
  const fetched = contents.modules.length > 1 ? await rights.fetchModules(about.order) : [];
  const problem = await whyNotPresented(rights, { contents, plain, fetched }, about);
  if (problem !== null) return problem;
  const folder = await rights.folders.create(`${about.order.run}-present`);
  try {
    const json = await show(rights, folder, about.order, { planned, plain });
    const parsed = readPlan(json, {
      key: rights.secretKey,
      secrets: about.secrets ?? Object.values(about.order.variables),
      runtimeOwned: environmentNamed(about, about.order.stack.environment).runtimeOwned,
    });
    if (parsed.value === undefined)
      return refused("plan-failed", parsed.diagnostics[0]?.summary ?? "the plan cannot be read");
    const reading = parsed.value;
    const unfit = whyUnfit(reading, about);
    if (unfit !== null) return unfit;
    const opened = { contents, plain, json, reading, modules: remoteModules(fetched) };
    return await store(rights, sealer, about, opened);
  } finally {
    await folder.remove();
  }
}

/** A plan for looking at is neither signed nor stored, so that nothing can ever apply it. */
function isStored({ speculative, order }: Presentation): boolean {
  return speculative === null && order.mode !== "refresh-only";
}

function isPartName(name: string): boolean {
  return name === "tfplan" || name === ".terraform.lock.hcl" || generatedName(name) !== undefined;
}

async function openParts(opener: Opener, planned: Planned): Promise<ReadonlyMap<string, Uint8Array>> {
  const plain = new Map<string, Uint8Array>();
  for (const [name, sealed] of Object.entries(planned.parts)) plain.set(name, await opener.open(sealed));
  return plain;
}

/** What stands against the plan itself, once it can be read. */
function whyUnfit({ plan, summary }: ReadPlan, { flow, order }: Presentation): Refused | null {
  const forbidden = forbiddenParts(plan, flow);
  if (forbidden !== null) return refused("not-allowed-in-plan", forbidden);
  if (plan.errored === true || plan.complete === false)
    return refused("plan-failed", `the plan of ${order.stack.name} is incomplete`);
  // What is found empty counts as applied, so nobody may pass changes off as nothing. A look counts as no apply, and has
  // nothing to save where the outputs of a stack wait for objects that were never made.
  const changes = summary.resources.length + (order.mode === "refresh-only" ? 0 : summary.outputs.length);
  if (plan.applyable === false && changes > 0)
    return refused("plan-failed", `the plan of ${order.stack.name} has changes and says that it cannot be applied`);
  return whyUnexpected(plan, { flow, order });
}

/** A change that is planned with other values than the flow expects of the environment goes nowhere. */
function whyUnexpected(plan: ReadPlan["plan"], { flow, order }: Pick<Presentation, "flow" | "order">): Refused | null {
  const { name, environment } = order.stack;
  if (order.mode !== "normal") return null;
  const wrong = unexpectedVariables(plan, environmentNamed({ flow }, environment).expect);
  if (wrong.length === 0) return null;
  const told = wrong.map(({ variable, expected }) => `${variable} is not ${expected}`).join(", ");
  return refused("expectation-failed", `in the plan of ${name} ${told}, as the flow expects of ${environment}`);
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
  if (planned.providers !== null) await folder.link(".terraform/providers", planned.providers);
  const workdir: Workdir = {
    checkout: folder.path,
    root: ".",
    env: {},
    log: rights.logs.open(order.run),
    ...(order.signal === undefined ? {} : { signal: order.signal }),
  };
  return rights.terraform.show(workdir, `${folder.path}/tfplan`);
}

async function store(
  rights: PresentRights,
  sealer: Sealer | null,
  about: Presentation,
  opened: Opened,
): Promise<Presented> {
  const { signer, secretKey } = rights;
  const tool = await rights.terraform.version();
  const manifest = makeManifest(about, opened, { tool, keyId: signer.keyId, secretKey });
  const text = manifestText(manifest);
  const digest = planDigestOf(text);
  const stored: StoredPlan = { digest, manifest, speculative: about.speculative, shown: [], carriedFrom: null };
  if (sealer !== null) {
    const parts = [...opened.plain, ["plan.json", opened.json] as const];
    const sealed = await Promise.all(parts.map(async ([name, content]) => [name, await sealer.seal(content)] as const));
    await rights.bundles.put(digest, await signer.sign(text), Object.fromEntries(sealed));
  }
  const { plan, summary } = opened.reading;
  return {
    kind: "presented",
    stored,
    reading: opened.reading,
    // OpenTofu does not say it.
    empty: plan.applyable === undefined ? summary.isEmpty : !plan.applyable,
    generated: manifest.parts.filter((part) => generatedName(part.name) !== undefined),
  };
}
