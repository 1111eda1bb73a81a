import { digestOf } from "./digest.ts";
import type { ProviderPin } from "./plan.ts";

/**
 * A block as the tool writes it, without any room for something else: a comment in it could end the block for one
 * reader and not for the other.
 */
const block =
  /^provider "([\w.:-]+\/[\w.-]+\/[\w.-]+)" \{\n {2}version += "([^"\\$%\n]+)"\n(?: {2}constraints += "[^"\\$%\n]+"\n)? {2}hashes += \[\n((?: {4}"(?:h1|zh):[\w+/=]+",\n)+) {2}\]\n\}\n?/gm;

/**
 * The providers that a dependency lock file pins; `undefined` when the file is not in the form that Terraform writes
 * it in, so that Terraform could see a provider in it that we do not.
 */
export function readLockFile(content: Uint8Array | undefined): readonly ProviderPin[] | undefined {
  if (content === undefined) return [];
  const text = new TextDecoder().decode(content);
  const rest = text.replaceAll(block, "").split("\n");
  if (rest.some((line) => line !== "" && !line.startsWith("#"))) return undefined;
  const pins = [...text.matchAll(block)].map(([, address = "", version = "", hashes = ""]) => ({
    address,
    version,
    hashes: [...hashes.matchAll(/"([^"]+)"/g)].map((hash) => hash[1] ?? "").sort(),
  }));
  return pins.sort((left, right) => (left.address < right.address ? -1 : 1));
}

/** The same file, byte for byte; one that pins nothing is as good as none, since the tool writes such a one into a plan file. */
export function isSameLock(left: Uint8Array | undefined, right: Uint8Array | undefined): boolean {
  return (
    digestOf(left ?? "") === digestOf(right ?? "") ||
    (readLockFile(left)?.length === 0 && readLockFile(right)?.length === 0)
  );
}

/** Why the providers that a lock file pins may not be started, as a sentence; null when they may. */
export function forbiddenProvider(content: Uint8Array | undefined, allowed: readonly string[]): string | null {
  const pins = readLockFile(content);
  if (pins === undefined)
    return "the dependency lock file is not in the form that the tool writes; let the tool write it again";
  const foreign = pins.find((pin) => !allowsProvider(allowed, pin.address));
  return foreign === undefined
    ? null
    : `the provider ${foreign.address} is not on the flow's list of allowed providers`;
}

/** Whether a provider may be started. Patterns are `namespace/type` on the tool's public registry, or `host/namespace/type`; `*` stands for one part. */
export function allowsProvider(patterns: readonly string[], address: string): boolean {
  const parts = address.split("/");
  return patterns.some((pattern) => {
    const asked = pattern.split("/");
    const host = parts[0] ?? "";
    if (asked.length === 2 && !publicRegistries.has(host)) return false;
    const wanted = asked.length === 2 ? [host, ...asked] : asked;
    return wanted.length === parts.length && wanted.every((part, index) => part === "*" || part === parts[index]);
  });
}

/** Where an address without a host is looked up, by Terraform and by OpenTofu. */
const publicRegistries: ReadonlySet<string> = new Set(["registry.terraform.io", "registry.opentofu.org"]);
