import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Bench, LeftOut } from "../bench.ts";
import { compareProcesses } from "../measure.ts";
import { makeStack } from "../plan/repository.ts";

const backend = 'terraform {\n  backend "local" {}\n}\n';

export const bench: Bench = {
  name: "plan-aws",
  about:
    "`plangate plan` of a stack with the AWS provider, whole command, beside terraform init, validate, plan and show -json. By processor time of the whole tree: nearly all of it is the provider, which every command starts anew.",
  run: async ({ root, folder, needsBuild, quick }) => {
    const mirror = process.env.PLANGATE_PROVIDER_MIRROR;
    if (mirror === undefined || !existsSync(join(mirror, "registry.terraform.io/hashicorp/aws"))) {
      throw new LeftOut("PLANGATE_PROVIDER_MIRROR names no folder with registry.terraform.io/hashicorp/aws in it");
    }
    const built = needsBuild();
    const main = readFileSync(join(root, "test/plans/sources/aws/before/main.tf"), "utf8");
    const stack = makeStack(folder, { "main.tf": main, "backend.tf": backend }, mirror);
    const rows = [];
    for (const cold of [true, false]) {
      const pair = { ours: stack.ours(built, { cold }), bare: stack.bare({ cold }) };
      const compared = await compareProcesses(pair, quick ? 1 : 5);
      const most = cold ? 0.8 : 0.6;
      rows.push({
        work: `plan of 25 AWS resources, ${cold ? "first one ever in the repository" : "with what the last one left"}`,
        ...compared,
        aim: `at most ${most} of bare's CPU`,
        holds: compared.cpuRatio <= most,
      });
    }
    return rows;
  },
};
