import { availableParallelism } from "node:os";

/** Each may take half a gigabyte for the schemas of a large provider, and runners have four. */
const most = 4;

/** How many programs may work at the same time: while one writes what it found, another one can begin on one processor too. */
export function programsAtOnce(): number {
  return Math.min(most, availableParallelism() + 1);
}
