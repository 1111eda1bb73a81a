import { gt, inc, rcompare, valid } from "semver";
import type { ModuleFacts } from "../domain/facts.ts";
import type { Flow, ReleaseClass } from "./flow.ts";
import { fill } from "./templates.ts";

/** A tag that a release class takes: its version, and for a module which one. */
export type ReleaseTag = ReleaseClass & { readonly version: string; readonly module: string | null };

/** What is released next: the tag, and the branch it is made from. */
export interface NextRelease {
  readonly tag: string;
  readonly version: string;
  readonly from: string;
}

/** The kind of release that a tag's name belongs to, with what it releases. */
export function releaseClassOf(flow: Flow, tag: string): ReleaseTag | undefined {
  for (const release of flow.releases) {
    const read = readTag(release, tag);
    if (read !== undefined) return { ...release, ...read };
  }
  return undefined;
}

/** Tags of versions of the same thing that are lower than this one, the highest first. */
export function versionsBefore(of: ReleaseTag, tags: readonly string[]): readonly string[] {
  const lower = tags.flatMap((tag) => {
    const read = readTag(of, tag);
    return read !== undefined && read.module === of.module && gt(of.version, read.version)
      ? [{ tag, version: read.version }]
      : [];
  });
  return lower.sort((left, right) => rcompare(left.version, right.version)).map(({ tag }) => tag);
}

export function ofProject({ of }: ReleaseClass): boolean {
  return of === "project";
}

const longestTag = 255;
const numberPattern = String.raw`(?:0|[1-9]\d*)`;
const partPattern = String.raw`(?:0|[1-9]\d*|\d*[A-Za-z-][\dA-Za-z-]*)`;
const wordPatterns: Readonly<Record<string, string>> = {
  // Exactly as semver.org writes it, without build data, since a tag names one precedence.
  version: String.raw`(?<version>${numberPattern}(?:\.${numberPattern}){2}(?:-${partPattern}(?:\.${partPattern})*)?)`,
  module: "(?<module>[A-Za-z0-9][A-Za-z0-9._-]*)",
};

/** What a tag says by the class's template; undefined when it is none of the class. */
export function readTag(
  { tag: template }: Pick<ReleaseClass, "tag">,
  tag: string,
): { readonly version: string; readonly module: string | null } | undefined {
  if (tag.length > longestTag) return undefined;
  const seen = new Set<string>();
  const pattern = template
    .split(/(\{(?:version|module)\})/)
    .map((part) => {
      const word = /^\{(.*)\}$/.exec(part)?.[1] ?? "";
      if (!Object.hasOwn(wordPatterns, word) || seen.has(word)) return part.replaceAll(/[^A-Za-z0-9/]/g, "\\$&");
      seen.add(word);
      return wordPatterns[word];
    })
    .join("");
  const { version, module } = new RegExp(`^${pattern}$`).exec(tag)?.groups ?? {};
  return version === undefined || !isVersion(version) ? undefined : { version, module: module ?? null };
}

/** No leading `v`, no spaces, no build data. */
function isVersion(text: string): boolean {
  return valid(text) === text;
}

const countsUp = ["major", "minor", "patch"] as const;

/**
 * The next release of the project, or why there is none. `asked` is a version, or which number counts up (major, minor,
 * patch); without it the minor number does. The first release is 1.0.0.
 */
export function nextRelease(
  flow: Flow,
  latest: string | null | undefined,
  asked: string | undefined,
): NextRelease | { readonly why: string } {
  const release = flow.releases.find(ofProject);
  if (release === undefined) return { why: "the flow makes no releases" };
  if (latest === undefined) return { why: "the newest release is not known" };
  if (latest !== null && !isVersion(latest)) return { why: `the newest release "${latest}" is no semantic version` };
  const counted = countsUp.find((number) => number === (asked ?? "minor"));
  const version = counted === undefined ? (asked ?? "") : latest === null ? "1.0.0" : (inc(latest, counted) ?? "");
  if (!isVersion(version)) return { why: `"${version}" is no semantic version` };
  if (latest !== null && !gt(version, latest)) return { why: `version ${version} does not come after ${latest}` };
  return taggedIn(flow, release, { version });
}

/** The next release of a module, by what its change asks for, or why there is none. The first is 1.0.0. */
export function nextModuleRelease(flow: Flow, module: ModuleFacts): NextRelease | { readonly why: string } {
  const release = flow.releases.find(({ id }) => id === module.release);
  if (release === undefined) return { why: `the flow has no release ${module.release}` };
  if (!module.changed) return { why: `nothing of ${module.name} changed since ${module.latest ?? "its release"}` };
  const { latest } = module;
  const version = latest === null ? "1.0.0" : isVersion(latest) ? inc(latest, module.bump) : null;
  if (version === null) return { why: `"${latest ?? ""}" is no semantic version` };
  return taggedIn(flow, release, { version, module: module.name });
}

function taggedIn(
  flow: Flow,
  release: ReleaseClass,
  words: { readonly version: string; readonly module?: string },
): NextRelease | { readonly why: string } {
  const from = flow.branches.find((branch) => branch.name === release.from)?.match[0];
  if (from === undefined) return { why: `the flow has no branch ${release.from}` };
  return { tag: fill(release.tag, words), version: words.version, from };
}
