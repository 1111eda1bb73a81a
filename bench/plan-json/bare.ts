/** The least that anybody can do with a plan JSON: read it, `JSON.parse` it, count its changes. `node bare.ts FILE`. */
import { readFileSync } from "node:fs";

const plan = JSON.parse(readFileSync(process.argv[2] as string, "utf8")) as {
  resource_changes: readonly { change: { actions: readonly string[] } }[];
};
const counts: Record<string, number> = {};
for (const { change } of plan.resource_changes) {
  const actions = change.actions.join();
  counts[actions] = (counts[actions] ?? 0) + 1;
}
console.log(JSON.stringify(counts));
