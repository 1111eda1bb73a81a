import { type JsonValue, sameValue } from "../domain/json-value.ts";

/** Longer lists are not compared element by element: the work grows with the square. */
export const longestDiff = 400;

/** An element that only the second list has, only the first, or both. */
export interface DiffLine {
  readonly sign: "+" | "-" | " ";
  readonly value: JsonValue;
}

/** The shortest way from one list to the other, by equal elements. */
export function diffLists(before: readonly JsonValue[], after: readonly JsonValue[]): readonly DiffLine[] {
  const width = after.length + 1;
  const common = new Uint16Array((before.length + 1) * width);
  for (let row = before.length - 1; row >= 0; row--) {
    for (let column = after.length - 1; column >= 0; column--) {
      const at = row * width + column;
      common[at] = sameValue(before[row], after[column])
        ? (common[at + width + 1] ?? 0) + 1
        : Math.max(common[at + width] ?? 0, common[at + 1] ?? 0);
    }
  }
  const lines: DiffLine[] = [];
  let [row, column] = [0, 0];
  while (row < before.length || column < after.length) {
    const [old, fresh] = [before[row], after[column]];
    if (row < before.length && column < after.length && sameValue(old, fresh)) {
      lines.push({ sign: " ", value: old ?? null });
      row++;
      column++;
    } else if (
      row < before.length &&
      (column >= after.length || (common[(row + 1) * width + column] ?? 0) >= (common[row * width + column + 1] ?? 0))
    ) {
      lines.push({ sign: "-", value: old ?? null });
      row++;
    } else {
      lines.push({ sign: "+", value: fresh ?? null });
      column++;
    }
  }
  return lines;
}

const context = 2;

/** Leaves out, and counts, what is far from any difference. */
export function withContext(lines: readonly DiffLine[]): readonly DiffLine[] {
  const near = lines.map((_, index) =>
    lines.slice(Math.max(0, index - context), index + context + 1).some(({ sign }) => sign !== " "),
  );
  const shown: DiffLine[] = [];
  let hidden = 0;
  const flush = (): void => {
    if (hidden > 0) shown.push({ sign: " ", value: `# (${hidden} unchanged lines hidden)` });
    hidden = 0;
  };
  lines.forEach((line, index) => {
    if (near[index] === true) {
      flush();
      shown.push(line);
    } else hidden++;
  });
  flush();
  return shown;
}
