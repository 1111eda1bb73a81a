import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { renderPreset } from "../../src/flow/index.ts";
import type { Bench } from "../bench.ts";
import { compareProcesses } from "../measure.ts";

export const bench: Bench = {
  name: "cli-start",
  about: "How long the command line takes to answer at all, and to explain a flow, beside a Node that does nothing.",
  run: async ({ needsBuild, runs, folder }) => {
    const main = needsBuild();
    execFileSync("git", ["init", "--quiet"], { cwd: folder });
    writeFileSync(join(folder, "plangate.yaml"), renderPreset("gitflow"));
    const beside = (...args: readonly string[]) =>
      compareProcesses(
        {
          ours: { argv: [process.execPath, main, ...args], cwd: folder },
          bare: { argv: [process.execPath, "--eval", ""], cwd: folder },
        },
        runs(15),
      );
    const [version, explain] = [await beside("--version"), await beside("explain")];
    return [
      { work: "plangate --version", ...version, aim: "under 150 ms", holds: version.measured.wallMs.median < 150 },
      { work: "plangate explain", ...explain, aim: "under 250 ms", holds: explain.measured.wallMs.median < 250 },
    ];
  },
};
