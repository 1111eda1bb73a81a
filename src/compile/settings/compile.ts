import type { Diagnostic } from "../../domain/diagnostic.ts";
import type { ForgeSettings } from "../../domain/forge-settings.ts";
import type { Flow } from "../../flow/index.ts";
import type { CompileAbout, Compiled } from "../compiled-file.ts";
import { notCarried } from "./diagnostics.ts";
import { environmentsOf } from "./environments.ts";
import { rulesetsOf } from "./rulesets.ts";
import { actionsOf, immutableReleasesOf, labelsOf, mergeButtonsOf } from "./switches.ts";
import type { Wanted } from "./wanted.ts";
import { writeSettings } from "./write.ts";

/** Where the settings are declared, from the repository's top. */
export const settingsFile = ".github/plangate/settings.yaml";

/** The settings as a file, and what the flow asks of GitHub that no setting can carry. */
export function compileSettings(flow: Flow, about: CompileAbout): Compiled {
  const { settings, diagnostics } = settingsOf(flow, about);
  return {
    files: [{ path: settingsFile, form: "whole", text: writeSettings(settings), comment: "#" }],
    diagnostics,
  };
}

/** The settings that the flow needs, as values. */
export function settingsOf(
  flow: Flow,
  { flowFile, defaultBranch, placeOf }: Pick<CompileAbout, "flowFile" | "defaultBranch" | "placeOf">,
): { readonly settings: ForgeSettings; readonly diagnostics: readonly Diagnostic[] } {
  const wanted: Wanted = { flow, defaultBranch, app: appOf(flow) };
  const settings: ForgeSettings = {
    repository: mergeButtonsOf(wanted),
    actions: actionsOf(flow),
    immutable_releases: immutableReleasesOf(flow),
    rulesets: rulesetsOf(wanted),
    environments: environmentsOf(wanted),
    labels: labelsOf(flow),
  };
  return { settings, diagnostics: notCarried(wanted, settings, { flowFile, placeOf }) };
}

/** The app whose name the flow gives, where it asks to act as one. */
function appOf({ identity, repository }: Flow): string | null {
  return identity === "app" ? (repository?.app ?? null) : null;
}
