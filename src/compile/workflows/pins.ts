import { InternalError } from "../../domain/errors.ts";
import type { Flow } from "../../flow/index.ts";
import { type Commented, said } from "./yaml.ts";

/** An action at one commit, and the release that it was. */
interface Pin {
  readonly commit: string;
  readonly version: string;
}

/**
 * Every action that is compiled into a workflow, by the commit of its release. A tag can be moved by whoever takes over
 * an action, a commit cannot. To bring one up to date: `git ls-remote --tags https://github.com/NAME`, the commit of
 * the release's tag (its `^{}` line where there is one), then read what changed. docs/not-verified.md tells how these
 * were found.
 */
const pins = {
  "actions/checkout": { commit: "de0fac2e4500dabe0009e67214ff5f5447ce83dd", version: "v6.0.2" },
  "actions/setup-node": { commit: "6044e13b5dc448c55e2357c09f80417699197238", version: "v6.2.0" },
  "actions/upload-artifact": { commit: "b7c566a772e6b6bfb58ed0dc250532a479d7789f", version: "v6.0.0" },
  "aws-actions/configure-aws-credentials": { commit: "8df5847569e6427dd6c4fb1cf565c83acfa8afa7", version: "v6.0.0" },
  "google-github-actions/auth": { commit: "7c6bc770dae815cd3e89ee6cdf493a5fab2cc093", version: "v3.0.0" },
  "hashicorp/setup-terraform": { commit: "5e8dbf3c6d9deaf4193ca7a8fb23f2ac83bb6c85", version: "v4.0.0" },
  "opentofu/setup-opentofu": { commit: "fc711fa910b93cba0f3fbecaafc9f42fd0c411cb", version: "v2.0.0" },
} as const satisfies Readonly<Record<string, Pin>>;

/** `actions/checkout@COMMIT # v6.0.2` */
export function pinned(action: keyof typeof pins): Commented {
  const { commit, version } = pins[action];
  return said(`${action}@${commit}`, version);
}

/** The machine that every job runs on. A name without a number would change under everybody's feet. */
export const runner = "ubuntu-24.04";

/** What plangate itself runs on there. */
export const nodeVersion = "24.21.0";

/** Versions of the tool that this plangate was tested with, for a flow that names none. */
const toolVersions: Readonly<Record<Flow["tool"], string>> = { terraform: "1.11.4", opentofu: "1.12.6" };

export function toolVersionOf({ tool, toolVersion }: Flow): string {
  return toolVersion ?? toolVersions[tool];
}

/** Linters by name, as modules of Go: its checksum database says what each version holds, to everybody the same. */
const linters: Readonly<Record<string, { readonly module: string; readonly version: string }>> = {
  tflint: { module: "github.com/terraform-linters/tflint", version: "v0.64.0" },
  tfsec: { module: "github.com/aquasecurity/tfsec/cmd/tfsec", version: "v1.26.0" },
};

/** `module@version` of a static check that is a program of its own; undefined for what the tool itself checks. */
export function linterOf(check: string): string | undefined {
  const linter = linters[check];
  return linter === undefined ? undefined : `${linter.module}@${linter.version}`;
}

/** How a step starts plangate: this very version, and no other. */
export function plangateAt(version: string): string {
  if (!/^\d+\.\d+\.\d+(?:[-+][0-9A-Za-z.-]+)?$/.test(version))
    throw new InternalError(`"${version}" is no version of plangate`);
  return `npx --yes plangate@${version}`;
}
