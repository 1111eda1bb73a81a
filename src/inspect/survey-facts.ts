import type { ConfigurationFacts, SettingsFacts, Spot, SubjectFact } from "../domain/configuration-facts.ts";
import type { ParsedPolicy } from "../domain/policy-document.ts";
import type { WorkflowFacts } from "../domain/workflow-facts.ts";
import type { IgnoreMark } from "./ignore-marks.ts";
import type { InFile } from "./in-file.ts";
import type { RepositoryFile, Unread } from "./repository.ts";
import type { UnpinnedTool } from "./tool-pins.ts";
import type { WorkspaceUse } from "./workspace-uses.ts";

/** A dependency lock file: its providers with the lines they stand in; null when it is not as the tool writes it. */
export type LockFacts = readonly (Spot & { readonly address: string })[] | null;

/** A policy document in a file of its own, or a file that lies where these lie. */
export interface PolicyFile extends ParsedPolicy {
  readonly file: string;
}

/** What the files of a repository say, without their texts: each is read once and let go. */
export interface Survey {
  readonly files: ReadonlyMap<string, RepositoryFile>;
  /** How many texts were looked at. */
  readonly texts: number;
  readonly unread: readonly { readonly file: string; readonly why: Unread }[];
  /** Texts with bytes that mean nothing in UTF-8. */
  readonly notUtf8: readonly string[];
  readonly configuration: ReadonlyMap<string, ConfigurationFacts>;
  readonly settings: ReadonlyMap<string, SettingsFacts>;
  readonly locks: ReadonlyMap<string, LockFacts>;
  readonly secrets: readonly InFile<{ readonly kind: string }>[];
  /** In JSON and its templates; those of configuration are among its facts. */
  readonly subjects: readonly InFile<SubjectFact>[];
  readonly policies: readonly PolicyFile[];
  readonly workflows: ReadonlyMap<string, WorkflowFacts>;
  /** In files that say which version of a tool is used, or what Git leaves alone. */
  readonly tools: { readonly count: number; readonly unpinned: readonly UnpinnedTool[] };
  /** Where configuration or commands count on other workspaces than the default one; the first place of each file. */
  readonly workspaces: readonly InFile<WorkspaceUse>[];
  /** By file: what each declares, see `blocksIn`. */
  readonly blocks: ReadonlyMap<string, readonly string[]>;
  readonly ignoreMarks: readonly InFile<IgnoreMark>[];
  readonly links: readonly { readonly file: string; readonly target: string; readonly leadsOut: boolean }[];
  readonly submodules: readonly string[];
}

/** A survey while it is made. */
export interface OpenSurvey {
  texts: number;
  readonly unread: Survey["unread"][number][];
  readonly notUtf8: string[];
  readonly configuration: Map<string, ConfigurationFacts>;
  readonly settings: Map<string, SettingsFacts>;
  readonly locks: Map<string, LockFacts>;
  readonly secrets: Survey["secrets"][number][];
  readonly subjects: Survey["subjects"][number][];
  readonly policies: PolicyFile[];
  readonly workflows: Map<string, WorkflowFacts>;
  readonly tools: { count: number; readonly unpinned: UnpinnedTool[] };
  readonly workspaces: Survey["workspaces"][number][];
  readonly blocks: Map<string, readonly string[]>;
  readonly ignoreMarks: Survey["ignoreMarks"][number][];
}

export interface SurveyWants {
  /** Files of variables and backend settings that stacks name, whatever they are called. */
  readonly settings: ReadonlySet<string>;
}
