import { renameSync, writeFileSync } from "node:fs";

/** Writes the time of a story; whoever reads it meanwhile reads one or the other. */
export function setTime(file: string, time: number): void {
  const partial = `${file}.${process.pid}`;
  writeFileSync(partial, String(time));
  renameSync(partial, file);
}
