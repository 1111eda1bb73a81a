import type { Bench } from "../bench.ts";
import { compareProcesses } from "../measure.ts";

export const bench: Bench = {
  name: "cli-start",
  about: "How long the command line takes to answer at all, beside a Node that does nothing.",
  run: async ({ needsBuild, runs, folder }) => {
    const main = needsBuild();
    const compared = await compareProcesses(
      {
        ours: { argv: [process.execPath, main, "--version"], cwd: folder },
        bare: { argv: [process.execPath, "--eval", ""], cwd: folder },
      },
      runs(15),
    );
    return [
      { work: "plangate --version", ...compared, aim: "under 150 ms", holds: compared.measured.wallMs.median < 150 },
    ];
  },
};
