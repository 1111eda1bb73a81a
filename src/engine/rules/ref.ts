import type { Due } from "../../domain/run.ts";
import type { Environment, Flow } from "../../flow/flow.ts";
import { refNameOf } from "../../flow/match.ts";
import { no, type Rule, yes } from "../rule.ts";

/**
 * An apply delivers a ref that its environment is applied from (a branch of a named class, or a release's tag), and in
 * a way that a row of the flow names: what only a release brings does not come by a merge.
 */
export const refRule: Rule = {
  name: "ref",
  needs: [],
  judge({ flow, environment, due }) {
    const from = refNameOf(flow, due.ref);
    if (from !== undefined && environment.appliesFrom.includes(from)) {
      if (hasRow(flow, environment, due, from)) {
        return yes("ref", `${environment.name} is applied from ${from}, and ${refText(due.ref)} is one`);
      }
      return no("ref", "ref-not-allowed", `no row of the flow applies ${from} to ${environment.name} on a ${due.kind}`);
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

function hasRow(flow: Flow, environment: Environment, due: Due, from: string): boolean {
  return flow.when.some(
    (row) =>
      row.on === due.kind &&
      row.environment === environment.name &&
      row.do.includes("apply") &&
      (row.on === "merge" ? row.into === from : row.ref === null || row.ref === from),
  );
}

function refText(ref: string): string {
  return ref.startsWith("tag:") ? `the tag ${ref.slice("tag:".length)}` : ref;
}
