import type { Change, GuaranteeDifference } from "../../domain/flow-change.ts";
import type { Flow } from "../../flow/flow.ts";
import { branchDifferences } from "./branches.ts";
import { releaseDifferences, stackDifferences } from "./contents.ts";
import { environmentDifferences } from "./environments.ts";
import { gateDifferences } from "./gates.ts";
import { teamDifferences } from "./people.ts";
import { rowDifferences } from "./rows.ts";
import { settingDifferences } from "./settings.ts";
import { type Compared, tellOf } from "./tell.ts";

/** What a reviewer has to read first comes first. */
const order: Readonly<Record<Change, number>> = { weaker: 0, other: 1, stronger: 2 };

/**
 * What another flow guarantees otherwise: weaker first, then what people have to judge, then stronger. Flows that differ
 * in anything but the places in their files have a difference at least; equal ones have none.
 *
 * What is new or gone as a whole is `other`, since nothing stands on the other side: its sentence tells what matters.
 */
export function compareGuarantees(compared: Compared): readonly GuaranteeDifference[] {
  const found = [
    ...environmentDifferences(compared),
    ...gateDifferences(compared),
    ...branchDifferences(compared),
    ...teamDifferences(compared),
    ...rowDifferences(compared),
    ...settingDifferences(compared),
    ...releaseDifferences(compared),
    ...stackDifferences(compared),
  ];
  if (found.length > 0) return found.toSorted((left, right) => order[left.change] - order[right.change]);
  return isSameFlow(compared.before, compared.after) ? [] : [tellOf("flow")("other", otherwiseWritten)];
}

const otherwiseWritten = "entries stand in another order, or are written otherwise; read the change of the file itself";

/** Whether two flows say the same, wherever it stands in their files. */
export function isSameFlow(before: Flow, after: Flow): boolean {
  return JSON.stringify(withoutPlaces(before)) === JSON.stringify(withoutPlaces(after));
}

function withoutPlaces(flow: Flow): Flow {
  return {
    ...flow,
    when: flow.when.map((row) => ({ ...row, line: 0 })),
    stacks: flow.stacks.map((stack) => ({ ...stack, line: 0, column: 0 })),
  };
}
