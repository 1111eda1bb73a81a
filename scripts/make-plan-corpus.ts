/**
 * Makes test/plans/*.json again from test/plans/sources/ with the real terraform:
 *
 *     node scripts/make-plan-corpus.ts --mirror DIR [CASE…]
 *
 * DIR is a filesystem mirror that has hashicorp/aws 5.100.0. Nothing reaches a cloud: the AWS plans are made with
 * dummy credentials, the ones that change something from a state made of the planned values of the first.
 */
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { root } from "./parts.ts";

const sources = join(root, "test/plans/sources");
const { values: options, positionals: wanted } = parseArgs({
  allowPositionals: true,
  options: { mirror: { type: "string" } },
});

interface Planned {
  /** The folder under sources/ to plan. */
  readonly from: string;
  /** Arguments for `terraform plan`. */
  readonly args?: readonly string[];
  /** Applied first, for real. */
  readonly applied?: string;
  /** Planned first; its planned values are then the state. */
  readonly assumed?: string;
  /** Plans with an error leave a plan file too. */
  readonly fails?: boolean;
}

const cases: Readonly<Record<string, Planned>> = {
  "aws-create": { from: "aws/before" },
  "aws-change": { from: "aws/after", assumed: "aws/before", args: ["-refresh=false"] },
  "aws-quiet": { from: "aws/before", assumed: "aws/before", args: ["-refresh=false"] },
  "aws-destroy": { from: "aws/before", assumed: "aws/before", args: ["-refresh=false", "-destroy"] },
  "kinds-create": { from: "kinds/before" },
  "kinds-change": { from: "kinds/after", applied: "kinds/before" },
  "kinds-destroy": { from: "kinds/before", applied: "kinds/before", args: ["-destroy"] },
  "kinds-target": {
    from: "kinds/before",
    applied: "kinds/before",
    args: ["-target=terraform_data.counted", "-replace=terraform_data.counted[1]"],
  },
  "kinds-replace": { from: "kinds/before", applied: "kinds/before", args: ["-replace=terraform_data.untouched"] },
  "refresh-only": { from: "secrets/after", applied: "secrets/before", args: ["-refresh-only"] },
  "secrets-create": { from: "secrets/before" },
  "secrets-change": { from: "secrets/after", applied: "secrets/before" },
  checks: { from: "checks" },
  "checks-quiet": { from: "checks", applied: "checks" },
  errored: { from: "errored", fails: true },
  numbers: { from: "numbers" },
  nothing: { from: "nothing", applied: "nothing" },
  hostile: { from: "hostile" },
  "deferred-reads": { from: "deferred-reads", args: ["-var=answer=42"] },
};

function makePlan(folder: string, planned: Planned): string {
  mkdirSync(folder, { recursive: true });
  const first = planned.applied ?? planned.assumed;
  if (first !== undefined) {
    enter(folder, first);
    terraform(folder, ["plan", "-out=first.tfplan"]);
    if (planned.applied !== undefined) terraform(folder, ["apply", "first.tfplan"]);
    else
      writeFileSync(
        join(folder, "terraform.tfstate"),
        assumedState(terraform(folder, ["show", "-json", "first.tfplan"])),
      );
  }
  enter(folder, planned.from);
  try {
    terraform(folder, ["plan", "-out=plan.tfplan", ...(planned.args ?? [])]);
  } catch (error) {
    if (planned.fails !== true) throw error;
  }
  return terraform(folder, ["show", "-json", "plan.tfplan"]);
}

function enter(folder: string, source: string): void {
  for (const part of ["main.tf", "inner"]) rmSync(join(folder, part), { recursive: true, force: true });
  cpSync(join(sources, source), folder, { recursive: true });
  terraform(folder, ["init"]);
}

function terraform(folder: string, argv: readonly string[]): string {
  const config = join(folder, "cli.tfrc");
  const mirror = options.mirror === undefined ? "" : `filesystem_mirror { path = ${JSON.stringify(options.mirror)} }`;
  writeFileSync(config, `disable_checkpoint = true\nprovider_installation {\n${mirror}\n}\n`);
  const [command = "", ...rest] = argv;
  return execFileSync("terraform", [command, ...(command === "show" ? [] : ["-no-color"]), ...rest], {
    cwd: folder,
    encoding: "utf8",
    maxBuffer: 1 << 30,
    stdio: ["ignore", "pipe", "pipe"],
    env: { PATH: process.env.PATH, HOME: folder, TF_CLI_CONFIG_FILE: config, TF_IN_AUTOMATION: "1", TF_INPUT: "0" },
  });
}

interface PlannedResource {
  readonly address: string;
  readonly mode: string;
  readonly type: string;
  readonly name: string;
  readonly index?: string | number;
  readonly schema_version: number;
  readonly values: Readonly<Record<string, unknown>>;
}

/** Types that have no such attribute. */
const withoutArn = new Set(["aws_route", "aws_iam_role_policy"]);

function idOf(type: string, name: string, index?: string | number): string {
  const prefix = type === "aws_launch_template" ? "lt" : type.replaceAll("_", "-");
  return `${prefix}-${name}${index === undefined ? "" : index}`;
}

/** What the sources take from other resources and plans do not know yet. */
function referredTo({ type, index, values }: PlannedResource): Record<string, unknown> {
  if (type === "aws_subnet" || type === "aws_route_table") return { vpc_id: idOf("aws_vpc", "main") };
  if (type !== "aws_autoscaling_group") return {};
  const [template] = values.launch_template as [Record<string, unknown>];
  return {
    vpc_zone_identifier: [idOf("aws_subnet", "public", index)],
    launch_template: [{ ...template, id: idOf("aws_launch_template", "nat"), name: "nat-1" }],
  };
}

/**
 * A state in which everything planned is there. Values known only after apply are made up where something refers to
 * them, one object gets a deposed twin, and one an older name, so that plans from it move and clean up.
 */
function assumedState(json: string): string {
  const plan = JSON.parse(json) as { planned_values: { root_module: { resources: readonly PlannedResource[] } } };
  const resources = new Map<string, { readonly instances: unknown[] }>();
  for (const resource of plan.planned_values.root_module.resources) {
    if (resource.mode !== "managed") continue;
    const { type, index, schema_version: schemaVersion } = resource;
    const name = resource.address === "aws_ssm_parameter.plain" ? "old" : resource.name;
    const provider = 'provider["registry.terraform.io/hashicorp/aws"]';
    const instances: unknown[] = [];
    const known = resources.get(`${type}.${name}`) ?? { mode: "managed", type, name, provider, instances };
    resources.set(`${type}.${name}`, known);
    const id = type === "aws_ssm_parameter" ? resource.values.name : idOf(type, name, index);
    const attributes = { arn: `arn:aws:fake:::${id}`, ...resource.values, ...referredTo(resource), id };
    if (withoutArn.has(type)) Reflect.deleteProperty(attributes, "arn");
    const instance = {
      ...(index === undefined ? {} : { index_key: index }),
      schema_version: schemaVersion,
      attributes,
    };
    known.instances.push(instance);
    if (type === "aws_launch_template") {
      known.instances.push({ ...instance, deposed: "00c0ffee", attributes: { ...attributes, id: `${id}-old` } });
    }
  }
  return JSON.stringify({
    version: 4,
    terraform_version: "1.11.4",
    serial: 1,
    lineage: "00000000-0000-4000-8000-000000000000",
    outputs: {},
    resources: [...resources.values()],
  });
}

const scratch = mkdtempSync(join(tmpdir(), "plangate-corpus-"));
try {
  for (const [name, planned] of Object.entries(cases)) {
    if (wanted.length > 0 && !wanted.includes(name)) continue;
    const json = makePlan(join(scratch, name), planned);
    writeFileSync(join(root, "test/plans", `${name}.json`), json.endsWith("\n") ? json : `${json}\n`);
    console.log(`${name}: ${json.length} bytes`);
  }
} finally {
  rmSync(scratch, { recursive: true });
}
