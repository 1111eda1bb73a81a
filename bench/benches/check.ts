import { join } from "node:path";
import type { Bench } from "../bench.ts";
import { measureProcess } from "../measure.ts";
import { writeLargeRepository } from "../repository.ts";

export const bench: Bench = {
  name: "check",
  about: "`plangate check` of a large repository: every file read once, every stack held against every other.",
  run: async ({ folder, quick, runs, needsBuild, note }) => {
    const main = needsBuild();
    const rows = [];
    for (const stacks of quick ? [1_000] : [1_000, 10_000]) {
      const repository = join(folder, String(stacks));
      const { files } = writeLargeRepository(repository, stacks);
      note(`a repository of ${stacks} stacks in ${files} files`);
      const argv: [string, ...string[]] = [process.execPath, main, "check"];
      const measured = await measureProcess({ argv, cwd: repository }, runs(5));
      rows.push({
        work: `${stacks.toLocaleString("en")} stacks in ${files.toLocaleString("en")} files`,
        measured,
        aim: "at most 5 s and 1,000 MB",
        holds: measured.wallMs.median <= 5_000 && (measured.rssMb ?? 0) <= 1_000,
      });
    }
    return rows;
  },
};
