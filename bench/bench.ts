/**
 * What a bench is. Benches answer "how fast, and against what": each row puts a measured figure beside its aim and,
 * where there is one, beside the same work done bare (the tool we call, without us).
 *
 * To add one: a file in bench/benches/ that exports `bench`, in the shape below. `npm run bench -- NAME` runs it.
 */

/** One line of the result. */
export interface Row {
  /** The work in words, with its size: "plan of 3,000 resources, meaning". */
  readonly work: string;
  readonly measured: Measured;
  /** The same work without plangate, measured in turns with it. */
  readonly bare?: Measured;
  /** What we cost: measured over bare, by the median wall time. */
  readonly ratio?: number;
  /** The same by the median processor time, which does not grow with what else the machine does. */
  readonly cpuRatio?: number;
  /** What the figure should be, in words: "under 150 ms", "at most 1.1 times bare". */
  readonly aim: string;
  readonly holds: boolean;
}

export interface Measured {
  readonly runs: number;
  readonly wallMs: { readonly median: number; readonly min: number };
  /** User and system time of the whole process tree, median. */
  readonly cpuMs?: number;
  /** The largest memory of any one process of the tree, median. Not their sum. */
  readonly rssMb?: number;
  /** Things done in a second, by the median wall time. */
  readonly ratePerSecond?: number;
}

export interface Context {
  /** The repository. dist/ holds the build when the bench wants it: call `needsBuild`. */
  readonly root: string;
  /** An empty folder for this bench alone, removed after it. */
  readonly folder: string;
  /** With `--quick` benches take smaller work and fewer runs; its figures are for trying out, not for comparing. */
  readonly quick: boolean;
  /** How many runs to make: `full`, or fewer with `--quick`. */
  readonly runs: (full: number) => number;
  /** The bundled command line, which is what users start; throws when it was not built. */
  readonly needsBuild: () => string;
  /** A word about progress, to stderr. */
  readonly note: (text: string) => void;
}

/** This machine lacks what the bench measures with; says what would bring it. Not a failure. */
export class LeftOut extends Error {
  override readonly name = "LeftOut";
}

export interface Bench {
  readonly name: string;
  /** One sentence: what is measured and why it matters. */
  readonly about: string;
  readonly run: (context: Context) => Promise<readonly Row[]>;
}
