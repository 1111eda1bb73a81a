import { closedIsOver, destroys, oneWriter, rightPlan } from "./properties/applies.ts";
import { approvals } from "./properties/approvals.ts";
import { asWritten } from "./properties/as-written.ts";
import { reconcilable } from "./properties/branches.ts";
import { noSilence } from "./properties/events.ts";
import { nothingHeldForNobody, oneHolder } from "./properties/holds.ts";
import { nothingStays } from "./properties/instances.ts";
import { nothingForgotten } from "./properties/left-behind.ts";
import type { Watched } from "./properties/property.ts";
import { asReleased, releasedAsAsked } from "./properties/releases.ts";
import { reviews } from "./properties/reviews.ts";
import { inItsTime, wokenInTime } from "./properties/times.ts";

/** Every property that is looked at while stories are searched. */
export const watched: readonly Watched[] = [
  approvals,
  reviews,
  destroys,
  oneWriter,
  oneHolder,
  reconcilable,
  closedIsOver,
  rightPlan,
  noSilence,
  nothingForgotten,
  nothingHeldForNobody,
  nothingStays,
  inItsTime,
  asReleased,
  asWritten,
  releasedAsAsked,
  wokenInTime,
];
