import { readFile, stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { BackendSettings, Workdir } from "../../delivery/ports.ts";
import type { Digest } from "../../domain/digest.ts";
import { DeliveryError } from "../../domain/errors.ts";
import { toolErrorsSentence } from "../../domain/tool-error.ts";
import { insideCheckout, type Program, rootFolder, runCommand, subject } from "./command.ts";
import { firstError, toolErrors, unwrapped } from "./diagnostics.ts";
import { fetchedFolder, forgetFetched } from "./fetched.ts";
import type { InitCache } from "./init-cache.ts";
import { localStatePath } from "./local-state.ts";
import { failureKind, outsideFailure } from "./outside-failure.ts";
import type { ProcessResult } from "./run-process.ts";

export interface InitAbout {
  readonly backend: readonly string[];
  readonly reuse: Digest | null;
}

/** Where relative paths of local states lie: the folder that stands for a root module, outliving its checkouts. */
export type LocalStateBase = (root: string) => string;

export interface Initialiser {
  readonly program: Program;
  readonly cache: InitCache | undefined;
  readonly localStateBase: LocalStateBase | undefined;
}

/**
 * Makes a root module ready and says where its state lives. Starts from nothing: what the checkout itself brings as
 * `.terraform` is removed first, since it could hold modules that nobody reviewed.
 */
export async function initialise(from: Initialiser, workdir: Workdir, about: InitAbout): Promise<BackendSettings> {
  const { cache } = from;
  const { backend, args, key } = await prepared(from, workdir, about);
  await forgetFetched(workdir);
  if (cache !== undefined && key !== undefined && (await cache.restore(key, fetchedFolder(workdir)))) {
    const settings = await readBackend(workdir);
    if (settings !== undefined) return settings;
    await forgetFetched(workdir);
  }
  const settings = await initWith(from, workdir, { backend, args });
  if (cache !== undefined && key !== undefined) await cache.save(key, fetchedFolder(workdir));
  return settings;
}

/** Forgets what an earlier init left for reuse: it turned out not to do. */
export async function forgetInit(from: Initialiser, workdir: Workdir, about: InitAbout): Promise<void> {
  const { key } = await prepared(from, workdir, about);
  if (key !== undefined) await from.cache?.drop(key);
}

/** The arguments as given, with what we add, and the name under which the result may be reused. */
async function prepared(from: Initialiser, workdir: Workdir, about: InitAbout) {
  const backend = about.backend.map((setting) => backendArgument(workdir, setting));
  const base = from.localStateBase?.(workdir.root);
  const path = await localStatePath(rootFolder(workdir), about.backend, base);
  const args = path === undefined ? backend : [...backend, `-backend-config=path=${path}`];
  const key = about.reuse === null ? undefined : from.cache?.key(about.reuse, [...about.backend, `base=${base ?? ""}`]);
  return { backend, args, key };
}

/**
 * `-backend-config=path=…` is guessed from the text of the configuration, which Terraform alone can read for certain:
 * what it resolved is looked at afterwards, and a wrong guess is put right by a second init.
 */
async function initWith(
  from: Initialiser,
  workdir: Workdir,
  { backend, args }: { readonly backend: readonly string[]; readonly args: readonly string[] },
): Promise<BackendSettings> {
  let result = await runInit(from, workdir, args);
  if (result.exitCode !== 0 && args !== backend && /Invalid backend configuration argument/.test(result.stderr)) {
    result = await runInit(from, workdir, backend);
  }
  if (result.exitCode !== 0) throw await initFailure(from, workdir, result);
  const settings = await readBackend(workdir);
  if (settings === undefined) throw backendMissing(workdir);
  if (settings.type === "cloud" || settings.type === "remote") throw backendUnfit(workdir, settings.type);
  if (settings.type !== "local") return settings;

  const path = settings.settings.path;
  if (typeof path === "string" && path.startsWith("/")) return settings;
  const base = from.localStateBase?.(workdir.root);
  if (base === undefined) throw stateWouldBeLost(workdir);
  const absolute = resolve(base, typeof path === "string" ? path : "terraform.tfstate");
  const second = await runInit(from, workdir, [...backend, `-backend-config=path=${absolute}`]);
  if (second.exitCode !== 0) throw await initFailure(from, workdir, second);
  return (await readBackend(workdir)) ?? settings;
}

function runInit(from: Initialiser, workdir: Workdir, backend: readonly string[]): Promise<ProcessResult> {
  const args = ["init", "-input=false", "-no-color", "-lockfile=readonly", "-reconfigure", ...backend];
  return runCommand(from.program, workdir, { args });
}

/** Terraform's own rule: what has an equals sign is a setting, anything else a file. */
function backendArgument(workdir: Workdir, setting: string): string {
  return `-backend-config=${setting.includes("=") ? setting : insideCheckout(workdir, setting)}`;
}

/** The backend as Terraform resolved it; `undefined` when the configuration names none. */
async function readBackend(workdir: Workdir): Promise<BackendSettings | undefined> {
  const text = await readFile(join(fetchedFolder(workdir), "terraform.tfstate"), "utf8").catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    const { backend } = JSON.parse(text) as { backend?: { type?: unknown; config?: unknown } };
    if (typeof backend?.type !== "string" || typeof backend.config !== "object" || backend.config === null)
      return undefined;
    return { type: backend.type, workspace: "default", settings: backend.config as Record<string, unknown> };
  } catch {
    return undefined;
  }
}

async function initFailure(from: Initialiser, workdir: Workdir, result: ProcessResult): Promise<DeliveryError> {
  const about = subject(from.program, workdir, { args: ["init"] });
  const { summary, detail } = firstError(result.stderr);
  if (summary === "Provider dependency changes detected") {
    const there = (await stat(join(rootFolder(workdir), ".terraform.lock.hcl")).catch(() => undefined)) !== undefined;
    return new DeliveryError({
      code: there ? "lock-file-outdated" : "lock-file-missing",
      message: there
        ? `${about}: the dependency lock file does not cover every provider that the configuration needs`
        : `${about}: there is no dependency lock file, so which providers would run is not known`,
      reaction: "stop",
      hint: `Run \`${from.program.name === "opentofu" ? "tofu" : "terraform"} -chdir=${workdir.root} providers lock\` with a -platform for every machine that plans or applies, and commit .terraform.lock.hcl.`,
      detail,
    });
  }
  if (failureKind(result.stderr) === undefined && failedAtBackend(result)) {
    return new DeliveryError({
      code: "backend-unreachable",
      message: `${about}: ${toolErrorsSentence(toolErrors(result.stderr, workdir.root))}`,
      reaction: "retry",
      hint: "See that the state's backend can be reached with the credentials of this environment.",
      detail,
    });
  }
  return outsideFailure({ subject: about, root: workdir.root }, result, "init-failed");
}

const outOfReach =
  /dial tcp|dial unix|connection re(fused|set)|no such host|timeout|timed out|unreachable|certificate|credential|AccessDenied|Forbidden|StatusCode: (401|403|404|5\d\d)|NoSuchBucket|pq: |could not connect/i;

/** The backend was the last thing that init had turned to, and the words are those of a network or a closed door. */
function failedAtBackend(result: ProcessResult): boolean {
  const phase = [...result.stdout.matchAll(/^Initializing (?:the )?(backend|modules|provider plugins)/gm)].at(-1)?.[1];
  return phase === "backend" && outOfReach.test(unwrapped(result.stderr));
}

function backendMissing(workdir: Workdir): DeliveryError {
  return new DeliveryError({
    code: "backend-missing",
    message: `the root module ${workdir.root} names no backend, so its state would be lost with the checkout`,
    reaction: "stop",
    hint: 'Add a `terraform { backend "…" {} }` block; its settings may come from the flow.',
  });
}

function backendUnfit(workdir: Workdir, type: string): DeliveryError {
  return new DeliveryError({
    code: "backend-unfit",
    message: `the root module ${workdir.root} has its runs elsewhere (${type}), where a saved plan cannot be taken away and applied`,
    reaction: "stop",
    hint: "Use a backend that only keeps the state.",
  });
}

function stateWouldBeLost(workdir: Workdir): DeliveryError {
  return new DeliveryError({
    code: "backend-missing",
    message: `the local state of ${workdir.root} would lie in the checkout and be lost with it`,
    reaction: "stop",
    hint: "Use a backend that others can reach, or give the local one an absolute path.",
  });
}
