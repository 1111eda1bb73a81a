import { branchClassOf, releaseClassOf } from "../../flow/match.ts";
import { no, type Rule, yes } from "../rule.ts";

/** An apply delivers a ref that its environment is applied from: a branch of a named class, or a release's tag. */
export const refRule: Rule = {
  name: "ref",
  needs: [],
  judge({ flow, environment, due }) {
    if (due.kind === "local") return yes("ref", "started on a person's own machine, not for a ref");
    const tag = due.ref.startsWith("tag:") ? due.ref.slice("tag:".length) : null;
    const from = tag === null ? branchClassOf(flow, due.ref)?.name : releaseClassOf(flow, tag)?.id;
    if (from !== undefined && environment.appliesFrom.includes(from)) {
      return yes("ref", `${environment.name} is applied from ${from}, and ${refText(due.ref)} is one`);
    }
    return no(
      "ref",
      "ref-not-allowed",
      `${environment.name} is applied from ${environment.appliesFrom.join(", ")} only; ${refText(due.ref)} is ${from === undefined ? "none of them" : `of ${from}`}`,
    );
  },
};

export function refText(ref: string): string {
  return ref.startsWith("tag:") ? `the tag ${ref.slice("tag:".length)}` : ref;
}
