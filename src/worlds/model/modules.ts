import type { ModuleFacts } from "../../domain/facts.ts";
import { bumpOf, type ModuleInterface } from "../../domain/module-interface.ts";
import type { ReleaseClass } from "../../flow/flow.ts";
import { releaseClassOf } from "../../flow/releases.ts";
import { branchOfClass } from "./branches.ts";
import { type Commit, historyOf, type Tree } from "./git.ts";
import { broughtBetween } from "./history.ts";
import type { Setting } from "./setting.ts";
import { commitOf, type ModelWorld } from "./world.ts";

/** Every module of these release classes, seen from a commit. Where no text of a story says what its callers see, a change is a patch. */
export function moduleFacts(
  setting: Setting,
  world: ModelWorld,
  at: Commit,
  classes: readonly ReleaseClass[],
): readonly ModuleFacts[] {
  return classes.flatMap((release) =>
    modulesIn(release, at.tree).map(({ name, path }): ModuleFacts => {
      const latest = world.releases
        .map((made) => ({ ...made, class: releaseClassOf(setting.flow, made.tag) }))
        .findLast((made) => made.class?.id === release.id && made.class.module === name);
      const since = latest === undefined ? null : commitOf(world, latest.commit);
      const before = since === null ? null : filesBelow(path, since.tree);
      const after = filesBelow(path, at.tree);
      return {
        release: release.id,
        name,
        path,
        latest: latest?.class?.version ?? null,
        changed: before === null || JSON.stringify(before) !== JSON.stringify(after),
        bump: before === null ? "patch" : bumpOf(interfaceOf(before), interfaceOf(after)),
        ...broughtTo(setting, world, release, { since, at, path }),
      };
    }),
  );
}

/** What a repository began with nobody merged, so counting starts behind it when there is no version yet. */
function broughtTo(
  setting: Setting,
  world: ModelWorld,
  release: ReleaseClass,
  { since, at, path }: { readonly since: Commit | null; readonly at: Commit; readonly path: string },
): Pick<ModuleFacts, "changes" | "pushed"> {
  const branch = branchOfClass(setting.flow, release.from);
  if (branch === undefined) return { changes: [], pushed: [] };
  const from = since ?? [...historyOf(at)].find(({ parents }) => parents.length === 0) ?? null;
  const inputs = (tree: Tree) => JSON.stringify(filesBelow(path, tree));
  return broughtBetween(setting, world, { from, to: at, branch, inputs });
}

/** The folders that a class's pattern gives, which hold a file of configuration. */
function modulesIn({ of }: ReleaseClass, tree: Tree): readonly { readonly name: string; readonly path: string }[] {
  const [before = "", after = ""] = of.split("{module}");
  const names = new Set<string>();
  for (const path of Object.keys(tree)) {
    if (!path.endsWith(".tf") || !path.startsWith(before)) continue;
    const [name = ""] = path.slice(before.length).split("/");
    if (path.startsWith(`${before}${name}${after}/`)) names.add(name);
  }
  return [...names].sort().map((name) => ({ name, path: `${before}${name}${after}` }));
}

/** In order of their paths. */
function filesBelow(folder: string, tree: Tree): Tree {
  const entries = Object.entries(tree).filter(([path]) => path.startsWith(`${folder}/`));
  return Object.fromEntries(entries.sort(([left], [right]) => (left < right ? -1 : 1)));
}

/** What callers see of a module, as far as the texts of a story have it: blocks that start and end a line of their own. */
function interfaceOf(files: Tree): ModuleInterface {
  const text = Object.values(files).join("\n");
  const variables = [...text.matchAll(/^variable\s+"([^"]+)"\s*\{(.*?)\}/gms)].map(
    ([, name = "", body = ""]) => [name, { hasDefault: /\bdefault\s*=/.test(body) }] as const,
  );
  const outputs = [...text.matchAll(/^output\s+"([^"]+)"/gm)].map(([, name = ""]) => name);
  return { variables: Object.fromEntries(variables), outputs };
}
