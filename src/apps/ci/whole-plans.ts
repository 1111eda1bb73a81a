import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { type Digest, digestOf, shortDigest } from "../../domain/digest.ts";
import type { Run } from "../../domain/run.ts";
import { rowsOfPush } from "../../engine/rows.ts";
import type { Flow, Transition } from "../../flow/flow.ts";
import { placeOf } from "../../flow/instances.ts";
import type { WholePlan, WholePlans } from "../../hosts/actions/whole-plans.ts";
import { inlineCode } from "../../views/inert.ts";
import { wholePlanJson, wholePlanText } from "../../views/plan-document.ts";
import { renderWholePlan } from "../../views/plan-markdown.ts";
import type { WholePlanPlace } from "../../views/section-view.ts";
import { attemptUrl, mayHave } from "./job.ts";
import type { Ci } from "./open-job.ts";

/** Of what GitHub takes of a step, in bytes. The rest is for sections at gates, and for what was decided. */
const mostInSummary = 600 * 1024;

/**
 * Keeps plans whole where people find them: in the summary of the job that shows them, as long as GitHub takes it; as files of
 * an artifact where it would not, and where a row of the flow says `artifact`. Nothing sensitive is in either: who reads the
 * repository reads both, as they read comments.
 */
export function openWholePlans(ci: Ci, flow: Flow): WholePlans {
  let room = mostInSummary;
  const kept = new Map<Digest, WholePlanPlace>();
  const keep = (plan: WholePlan): WholePlanPlace => {
    const text = plan.isShownWhole ? null : summaryOf(plan);
    const bytes = Buffer.byteLength(text ?? "");
    const isTold = text !== null && bytes <= room;
    if (isTold) {
      room -= bytes;
      ci.outputs.summary(text);
    }
    const { isShownWhole } = plan;
    const files = !(isTold || isShownWhole) || isArtifact(flow, plan.run) ? writeFiles(ci, plan) : null;
    if (files !== null) ci.outputs.summary(digestsOf(plan, files));
    return placeOfPlan(ci, { isTold, isShownWhole, files });
  };
  return {
    keep: (plan) => {
      const { digest } = plan.stored;
      const place = kept.get(digest) ?? keep(plan);
      kept.set(digest, place);
      return place;
    },
  };
}

function summaryOf({ stored: { digest, manifest }, reading }: WholePlan): string {
  return `### ${inlineCode(manifest.stack)}: all of plan ${inlineCode(shortDigest(digest))}\n\n${renderWholePlan(reading)}`;
}

/** Whether a row that plans for what the run came from says that plans are kept as an artifact. */
function isArtifact(flow: Flow, { stack, source }: Run): boolean {
  const environment = placeOf(flow, stack)?.environment.name;
  return rowsOf(flow, source).some((row) => row.environment === environment && row.do.includes("artifact"));
}

function rowsOf(flow: Flow, source: Run["source"]): readonly Transition[] {
  if (source.kind === "push") return rowsOfPush(flow, source.branch);
  return source.kind === "pull-request" ? flow.when.filter(({ on }) => on === "pull_request") : [];
}

/** A file of the artifact, by its path there. */
interface Kept {
  readonly name: string;
  readonly digest: Digest;
}

interface KeptFiles {
  readonly artifact: string;
  readonly files: readonly Kept[];
}

/** Null where the job uploads no such artifact. */
function writeFiles({ job, env }: Ci, { stored, reading }: WholePlan): KeptFiles | null {
  const artifact = mayHave(env, "PLANGATE_PLANS");
  if (artifact === null) return null;
  const name = `${stored.manifest.stack}/plan-${shortDigest(stored.digest)}`;
  const write = (ending: string, content: string): Kept => {
    const file = join(job.plans, `${name}.${ending}`);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
    return { name: `${name}.${ending}`, digest: digestOf(content) };
  };
  return {
    artifact,
    files: [write("txt", wholePlanText(reading, stored)), write("json", wholePlanJson(reading, stored))],
  };
}

/** Any job of a run can replace its artifacts, and none what another one says of itself. */
function digestsOf({ stored: { manifest } }: WholePlan, { artifact, files }: KeptFiles): string {
  const lines = files.map(({ name, digest }) => `- ${inlineCode(name)}: ${inlineCode(digest)}`);
  return `${inlineCode(manifest.stack)} in ${inlineCode(artifact)}:\n\n${lines.join("\n")}`;
}

function placeOfPlan(
  { job }: Ci,
  {
    isTold,
    isShownWhole,
    files,
  }: { readonly isTold: boolean; readonly isShownWhole: boolean; readonly files: KeptFiles | null },
): WholePlanPlace {
  const run = (what: string) => `[${what} ${job.run}](${attemptUrl(job)})`;
  if (files === null)
    return isTold
      ? { where: run("the summary of run"), text: `All of it is in ${run("the summary of run")}.` }
      : { where: run("run"), text: isShownWhole ? "" : nowhere };
  const artifact = `the artifact ${inlineCode(files.artifact)} of ${run("run")}`;
  const named = files.files.map(({ name, digest }) => `${inlineCode(name)} (${inlineCode(shortDigest(digest))})`);
  return isTold
    ? {
        where: run("the summary of run"),
        text: `All of it is in ${run("the summary of run")}, and as files in its artifact ${inlineCode(files.artifact)}: ${named.join(", ")}.`,
      }
    : { where: artifact, text: `All of it is in ${artifact}: ${named.join(", ")}.` };
}

const nowhere =
  "**No place of this run takes all of it.** Compile the workflows again (`plangate compile`): they keep what a summary does not take as a file.";
