import type { Flow, ReleaseClass } from "./flow.ts";

/** Semantic version 2.0.0 without build data, since a tag cannot hold two of one precedence. */
const versionPattern = /^(0|[1-9]\d{0,8})\.(0|[1-9]\d{0,8})\.(0|[1-9]\d{0,8})(?:-[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?$/;

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
  return versionPattern.test(version) ? version : undefined;
}

/** The tag of the next release and the branch it is made from, or why there is none. */
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
  const version = asked ?? (latest === null ? "1.0.0" : nextMinor(latest));
  if (!versionPattern.test(version)) return { why: `"${version}" is no semantic version` };
  if (latest !== null && compareVersions(version, latest) <= 0) return { why: `version ${version} does not come after ${latest}` };
  return { tag: release.tag.replace("{version}", version), from };
}

function nextMinor(version: string): string {
  const [major, minor] = version.split(/[.-]/).map(Number);
  return `${major ?? 0}.${(minor ?? 0) + 1}.0`;
}

/** Precedence as semver.org says, section 11. */
export function compareVersions(left: string, right: string): number {
  const [leftCore = "", ...leftRest] = left.split("-");
  const [rightCore = "", ...rightRest] = right.split("-");
  const core = compareLists(leftCore.split("."), rightCore.split("."));
  if (core !== 0) return core;
  const leftPre = leftRest.join("-");
  const rightPre = rightRest.join("-");
  if (leftPre === "" || rightPre === "") return leftPre === rightPre ? 0 : leftPre === "" ? 1 : -1;
  return compareLists(leftPre.split("."), rightPre.split("."));
}

function compareLists(left: readonly string[], right: readonly string[]): number {
  for (let index = 0; index < Math.max(left.length, right.length); index++) {
    const one = left[index];
    const other = right[index];
    if (one === undefined || other === undefined) return one === other ? 0 : one === undefined ? -1 : 1;
    const compared = compareIdentifiers(one, other);
    if (compared !== 0) return compared;
  }
  return 0;
}

function compareIdentifiers(left: string, right: string): number {
  const numeric = /^\d+$/;
  if (numeric.test(left) && numeric.test(right)) return Math.sign(Number(left) - Number(right));
  if (numeric.test(left) !== numeric.test(right)) return numeric.test(left) ? -1 : 1;
  return left === right ? 0 : left < right ? -1 : 1;
}
