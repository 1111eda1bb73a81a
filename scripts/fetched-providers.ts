/**
 * Providers of tests that start them: that of AWS, at one version. `PLANGATE_PROVIDER_MIRROR` names a folder that has it;
 * else the tool fetches it into `.tools`, which Git ignores, the first time that a test asks for it.
 */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./parts.ts";

const provider = { source: "hashicorp/aws", version: "5.100.0" } as const;

/** A folder that the tool takes the provider from, or why there is none, in one line. */
export type Providers = { readonly folder: string } | { readonly missing: string };

export function fetchedProviders(): Providers {
  const named = process.env.PLANGATE_PROVIDER_MIRROR;
  if (named !== undefined)
    return has(named) ? { folder: named } : { missing: `PLANGATE_PROVIDER_MIRROR has no ${provider.source}` };
  const folder = join(root, ".tools", `providers-aws-${provider.version}`);
  return has(folder) ? { folder } : fetchInto(folder);
}

/** Below the host that it comes from. */
function has(folder: string): boolean {
  return existsSync(folder) && readdirSync(folder).some((host) => existsSync(join(folder, host, provider.source)));
}

/** Fetched beside its place, unpacked, and put there whole, since two tests may do so at once. */
function fetchInto(folder: string): Providers {
  mkdirSync(join(root, ".tools"), { recursive: true });
  const beside = mkdtempSync(`${folder}-`);
  try {
    const wanted = { terraform: { required_providers: { aws: provider } } };
    writeFileSync(join(beside, "main.tf.json"), JSON.stringify(wanted));
    execFileSync("terraform", ["init", "-no-color", "-input=false"], {
      cwd: beside,
      env: { ...process.env, CHECKPOINT_DISABLE: "1" },
      stdio: ["ignore", "ignore", "pipe"],
      timeout: 300_000,
    });
    if (!has(folder)) renameSync(join(beside, ".terraform/providers"), folder);
    return { folder };
  } catch (cause) {
    if (has(folder)) return { folder };
    const said = (cause as { readonly stderr?: Buffer }).stderr?.toString() ?? String(cause);
    return { missing: `terraform init: ${/^Error: (.+)$/m.exec(said)?.[1] ?? "it could not be started"}` };
  } finally {
    rmSync(beside, { recursive: true, force: true });
  }
}
