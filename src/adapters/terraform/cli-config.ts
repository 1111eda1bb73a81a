import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DeliveryError } from "../../domain/errors.ts";

/** Where providers are taken from before they are asked for elsewhere, and where they are kept for the next root module. */
export interface ProviderPlaces {
  readonly mirror?: string | undefined;
  readonly cache?: string | undefined;
}

/**
 * Runs something with a command line configuration of our own, made for this one use: what another run may have
 * written anywhere is never read. Providers come from the mirror when it holds them and from their registry
 * otherwise; without the explicit block Terraform would also look for them in the checkout.
 */
export async function withCliConfig<T>(
  { mirror, cache }: ProviderPlaces,
  use: (file: string) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), "plangate-terraform-"));
  try {
    const file = join(folder, "terraform.rc");
    const held = mirror === undefined ? [] : await providersIn(mirror);
    await writeFile(file, cliConfigText({ mirror, cache }, held), { mode: 0o600 });
    return await use(file);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

export function cliConfigText({ mirror, cache }: ProviderPlaces, held: readonly string[]): string {
  const list = `[${held.map(quoted).join(", ")}]`;
  const installation =
    mirror === undefined || held.length === 0
      ? ["  direct {}"]
      : [
          "  filesystem_mirror {",
          `    path    = ${quoted(mirror)}`,
          `    include = ${list}`,
          "  }",
          "  direct {",
          `    exclude = ${list}`,
          "  }",
        ];
  const kept = cache === undefined ? [] : [`plugin_cache_dir = ${quoted(cache)}`];
  return ["disable_checkpoint = true", ...kept, "provider_installation {", ...installation, "}", ""].join("\n");
}

/** The addresses of the providers that a mirror holds: `host/namespace/type`, one folder each. */
async function providersIn(mirror: string): Promise<string[]> {
  const found: string[] = [];
  for (const host of await folders(mirror)) {
    for (const namespace of await folders(join(mirror, host))) {
      for (const type of await folders(join(mirror, host, namespace))) found.push(`${host}/${namespace}/${type}`);
    }
  }
  return found.sort();
}

async function folders(path: string): Promise<string[]> {
  try {
    const entries = await readdir(path, { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory() || entry.isSymbolicLink()).map((entry) => entry.name);
  } catch (cause) {
    throw new DeliveryError({
      code: "mirror-unreadable",
      message: `reading the provider mirror ${path}: ${(cause as NodeJS.ErrnoException).code ?? "failed"}`,
      reaction: "stop",
      hint: "The mirror is a folder as `terraform providers mirror` writes it.",
      cause,
    });
  }
}

/** This configuration is read as HCL 1, where `${` opens a sequence that a quote does not end. */
function quoted(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
  if (text.includes("${") || /[\u0000-\u001f\u007f]/.test(text)) {
    throw new DeliveryError({
      code: "mirror-unreadable",
      message: `the path ${JSON.stringify(text)} cannot be written into Terraform's configuration`,
      reaction: "stop",
    });
  }
  return `"${text.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;
}
