/**
 * The command lines of static checks, from one place: CI runs them in the folder of each root module or other folder that a
 * change alters, and what is compiled tells people to run the very same.
 */

/** What the tool is called with; `files` are from the folder that it is started in. */
export function formatArgs(files: readonly string[]): readonly string[] {
  return ["fmt", "-check", "-list=true", "-write=false", "-no-color", "--", ...files];
}

/** Providers by the hashes of the lock file that is there, and modules; no state is looked for. */
export const fetchArgs = ["init", "-backend=false", "-input=false", "-no-color", "-lockfile=readonly"] as const;

export const validateArgs = ["validate", "-no-color"] as const;

/** Where linters have their settings: the nearest of these in the folder or above it, up to the repository's top. */
export const lintSettings = {
  tflint: [".tflint.hcl", ".tflint.json"],
  tfsec: [".tfsec/config.json", ".tfsec/config.yml", ".tfsec/config.yaml"],
  /** The folder of checks of one's own. */
  tfsecChecks: [".tfsec"],
} as const;

type Argv = readonly [program: string, ...args: string[]];

/** Fetches the plugins that settings name. */
export function tflintInit(settings: string | null): Argv {
  return ["tflint", "--init", "--no-color", ...(settings === null ? [] : [`--config=${settings}`])];
}

/** What settings say of the end does not matter: found is what is printed. */
export function tflintRun(settings: string | null): Argv {
  return ["tflint", "--format=json", "--no-color", ...(settings === null ? [] : [`--config=${settings}`])];
}

/** It fetches no modules. */
export function tfsecRun({ settings, checks }: { readonly [Place in "settings" | "checks"]: string | null }): Argv {
  return [
    "tfsec",
    "--format=json",
    "--no-color",
    "--no-module-downloads",
    ...(settings === null ? [] : [`--config-file=${settings}`]),
    ...(checks === null ? [] : [`--custom-check-dir=${checks}`]),
    ".",
  ];
}
