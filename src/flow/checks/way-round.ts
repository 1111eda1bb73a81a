import { type Check, each, warning } from "../check.ts";
import type { Flow, Transition } from "../flow.ts";
import { branchBehind } from "./environments.ts";
import { environmentOf } from "./rows.ts";

/** Where one row asks a gate, no other row does the same for the asking: whoever does not pass the first takes the second. */
export const noGateIsWalkedRound: Check = {
  name: "no-gate-is-walked-round",
  find: (about) =>
    each(about.flow.when, (row) => {
      const environment = environmentOf(row, about);
      if (environment === undefined || environment.perPullRequest) return [];
      if (row.gate !== null || !(row.do.includes("apply") || row.do.includes("destroy"))) return [];
      const guarded = about.flow.when.find(
        (other) =>
          other.environment === row.environment &&
          other.gate !== null &&
          (isOtherWay(row, other, about.flow) ||
            (environment.approvals === null && doesTheSame(row, other, about.flow))),
      );
      if (guarded === undefined) return [];
      const [does, same] = row.do.includes("destroy") ? ["destroys", "changes"] : ["applies", "applies"];
      const asks = environment.approvals === null ? "nobody" : `nobody but the approvals of "${environment.name}"`;
      const text = `This row ${does} in "${environment.name}" and asks ${asks}, where the one in line ${guarded.line} ${same} only past the gate "${guarded.gate}".`;
      const other = environment.approvals === null ? `, or give environments.${environment.name} \`approvals\`` : "";
      const hint = `Add \`gate\` to the row${other}.`;
      return [warning("gate-walked-round", about.place(row), [text, hint])];
    }),
};

/** Both are started by hand, do the same with the same ref, and whoever starts one may start the other. */
function isOtherWay(row: Transition, guarded: Transition, flow: Flow): boolean {
  const isByHand = ({ on }: Transition) => on === "dispatch" || on === "release";
  const step = row.do.includes("destroy") ? "destroy" : "apply";
  if (!isByHand(row) || !isByHand(guarded) || !guarded.do.includes(step)) return false;
  return refsOf(row, flow).some((ref) => refsOf(guarded, flow).includes(ref));
}

/** Nobody looked at what a branch holds that is not protected, so both rows deliver the same unseen change. */
function doesTheSame(row: Transition, guarded: Transition, flow: Flow): boolean {
  if (row.do.includes("destroy")) return true;
  if (!guarded.do.includes("apply")) return false;
  const unseen = refsOf(row, flow).filter((ref) => branchBehind(flow, ref)?.protected === false);
  return unseen.some((ref) => refsOf(guarded, flow).includes(ref));
}

/** What a row delivers, as `appliesFrom` names it. */
function refsOf(row: Transition, flow: Flow): readonly string[] {
  const said = row.into ?? row.to ?? row.ref;
  if (said !== null) return [said];
  return flow.environments.find(({ name }) => name === row.environment)?.appliesFrom ?? [];
}
