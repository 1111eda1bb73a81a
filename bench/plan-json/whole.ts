/** What plangate does with one plan JSON, in one process: read, parse, summary, meaning, comment. `node whole.ts FILE`. */
import { readFileSync } from "node:fs";
import { readPlan } from "../../src/domain/read-plan.ts";
import { renderPlanMarkdown } from "../../src/views/plan-markdown.ts";

const { value, diagnostics } = readPlan(readFileSync(process.argv[2] as string), { key: new Uint8Array(32) });
if (value === undefined) throw new Error(diagnostics.map(({ summary }) => summary).join("; "));
const comment = renderPlanMarkdown(value, { budget: 60_000, elsewhere: "the run" });
console.log(value.meaning.digest, JSON.stringify(value.summary.counts), comment.length);
