import { tmpdir } from "node:os";
import semver from "semver";
import { DeliveryError } from "../../domain/errors.ts";
import type { Tool } from "../../domain/plan.ts";
import { mustRun, type Program } from "./command.ts";

/** Saved plans, lock files for S3 and ephemeral values came with these; older ones are not tried. */
const oldest = { terraform: "1.10.0", opentofu: "1.10.0" } as const;
const spelled = { terraform: "Terraform", opentofu: "OpenTofu" } as const;

/** Which program there is. Throws `tool-missing`, or `tool-too-old` with what was found. */
export async function readVersion(program: Program): Promise<Tool> {
  const workdir = { checkout: tmpdir(), root: ".", env: {}, log: { write: () => undefined } };
  const result = await mustRun(program, workdir, { args: ["version", "-json"], wholeOutput: 1024 * 1024 });
  const version = versionIn(Buffer.from(result.output).toString("utf8"));
  const name = spelled[program.name];
  if (version === undefined) {
    throw new DeliveryError({
      code: "tool-missing",
      message: `${program.binary} is there, but its answer to \`version -json\` names no version, so it is not ${name}`,
      reaction: "stop",
      hint: `Put ${name} ${oldest[program.name]} or later first on the PATH.`,
    });
  }
  if (semver.lt(version, oldest[program.name])) {
    throw new DeliveryError({
      code: "tool-too-old",
      message: `${program.binary} is ${name} ${version}; plangate needs ${oldest[program.name]} or later`,
      reaction: "stop",
      hint: `Install ${name} ${oldest[program.name]} or later, the same version wherever plans are made and applied.`,
    });
  }
  return { name: program.name, version };
}

/** OpenTofu calls the field `terraform_version` too. */
function versionIn(output: string): string | undefined {
  try {
    const told: unknown = JSON.parse(output);
    if (typeof told !== "object" || told === null || !("terraform_version" in told)) return undefined;
    return semver.valid(String(told.terraform_version)) ?? undefined;
  } catch {
    return undefined;
  }
}
