import type { Found } from "../init.ts";
import { rememberedBackend } from "./initialised.ts";

/** For tests of `init`: configuration with an empty S3 backend. */
export const s3 = 'terraform {\n  backend "s3" {}\n}\n';
/** Configuration made from these modules. */
export const calls = (...sources: readonly string[]) =>
  sources.map((source, index) => `module "m${index}" {\n  source = "${source}"\n}\n`).join("");

/** A repository with these files, where two people are known to nobody but `ann`. */
export function aRepository(files: Readonly<Record<string, string>>, more: Partial<Found> = {}): Found {
  return {
    paths: Object.keys(files),
    configuration: Object.fromEntries(Object.entries(files).filter(([path]) => /\.(?:tf|tofu)(?:\.json)?$/.test(path))),
    backendFiles: Object.fromEntries(Object.entries(files).filter(([path]) => /\.(?:hcl|tfbackend)$/.test(path))),
    commands: Object.fromEntries(Object.entries(files).filter(([path]) => /\.(?:ya?ml|sh|md)$|Makefile$/.test(path))),
    remembered: Object.fromEntries(
      Object.entries(files)
        .filter(([path]) => path.endsWith(`/${rememberedBackend}`))
        .map(([path, text]) => [path.slice(0, -rememberedBackend.length - 1), text]),
    ),
    branches: ["main"],
    defaultBranch: null,
    login: "ann",
    owners: [],
    environments: [],
    email: null,
    remote: { owner: "acme", name: "live" },
    folder: "live",
    tool: "terraform",
    ...more,
  };
}

/** A file for test and one for prod. */
export const bothWith = (template: string) => ({
  [template.replace("ENV", "test")]: "",
  [template.replace("ENV", "prod")]: "",
});
