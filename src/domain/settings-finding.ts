import type { SettingValue } from "./forge-settings.ts";
import type { SettingsStep } from "./seen-settings.ts";

/** Something live that is not as declared, or that passes by what is. */
export interface SettingsFinding {
  /** Stable, in kebab case. */
  readonly code: string;
  /** Which setting, in GitHub's words. */
  readonly where: string;
  readonly declared: SettingValue;
  readonly live: SettingValue;
  /** The known hole that it opens: a row of docs/security.md. */
  readonly loophole?: string;
  /** What puts it right, for a person. */
  readonly fix: string;
  /** What puts it right by itself; empty where a person has to. */
  readonly changes: readonly SettingsChange[];
}

/** A step, and whether afterwards something is allowed that was not before. */
export interface SettingsChange {
  readonly step: SettingsStep;
  readonly loosens: boolean;
}

/** Something that GitHub does not offer here, as far as the live repository shows. */
export interface NotOffered {
  readonly feature: string;
  readonly why: string;
  readonly fallback: string;
}
