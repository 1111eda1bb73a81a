import { valid } from "semver";

/** Why a module from elsewhere may be another one tomorrow. */
export type SourceProblem =
  | { readonly kind: "unpinned"; readonly hint: string }
  | { readonly kind: "moves"; readonly ref: string; readonly hint: string };

const tagHint = "Name a release's tag or a whole commit: `?ref=v1.2.3`.";
const registryAddress = /^(?:[a-z0-9.-]+\.[a-z]+(?::\d+)?\/)?[\w-]+\/[\w-]+\/[a-z0-9]+(?:\/\/.*)?$/i;
const gitAddress = /^(?:git::|git@|github\.com\/|bitbucket\.org\/)|\.git(?:\/\/|\?|$)/;

/**
 * Whether a module from elsewhere is the same tomorrow: a Git source by a tag that names a version, or a whole commit;
 * a registry's by one exact version; anything else by a checksum. A tag can be moved all the same, which nobody sees
 * here: the content that was planned is compared again before an apply.
 */
export function problemOfSource(source: string, version: string | null): SourceProblem | null {
  const query = new URLSearchParams(source.includes("?") ? source.slice(source.indexOf("?") + 1) : "");
  if (gitAddress.test(source)) return problemOfRef(query.get("ref"));
  if (registryAddress.test(source)) return problemOfVersion(version);
  if (source.startsWith("hg::")) return problemOfRef(query.get("rev"));
  if (source.startsWith("oci://")) {
    if (query.has("digest")) return null;
    return query.has("tag") ? problemOfRef(query.get("tag")) : unpinned("Name its digest: `?digest=sha256:…`.");
  }
  return query.has("checksum") || query.has("versionId")
    ? null
    : unpinned("Name its checksum, `?checksum=sha256:…`, or use a Git repository and a tag.");
}

function unpinned(hint: string): SourceProblem {
  return { kind: "unpinned", hint };
}

function problemOfRef(ref: string | null): SourceProblem | null {
  if (ref === null || ref === "") return unpinned(tagHint);
  if (/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(ref)) return null;
  const tag = ref.startsWith("refs/tags/") ? ref.slice("refs/tags/".length) : ref;
  if (ref !== tag || /^(?:.*[-_/])?v?\d+\.\d+(?:\.\d+)*(?:[-+.][\w.+-]*)?$/.test(tag)) return null;
  return { kind: "moves", ref, hint: tagHint };
}

function problemOfVersion(version: string | null): SourceProblem | null {
  const hint = 'Name one exact version: `version = "1.2.3"`.';
  if (version === null) return unpinned(hint);
  const exact = version.replace(/^=?\s*/, "").trim();
  return valid(exact) === exact ? null : { kind: "moves", ref: version, hint };
}
