import type { ModuleFacts } from "../../domain/facts.ts";
import { bumpOf } from "../../domain/module-interface.ts";
import type { CommitSha } from "../../domain/names.ts";
import { folderOf, isConfiguration } from "../../domain/tree.ts";
import type { ReleaseClass } from "../../flow/flow.ts";
import { branchClassOf, onlyBranchOf } from "../../flow/match.ts";
import { newestModuleTag } from "../../flow/module-tags.ts";
import { ofProject } from "../../flow/releases.ts";
import type { Delivery } from "../delivery.ts";
import { type Content, contentAt } from "./content.ts";
import { broughtBetween } from "./history.ts";

/**
 * Every module that the flow releases: its newest version, whether a file of it differs from that, and what the
 * difference asks of the next one. For a merge only those that a merge into that branch releases.
 */
export async function modulesOf(
  delivery: Delivery,
  content: Content,
  { on, branch }: { readonly on: "merge" | "dispatch"; readonly branch: string },
): Promise<readonly ModuleFacts[]> {
  const from = branchClassOf(delivery.flow, branch)?.name;
  const classes = delivery.flow.releases.filter(
    (release) => !ofProject(release) && (on === "dispatch" || (release.on === "merge" && release.from === from)),
  );
  if (classes.length === 0) return [];
  const [tags, entries] = await Promise.all([delivery.repository.tags(), delivery.repository.listTree(content.tree)]);
  const folders = [...new Set(entries.filter(({ path }) => isConfiguration(path)).map(({ path }) => folderOf(path)))];
  const modules: ModuleFacts[] = [];
  for (const release of classes) {
    for (const path of folders.sort()) {
      const name = moduleName(release, path);
      if (name !== undefined) modules.push(await moduleFacts(delivery, content, { release, name, path, tags }));
    }
  }
  return modules;
}

/** The one folder that `{module}` stands for in a path; nothing when the path is no such folder. */
function moduleName({ of }: ReleaseClass, path: string): string | undefined {
  const [before = "", after = ""] = of.split("{module}");
  if (!path.startsWith(before) || !path.endsWith(after) || path.length <= before.length + after.length)
    return undefined;
  const name = path.slice(before.length, path.length - after.length);
  return name.includes("/") ? undefined : name;
}

async function moduleFacts(
  delivery: Delivery,
  content: Content,
  about: {
    readonly release: ReleaseClass;
    readonly name: string;
    readonly path: string;
    readonly tags: readonly string[];
  },
): Promise<ModuleFacts> {
  const { release, name, path, tags } = about;
  const newest = newestModuleTag(delivery.flow, { release: release.id, module: name }, tags);
  const tagged = newest === null ? undefined : await delivery.repository.resolve(`refs/tags/${newest.tag}`);
  const facts = { release: release.id, name, path, changes: [], pushed: [] };
  const brought = () => broughtTo(delivery, content, { release, path, since: tagged ?? null });
  if (newest === null || tagged === undefined)
    return { ...facts, ...(await brought()), latest: null, changed: true, bump: "patch" };
  const before = await contentAt(delivery, tagged);
  const changed = (await delivery.repository.changedPaths(before.tree, content.tree)).some((changedPath) =>
    changedPath.startsWith(`${path}/`),
  );
  if (!changed) return { ...facts, latest: newest.version, changed, bump: "patch" };
  const [old, fresh] = await Promise.all(
    [before, content].map(({ tree }) => delivery.configuration.moduleInterface(path, tree)),
  );
  const bump = old === undefined || fresh === undefined ? "patch" : bumpOf(old, fresh);
  return { ...facts, ...(await brought()), latest: newest.version, changed, bump };
}

/** How what changed of a module came to the branch that its versions are made from. */
async function broughtTo(
  delivery: Delivery,
  { commit }: Content,
  { release, path, since }: { readonly release: ReleaseClass; readonly path: string; readonly since: CommitSha | null },
): Promise<Pick<ModuleFacts, "changes" | "pushed">> {
  const from = delivery.flow.branches.find(({ name }) => name === release.from);
  const branch = from === undefined ? undefined : onlyBranchOf(from);
  if (branch === undefined) return { changes: [], pushed: [] };
  const matters = (paths: readonly string[]) => paths.some((changed) => changed.startsWith(`${path}/`));
  return broughtBetween(delivery, { from: since, to: commit, branch, matters });
}
