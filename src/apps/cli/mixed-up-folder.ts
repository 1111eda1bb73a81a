import { readdir, readFile, stat } from "node:fs/promises";
import { join, relative, resolve } from "node:path";
import { readConfigurationFacts, readSettings } from "../../adapters/hcl/index.ts";
import { InputError } from "../../domain/errors.ts";
import type { StackName } from "../../domain/names.ts";
import { isConfiguration } from "../../domain/tree.ts";
import { instanceOf, placeOf, type Stack, templateName } from "../../flow/index.ts";
import { addressIn } from "../../inspect/index.ts";
import type { Context } from "./context.ts";
import type { Local } from "./open-local.ts";
import { shownPath } from "./shown-path.ts";

/**
 * Refuses to work on a stack while the root module's own folder is initialised for another one: the next command that a
 * person types there would reach that other environment's state. A folder that is not initialised says nothing.
 */
export async function refuseMixedUpFolder(
  context: Context,
  local: Pick<Local, "worktree" | "commit" | "dirtyTree" | "flow" | "embedded">,
  name: StackName,
): Promise<void> {
  const { repository, configuration } = local.embedded.delivery;
  const stacks = await configuration.stacks(local.dirtyTree ?? (await repository.treeOf(local.commit)));
  const template = stacks.get(templateName(local.flow, name));
  if (template === undefined) return;
  const instance = placeOf(local.flow, name)?.instance ?? null;
  const stack = instance === null ? template : instanceOf(template, Number(instance));
  const { top } = local.worktree;
  const bound = await boundTo(top, stack.root);
  if (bound === undefined) return;
  const block = await backendOf(top, stack.root);
  const wanted = block === undefined ? undefined : await addressOf(top, stack, block);
  if (wanted === undefined || wanted === bound) return;
  const others = [...stacks.values()].filter((other) => other.root === stack.root && other.name !== template.name);
  let owner: Stack | undefined;
  for (const other of others) if (block !== undefined && (await addressOf(top, other, block)) === bound) owner = other;
  const folder = shownPath(context, join(top, stack.root, ".terraform"));
  const whose =
    owner === undefined ? "a backend that is no stack's of the flow" : `${owner.name} (${owner.environment})`;
  throw new InputError([
    {
      severity: "error",
      code: "terraform-folder-mixed-up",
      summary: `${folder} is initialised for ${whose}, not for ${name}.`,
      hint: `A command typed there would reach the other state. Remove the folder, since plangate works in a checkout of its own; or bind it to ${name}: ${initCommand(local.flow.tool, stack)}`,
    },
  ]);
}

type Settings = ReadonlyMap<string, string | null>;

interface Backend {
  readonly type: string;
  readonly settings: Settings;
}

/** Where the state lies that the root module's folder was initialised for. */
async function boundTo(top: string, root: string): Promise<string | undefined> {
  const file = join(top, root, ".terraform", "terraform.tfstate");
  const size = await stat(file).then(
    (found) => found.size,
    () => undefined,
  );
  if (size === undefined || size > 1_000_000) return undefined;
  let told: { readonly backend?: { readonly type?: unknown; readonly config?: unknown } } | null;
  try {
    told = JSON.parse(await readFile(file, "utf8")) as typeof told;
  } catch {
    return undefined;
  }
  const { type, config } = told?.backend ?? {};
  if (typeof type !== "string" || typeof config !== "object" || config === null) return undefined;
  const settings = Object.entries(config).map(
    ([key, value]) => [key, value === null || typeof value === "object" ? null : String(value)] as const,
  );
  return addressFor(top, root, { type, settings: new Map(settings) });
}

/** The `backend` block of a root module on disk. */
async function backendOf(top: string, root: string): Promise<Backend | undefined> {
  const names = await readdir(join(top, root)).catch(() => []);
  for (const name of names.filter(isConfiguration).sort()) {
    const text = await readFile(join(top, root, name), "utf8").catch(() => "");
    const [backend] = text.includes("backend") ? (await readConfigurationFacts(text, name)).backends : [];
    if (backend !== undefined) return { type: backend.type, settings: new Map(Object.entries(backend.settings)) };
  }
  return undefined;
}

/** Where a stack's state lies: the block, with what the flow gives on top; undefined when texts do not tell. */
async function addressOf(top: string, { root, backend: given }: Stack, block: Backend): Promise<string | undefined> {
  const settings = new Map(block.settings);
  for (const setting of given) {
    const at = setting.indexOf("=");
    if (at >= 0) settings.set(setting.slice(0, at).trim(), setting.slice(at + 1).trim());
    else {
      const text = await readFile(join(top, setting), "utf8").catch(() => undefined);
      if (text === undefined) return undefined;
      for (const { key, value } of (await readSettings(text, setting)).settings) settings.set(key, value);
    }
  }
  return addressFor(top, root, { type: block.type, settings });
}

/** Paths of local states are compared as they lie on this machine. */
function addressFor(top: string, root: string, { type, settings }: Backend): string | undefined {
  const path = resolve(join(top, root), settings.get("path") ?? "terraform.tfstate");
  const whole = type === "local" ? new Map([...settings, ["path", path] as const]) : settings;
  const address = addressIn(type, whole, root);
  return address.kind === "told" ? address.address : undefined;
}

function initCommand(tool: "terraform" | "opentofu", { root, backend }: Stack): string {
  const program = tool === "opentofu" ? "tofu" : "terraform";
  const settings = backend.map((setting) =>
    quoted(`-backend-config=${setting.includes("=") ? setting : relative(root, setting)}`),
  );
  return [program, ...(root === "." ? [] : [quoted(`-chdir=${root}`)]), "init -reconfigure", ...settings].join(" ");
}

/** For a shell, where it has to be. */
function quoted(argument: string): string {
  return /^[\w./=@:+-]+$/.test(argument) ? argument : `'${argument.replaceAll("'", String.raw`'\''`)}'`;
}
