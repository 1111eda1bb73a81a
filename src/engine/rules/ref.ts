import { refNameOf } from "../../flow/match.ts";
import { no, type Rule, yes } from "../rule.ts";

/** An apply delivers a ref that its environment is applied from: a branch of a named class, or a release's tag. */
export const refRule: Rule = {
  name: "ref",
  needs: [],
  judge({ flow, environment, due }) {
    const from = refNameOf(flow, due.ref);
    if (from !== undefined && environment.appliesFrom.includes(from)) {
      return yes("ref", `${environment.name} is applied from ${from}, and ${refText(due.ref)} is one`);
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

function refText(ref: string): string {
  return ref.startsWith("tag:") ? `the tag ${ref.slice("tag:".length)}` : ref;
}
