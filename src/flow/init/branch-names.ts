import type { PresetName } from "../presets.ts";

/** The branches of a repository, as `init` finds them. */
export interface FoundBranches {
  /** Names, local and remote, without the remote's. */
  readonly branches: readonly string[];
  /** The branch that the remote calls its default, when that is known. */
  readonly defaultBranch: string | null;
}

/** The long-lived branches of a flow by their names in the repository, and what people should know of the guess. */
export interface BranchNames {
  readonly trunk: string;
  readonly integration: string;
  /** What branches are called that people work on, where the preset leaves that open. */
  readonly work: string;
  readonly notes: readonly string[];
}

const integrations = ["develop", "development", "dev", "integration", "next"];
const trunks = ["main", "master", "trunk"];
const longLived = /^(?:develop(?:ment)?|dev|integration|staging|stage|production|release|main|master)$/;

/** The preset that the branches of a repository look like. */
export function proposePreset({ branches }: FoundBranches): PresetName {
  if (branches.includes("development")) return "integration-branch";
  return branches.some((name) => /^(?:develop$|dev$|dev\/)/.test(name)) ? "gitflow" : "trunk-stored-plan";
}

/** Names the branches for a preset: `integration` is what it calls the branch in front of the trunk; null without one. */
export function nameBranches({ branches, defaultBranch }: FoundBranches, integration: string | null): BranchNames {
  const front =
    integration === null ? undefined : [integration, ...integrations].find((name) => branches.includes(name));
  const isTrunk = (name: string | null): name is string => name !== null && name !== (front ?? integration);
  const trunk = isTrunk(defaultBranch) ? defaultBranch : (trunks.find((name) => branches.includes(name)) ?? "main");
  const names = { trunk, integration: front ?? integration ?? trunk };
  // Git keeps branches in folders, so there is no dev/x beside a branch dev.
  const work = names.integration === "dev" || trunk === "dev" ? "feature/**" : "dev/**";
  const others = branches.filter((name) => name !== trunk && name !== names.integration && longLived.test(name));
  const [has, are] =
    integration === null
      ? ["as its only long-lived branch", trunk]
      : ["as its long-lived branches", `${trunk} and ${names.integration}`];
  return {
    ...names,
    work,
    notes: [
      ...(integration !== null && front === undefined
        ? [`There is no branch ${integration} yet: make it from ${trunk}, and open pull requests into it.`]
        : []),
      ...(others.length === 0
        ? []
        : [`This preset has ${are} ${has}; ${others.join(", ")} would be a branch that people work on.`]),
    ],
  };
}
