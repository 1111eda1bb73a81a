import type { RepositoryState, View } from "../real/forge/index.ts";
import { protectionsOf } from "../real/forge/index.ts";
import type { Hub } from "./hub.ts";
import type { KeptEnvironment } from "./kept.ts";
import { asWritten } from "./ruleset-rules.ts";

type Repository = View<RepositoryState>;

/** What is kept of an environment, begun from what the forge knows when it came to be there some other way. */
export function environmentKept(hub: Hub, repository: Repository, name: string): KeptEnvironment {
  const { environments } = hub.kept(repository.name);
  const key = name.toLowerCase();
  const known = environments.get(key);
  if (known !== undefined) return known;
  const refs = repository.environments.find((one) => one.name.toLowerCase() === key)?.refs ?? [];
  const now = hub.clock.now();
  const made: KeptEnvironment = {
    id: hub.nextId(),
    createdAt: now,
    updatedAt: now,
    waitTimer: 0,
    branchPolicy: refs.length === 0 ? null : { protected_branches: false, custom_branch_policies: true },
    policies: refs.map((ref) => ({
      id: hub.nextId(),
      name: ref.replace(/^tag:/, ""),
      type: ref.startsWith("tag:") ? "tag" : "branch",
    })),
    variables: new Map(),
    secrets: new Map(),
    rules: [],
  };
  environments.set(key, made);
  return made;
}

/** The patterns of an environment's policies as the forge writes them. */
export function refsOf({ branchPolicy, policies }: KeptEnvironment): readonly string[] {
  if (branchPolicy?.custom_branch_policies !== true) return [];
  // Without any policy nothing may deploy there; a name that no ref can have says so.
  if (policies.length === 0) return ["..nothing"];
  return policies.map(({ name, type }) => (type === "tag" ? `tag:${asWritten(name)}` : asWritten(name)));
}

/** Whether the ref may deploy there as far as protected branches go; patterns are the forge's to judge. */
export function isProtectedEnough({ branchPolicy }: KeptEnvironment, repository: Repository, ref: string): boolean {
  if (branchPolicy?.protected_branches !== true) return true;
  return ref.startsWith("refs/heads/") && protectionsOf(repository, ref.slice("refs/heads/".length)).length > 0;
}
