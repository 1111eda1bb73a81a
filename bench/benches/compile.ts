import { join } from "node:path";
import type { Bench } from "../bench.ts";
import { measureProcess } from "../measure.ts";
import { writeLargeRepository } from "../repository.ts";

export const bench: Bench = {
  name: "compile",
  about:
    "`plangate compile --check` of a large repository: the flow, its stacks, and every compiled file as it is there.",
  run: async ({ folder, quick, runs, needsBuild, note }) => {
    const main = needsBuild();
    const stacks = quick ? 1_000 : 10_000;
    const repository = join(folder, "repository");
    const { files } = writeLargeRepository(repository, stacks);
    note(`a repository of ${stacks} stacks in ${files} files`);
    const argv: [string, ...string[]] = [process.execPath, main, "compile"];
    // The first writes, as people do once; what CI runs for every change comes after it.
    await measureProcess({ argv, cwd: repository }, 1);
    const measured = await measureProcess({ argv: [...argv, "--check"], cwd: repository }, runs(9));
    return [
      {
        work: `${stacks.toLocaleString("en")} stacks in ${files.toLocaleString("en")} files`,
        measured,
        aim: "at most 1 s",
        holds: measured.wallMs.median <= 1_000,
      },
    ];
  },
};
