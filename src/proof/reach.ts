import type { SliceResult } from "./searcher.ts";

type Reach = Pick<SliceResult, "depth">;

/** How far one slice was searched, in words. */
export function reachOf({ depth }: Reach): string {
  if (depth === null) return "to its end";
  return depth === 0 ? "not one whole step" : `to stories of ${stepsOf(depth)}`;
}

/** The same of all: "17 slices: 5 to their end, 12 to stories of 3 to 5 steps beyond their beginning". */
export function reachOfAll(slices: readonly Reach[]): string {
  const depths = depthsOf(slices);
  const ended = slices.length - depths.length;
  const [least, most] = [Math.min(...depths), Math.max(...depths)];
  const range = least === most ? stepsOf(most) : `${least} to ${stepsOf(most)}`;
  const parts = [
    ...(ended === 0 ? [] : [`${ended} to ${ended === 1 ? "its" : "their"} end`]),
    ...(depths.length === 0 ? [] : [`${depths.length} to stories of ${range} beyond their beginning`]),
  ];
  return `${slices.length} slice${slices.length === 1 ? "" : "s"}${parts.length === 0 ? "" : ": "}${parts.join(", ")}`;
}

/** What "holds" is said of; null where every story that the slices have was looked at. */
export function boundOf(slices: readonly Reach[]): string | null {
  const depths = depthsOf(slices);
  if (depths.length === 0) return null;
  const ended = slices.length - depths.length;
  const more = ended === 0 ? "" : ` (${ended} of ${slices.length} to ${ended === 1 ? "its" : "their"} end)`;
  return `In every story of up to ${stepsOf(Math.min(...depths))} beyond the beginning of each slice${more}.`;
}

function depthsOf(slices: readonly Reach[]): readonly number[] {
  return slices.flatMap(({ depth }) => depth ?? []);
}

function stepsOf(count: number): string {
  return `${count} step${count === 1 ? "" : "s"}`;
}
