import { gt, inc, valid } from "semver";
import type { Flow, ReleaseClass } from "./flow.ts";

/** The kind of release that a tag's name belongs to, with its version. */
export function releaseClassOf(flow: Flow, tag: string): (ReleaseClass & { readonly version: string }) | undefined {
  for (const release of flow.releases) {
    const version = versionIn(release, tag);
    if (version !== undefined) return { ...release, version };
  }
  return undefined;
}

function versionIn(release: ReleaseClass, tag: string): string | undefined {
  const [before = "", after = ""] = release.tag.split("{version}");
  if (!tag.startsWith(before) || !tag.endsWith(after) || tag.length < before.length + after.length) return undefined;
  const version = tag.slice(before.length, tag.length - after.length);
  return isVersion(version) ? version : undefined;
}

/** Exactly as semver.org writes it: no leading `v`, no spaces, no build data, since a tag names one precedence. */
function isVersion(text: string): boolean {
  return valid(text) === text;
}

const countsUp = ["major", "minor", "patch"] as const;

/**
 * The tag of the next release and the branch it is made from, or why there is none. `asked` is a version, or which
 * number counts up (major, minor, patch); without it the minor number does. The first release is 1.0.0.
 */
export function nextRelease(
  flow: Flow,
  latest: string | null | undefined,
  asked: string | undefined,
): { readonly tag: string; readonly from: string } | { readonly why: string } {
  const release = flow.releases[0];
  if (release === undefined) return { why: "the flow makes no releases" };
  if (latest === undefined) return { why: "the newest release is not known" };
  const from = flow.branches.find((branch) => branch.name === release.from)?.match[0];
  if (from === undefined) return { why: `the flow has no branch ${release.from}` };
  const counted = countsUp.find((number) => number === (asked ?? "minor"));
  const version = counted === undefined ? (asked ?? "") : latest === null ? "1.0.0" : (inc(latest, counted) ?? "");
  if (!isVersion(version)) return { why: `"${version}" is no semantic version` };
  if (latest !== null && !gt(version, latest)) return { why: `version ${version} does not come after ${latest}` };
  return { tag: release.tag.replace("{version}", version), from };
}
