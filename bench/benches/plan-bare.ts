import type { Bench } from "../bench.ts";
import { compareProcesses } from "../measure.ts";
import { makeStack } from "../plan/repository.ts";

const main = `terraform {
  backend "local" {}
}

resource "terraform_data" "item" {
  count = 10
  input = "item-\${count.index}"
}
`;

export const bench: Bench = {
  name: "plan-bare",
  about:
    "`plangate plan` of a stack that takes no provider, whole command, beside terraform init, validate, plan and show -json: what we add where the tool itself takes next to no time.",
  run: async ({ folder, needsBuild, runs }) => {
    const built = needsBuild();
    const stack = makeStack(folder, { "main.tf": main }, undefined);
    const rows = [];
    for (const cold of [false, true]) {
      const pair = { ours: stack.ours(built, { cold }), bare: stack.bare({ cold }) };
      const compared = await compareProcesses(pair, runs(15));
      const more = compared.measured.wallMs.median - compared.bare.wallMs.median;
      rows.push({
        work: `plan of 10 terraform_data, ${cold ? "first one ever in the repository" : "with what the last one left"} (${Math.round(more)} ms more than bare)`,
        ...compared,
        aim: cold ? "at most 0.3 s more than bare" : "at most 0.15 s more than bare",
        holds: more <= (cold ? 300 : 150),
      });
    }
    return rows;
  },
};
