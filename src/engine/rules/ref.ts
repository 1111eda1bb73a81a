import type { Run } from "../../domain/run.ts";
import type { Verdict } from "../../domain/verdict.ts";
import type { Environment, Flow } from "../../flow/flow.ts";
import { refNameOf } from "../../flow/match.ts";
import { rowOf, rowsOfCron } from "../rows.ts";
import { no, type Rule, yes } from "../rule.ts";

/**
 * An apply delivers a ref that its environment is applied from (a branch of a named class, or a release's tag), and in
 * a way that a row of the flow names: what only a release brings does not come by a merge.
 */
export const refRule: Rule = {
  name: "ref",
  needs: [],
  judge({ flow, environment, due, run, stack }) {
    if (due.kind === "schedule") return judgePutBack(flow, environment, run);
    if (due.kind === "pull-request" && run.mode === "destroy")
      return stack.instance === null
        ? no("ref", "ref-not-allowed", `${stack.stack} belongs to no pull request that it could go with`)
        : yes("ref", `${stack.stack} belongs to one pull request and goes with it`);
    const from = refNameOf(flow, due.ref);
    if (from !== undefined && environment.appliesFrom.includes(from)) {
      const row = rowOf(flow, { environment, due, mode: run.mode });
      if (row !== undefined && (row.ref === null || row.ref === from)) {
        return yes("ref", `${environment.name} is applied from ${from}, and ${refText(due.ref)} is one`);
      }
      return no(
        "ref",
        "ref-not-allowed",
        `no row of the flow applies ${from} to ${environment.name} on a ${due.kind.replace("-", " ")}`,
      );
    }
    const applied = environment.appliesFrom.join(", ");
    const instead = from === undefined ? "none of them" : `of ${from}`;
    return no(
      "ref",
      "ref-not-allowed",
      `${environment.name} is applied from ${applied} only; ${refText(due.ref)} is ${instead}`,
    );
  },
};

/** Putting drift back is asked of nobody but a gate, so a row has to want it now, and a gate or a kind that needs none be there. */
function judgePutBack(flow: Flow, environment: Environment, { source, mode }: Run): Verdict {
  const wanted =
    source.kind === "schedule" &&
    mode === "normal" &&
    rowsOfCron(flow, source.cron).some((row) => row.environment === environment.name && row.drift === "apply");
  if (!wanted) return no("ref", "no-transition", `the flow does not put drift in ${environment.name} back by itself`);
  if (environment.approvals === null && environment.kind !== "dev" && environment.kind !== "test")
    return no("ref", "gated-environment", `${environment.name} has no gate that putting drift back could pass`);
  return yes("ref", `what is applied to ${environment.name} is put back`);
}

function refText(ref: string): string {
  return ref.startsWith("tag:") ? `the tag ${ref.slice("tag:".length)}` : ref;
}
