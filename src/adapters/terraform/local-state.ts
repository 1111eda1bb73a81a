import { readdir, readFile } from "node:fs/promises";
import { join, resolve } from "node:path";

/**
 * Where the state of a root module with a local backend should lie: its path, made absolute from `base`. `undefined`
 * when the backend seems to be another one, when the path is absolute already, or when there is no base.
 *
 * It looks at the text only, so that one init does in most cases; whoever calls it checks what Terraform made of it.
 */
export async function localStatePath(
  root: string,
  backend: readonly string[],
  base: string | undefined,
): Promise<string | undefined> {
  if (base === undefined) return undefined;
  const written = await localBackendIn(root);
  if (written === undefined) return undefined;
  // A file among the settings may name the path too: left to the second look.
  if (backend.some((setting) => !setting.includes("="))) return undefined;
  const set = backend.findLast((setting) => /^\s*path\s*=/.test(setting));
  const path = set === undefined ? written.path : set.slice(set.indexOf("=") + 1).trim();
  return path?.startsWith("/") ? undefined : resolve(base, path ?? "terraform.tfstate");
}

async function localBackendIn(root: string): Promise<{ readonly path: string | undefined } | undefined> {
  for (const name of (await readdir(root)).sort()) {
    if (!/\.(tf|tofu)(\.json)?$/.test(name)) continue;
    const text = await readFile(join(root, name), "utf8").catch(() => "");
    const block =
      /^\s*backend\s+"local"\s*\{([^}]*)\}/m.exec(text) ?? /"backend"\s*:\s*\{\s*"local"\s*:\s*\{([^}]*)\}/.exec(text);
    if (block !== null) return { path: /(?:^|[\s,"{])path"?\s*[=:]\s*"([^"\\$%]+)"/.exec(block[1] ?? "")?.[1] };
  }
  return undefined;
}
