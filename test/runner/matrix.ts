import { BadExpression } from "./errors.ts";

/** One job of a matrix: a value for each of its words. */
export type Combination = Readonly<Record<string, unknown>>;

const most = 256;

/**
 * The jobs that `strategy.matrix`, evaluated, stands for. Throws where GitHub ends the job: a list that is none, or
 * empty, or more jobs than 256.
 */
export function combinationsOf(matrix: unknown): readonly Combination[] {
  if (matrix === null || typeof matrix !== "object" || Array.isArray(matrix))
    throw new BadExpression(`a matrix is a mapping: ${JSON.stringify(matrix)}`);
  const { include, exclude, ...vectors } = matrix as Readonly<Record<string, unknown>>;
  let made: Combination[] = [{}];
  for (const [name, values] of Object.entries(vectors)) {
    if (!Array.isArray(values) || values.length === 0)
      throw new BadExpression(`the matrix vector '${name}' does not contain any values`);
    made = made.flatMap((one) => (values as readonly unknown[]).map((value) => ({ ...one, [name]: value })));
  }
  if (Object.keys(vectors).length === 0) made = [];
  const without = mappings("exclude", exclude);
  made = made.filter((one) => !without.some((other) => agrees(one, other)));
  const alone: Combination[] = [];
  const originals = made.map((one) => ({ ...one }));
  for (const addition of mappings("include", include)) {
    const own = Object.fromEntries(Object.entries(addition).filter(([name]) => name in vectors));
    const fitting = originals.map((one) => agrees(one, own));
    if (!fitting.includes(true)) alone.push(addition);
    else made = made.map((one, at) => (fitting[at] === true ? { ...one, ...addition } : one));
  }
  const all = [...made, ...alone];
  if (all.length === 0) throw new BadExpression("a matrix must define at least one vector");
  if (all.length > most) throw new BadExpression(`a matrix makes at most ${most} jobs, and this one ${all.length}`);
  return all;
}

function mappings(name: string, written: unknown): readonly Combination[] {
  if (written === undefined || written === null) return [];
  const isMapping = (one: unknown) => typeof one === "object" && one !== null && !Array.isArray(one);
  if (!Array.isArray(written) || !written.every(isMapping))
    throw new BadExpression(`${name} of a matrix is a list of mappings`);
  return written as readonly Combination[];
}

function agrees(one: Combination, other: Combination): boolean {
  return Object.entries(other).every(([name, value]) => JSON.stringify(one[name]) === JSON.stringify(value));
}

/** The words that GitHub puts behind the name of such a job: every scalar of it that says anything, in order. */
export function suffixOf(combination: Combination): string {
  const scalars = (value: unknown): readonly string[] => {
    if (typeof value === "object" && value !== null) return Object.values(value).flatMap(scalars);
    return [String(value ?? "")];
  };
  const said = Object.values(combination)
    .flatMap(scalars)
    .filter((word) => word !== "");
  return said.length === 0 ? "" : ` (${said.join(", ")})`;
}
