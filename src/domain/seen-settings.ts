import type { SeenKeys } from "./forge-keys.ts";
import type {
  ActionsSettings,
  BypassActor,
  ForgeEnvironment,
  ForgeLabel,
  ForgeSettings,
  MergeButtons,
  Ruleset,
} from "./forge-settings.ts";

/**
 * A setting as it was asked for: what it is; or that this repository has no such setting, since the plan, the host or
 * its visibility has none; or that the token may not see it. What was not seen is never taken for good.
 */
export type Seen<T> =
  | { readonly kind: "seen"; readonly value: T }
  | { readonly kind: "not-offered"; readonly why: string }
  | { readonly kind: "hidden"; readonly why: string };

/** A ruleset as it stands; who may pass it is told only to whoever may change it. */
export interface SeenRuleset extends Omit<Ruleset, "bypass_actors" | "target"> {
  readonly id: number;
  readonly target: string;
  readonly bypass_actors: readonly BypassActor[] | null;
  /** `Repository`, `Organization` or `Enterprise`: who set it. */
  readonly source_type: string;
}

/** An environment as it stands. `can_admins_bypass` is null where GitHub does not tell it. */
export interface SeenEnvironment extends Omit<ForgeEnvironment, "can_admins_bypass"> {
  readonly can_admins_bypass: boolean | null;
}

/** What a repository is to GitHub: what its plan offers follows from it. */
export interface SeenRepository {
  readonly owner: string;
  readonly name: string;
  readonly id: number;
  readonly owner_id: number;
  readonly visibility: "public" | "private" | "internal";
  readonly default_branch: string;
  /** As GitHub calls it: `free`, `pro`, `team`, `enterprise`; null when the token may not know. */
  readonly plan: string | null;
}

/** The settings of a repository as they are, and what else is there that can pass by them. */
export interface SeenSettings {
  readonly about: SeenRepository;
  readonly repository: Seen<MergeButtons>;
  readonly actions: { readonly [Part in keyof ActionsSettings]: Seen<Partial<ActionsSettings[Part]>> };
  /** The longest retention that the repository may have; null when nobody says. */
  readonly longestRetention: number | null;
  readonly immutable_releases: Seen<NonNullable<ForgeSettings["immutable_releases"]>>;
  readonly rulesets: Seen<readonly SeenRuleset[]>;
  readonly environments: Seen<readonly SeenEnvironment[]>;
  readonly labels: Seen<readonly ForgeLabel[]>;
  readonly deployKeys: Seen<readonly { readonly title: string; readonly read_only: boolean }[]>;
  /** Names of secrets that every workflow of the repository gets. */
  readonly repositorySecrets: Seen<readonly string[]>;
  /** Of the environments that were asked for, as far as they are there. */
  readonly keys: Seen<SeenKeys>;
  readonly codeownersErrors: Seen<
    readonly { readonly path: string; readonly line: number; readonly message: string }[]
  >;
  /** Workflow files of the default branch. */
  readonly workflows: Seen<readonly { readonly path: string; readonly text: string }[]>;
}

/** One change of the live settings, by names; what it is about stands as the flow declares it. */
export type SettingsStep =
  | { readonly kind: "merge-buttons"; readonly set: Partial<MergeButtons> }
  | {
      readonly kind: "actions";
      readonly part: keyof ActionsSettings;
      readonly set: ActionsSettings[keyof ActionsSettings];
    }
  | { readonly kind: "immutable-releases" }
  | { readonly kind: "ruleset"; readonly id: number | null; readonly ruleset: Ruleset }
  | { readonly kind: "remove-ruleset"; readonly id: number; readonly name: string }
  | { readonly kind: "environment"; readonly environment: ForgeEnvironment }
  | {
      readonly kind: "remove-branch-policy" | "add-branch-policy";
      readonly environment: string;
      readonly policy: ForgeEnvironment["branch_policies"][number];
    }
  | { readonly kind: "label"; readonly label: ForgeLabel };
