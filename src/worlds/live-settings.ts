/** What the forge enforces for a branch. What is left out stays as it is: from the start, as the flow says. */
export interface BranchSettings {
  /** Reviews, and nobody asking for changes, before a merge. */
  readonly reviews?: "on" | "off";
  /** Plangate's own check, green before a merge. */
  readonly checks?: "on" | "off";
  /** Open: also past pull requests, and throwing commits away. */
  readonly pushes?: "open" | "closed";
  /** Any way of merging, or those alone that the flow lists. */
  readonly methods?: "any" | "listed";
}

/** What the forge enforces at a gate: anybody may answer, or those alone whom the flow lists. */
export interface GateSettings {
  readonly reviewers?: "anybody" | "listed";
}

/**
 * The forge's settings as they are, by branch and by gate. They are the forge's alone: plangate never asks for them, and
 * judges by the flow whatever they are.
 */
export interface LiveSettings {
  readonly branches: Readonly<Record<string, BranchSettings>>;
  readonly gates: Readonly<Record<string, GateSettings>>;
}

/** Nobody changed anything. */
export const asTheFlowSays: LiveSettings = { branches: {}, gates: {} };

/** What somebody sets, of a branch or of a gate. */
export interface SettingsChange {
  readonly branch: string | null;
  /** A gate of the flow, or an environment with approvals. */
  readonly environment: string | null;
  readonly set: BranchSettings & GateSettings;
}

export function changeSettings(live: LiveSettings, { branch, environment, set }: SettingsChange): LiveSettings {
  const { reviewers, ...ofBranch } = set;
  if (branch !== null)
    return { ...live, branches: { ...live.branches, [branch]: { ...live.branches[branch], ...ofBranch } } };
  if (environment === null || reviewers === undefined) return live;
  return { ...live, gates: { ...live.gates, [environment]: { reviewers } } };
}
