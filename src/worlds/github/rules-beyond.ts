import { commitsBetween, type Look } from "../real/forge/index.ts";
import type { Hub } from "./hub.ts";
import type { KeptRuleset } from "./kept.ts";
import type { MergeAbout, Suite } from "./rule-suites.ts";
import { mayPass, rulesetsOf } from "./ruleset-rules.ts";

/** Rules of branches that are held where pushes and merges are judged. */
const held: ReadonlySet<string> = new Set([
  "creation",
  "update",
  "deletion",
  "non_fast_forward",
  "pull_request",
  "required_linear_history",
  "required_status_checks",
]);

const ofTags: Readonly<Record<string, string>> = {
  creation: "Cannot create ref due to creations being restricted.",
  update: "Cannot update this protected ref.",
  deletion: "Cannot delete this protected ref.",
  non_fast_forward: "Cannot force-push to this tag.",
};

const words: Readonly<Record<string, string>> = {
  required_signatures: "Commits must have verified signatures.",
  merge_queue: "Changes must be made through the merge queue.",
};

/**
 * The first rule that a push breaks, that whoever pushes may not go past, and that the forge knows nothing of: any for tags, and
 * some for branches. One that is not known here either makes the test fail: it would be kept by nobody.
 */
export function refusalBeyond(hub: Hub, { repository }: Look, suite: Suite | null): string | null {
  if (suite === null) return null;
  for (const { ruleset, type, result } of suite.told) {
    const passes = mayPass(hub, repository, ruleset, { login: suite.by, merging: false });
    if (passes || !isBeyond(hub, ruleset, type) || result === "pass") continue;
    const said = ruleset.target === "tag" ? (ofTags[type] ?? words[type]) : words[type];
    return `Repository rule violations found for ${suite.ref}: ${said ?? type}`;
  }
  return null;
}

/** The same of a merge: only what GitHub makes itself is signed, and a queue merges by itself. */
export async function mergeRefusalBeyond(hub: Hub, place: Look, merge: MergeAbout): Promise<string | null> {
  const { repository, refs, network } = place;
  const { change, method, by } = merge;
  const base = refs.get(`refs/heads/${change.base}`);
  for (const ruleset of rulesetsOf(hub, repository, `refs/heads/${change.base}`)) {
    if (mayPass(hub, repository, ruleset, { login: by, merging: true })) continue;
    for (const { type } of ruleset.rules) {
      if (!isBeyond(hub, ruleset, type)) continue;
      if (type === "merge_queue") return words[type] ?? type;
      const brought = base === undefined ? [] : await commitsBetween(network, [base], change.headCommit);
      if (type === "required_signatures" && method !== "squash" && brought.length > 0) return words[type] ?? type;
    }
  }
  return null;
}

function isBeyond(hub: Hub, { target, enforcement }: KeptRuleset, type: string): boolean {
  if (enforcement !== "active" || (target === "branch" && held.has(type))) return false;
  const known = type in words || (target === "tag" && type in ofTags);
  if (!known) hub.unknown(`the rule ${type} of a ruleset for a ${target}`);
  return known;
}
