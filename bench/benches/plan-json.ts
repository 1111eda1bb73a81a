import { statSync } from "node:fs";
import { join } from "node:path";
import type { Bench } from "../bench.ts";
import { compareProcesses } from "../measure.ts";
import { writeLargePlan } from "../plan-json/make.ts";

const sizes = [
  { name: "1 MB", bytes: 1_150_000 },
  { name: "10 MB", bytes: 10_100_000 },
  { name: "100 MB", bytes: 100_800_000 },
];

export const bench: Bench = {
  name: "plan-json",
  about:
    "One process that reads a plan JSON, checks it, sums it up, takes its meaning and renders the comment, beside a Node that reads it, calls JSON.parse and counts.",
  run: async ({ root, folder, quick, runs, note }) => {
    const rows = [];
    for (const { name, bytes } of quick ? sizes.slice(0, 2) : sizes) {
      const file = join(folder, `${bytes}.json`);
      const changes = writeLargePlan(root, file, bytes);
      note(`plan JSON of ${statSync(file).size} bytes, ${changes} changes`);
      const program = (part: string): [string, ...string[]] => [
        process.execPath,
        join(root, "bench/plan-json", part),
        file,
      ];
      const compared = await compareProcesses(
        { ours: { argv: program("whole.ts") }, bare: { argv: program("bare.ts") } },
        runs(7),
      );
      const isLarge = bytes > 100_000_000;
      const { wallMs, rssMb = 0 } = compared.measured;
      rows.push({
        work: `plan JSON of ${name}, ${changes.toLocaleString("en")} changes: summary, meaning, comment`,
        ...compared,
        aim: isLarge ? "at most 1.7 s and 500 MB" : "at most 0.2 s more than bare",
        holds: isLarge ? wallMs.median <= 1700 && rssMb <= 500 : wallMs.median - compared.bare.wallMs.median <= 200,
      });
    }
    return rows;
  },
};
