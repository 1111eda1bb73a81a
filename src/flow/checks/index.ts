import type { Check } from "../check.ts";
import { everyProviderIsAnAddress, plansLiveForAWhile } from "./apply.ts";
import {
  everyBranchCanBeReached,
  everyBranchLeadsSomewhere,
  everyClassHasBranches,
  noBranchHasTwoClasses,
  patternsCanBeRead,
} from "./branches.ts";
import { everyBranchKeyHasEffect } from "./effect.ts";
import {
  everyEnvironmentCanBeReached,
  everyEnvironmentHasAKind,
  everyEnvironmentHasAStack,
  noEnvironmentWaitsForItself,
  onlyProtectedRefsReachGates,
  onlyTestsAreDestroyable,
  productionIsProduction,
  somebodySaysYes,
  variablesKeepThePlan,
} from "./environments.ts";
import { everyExceptionHasAReason, everyGateCanBeOpened, everyPersonIsMeant, everyTeamIsAsked } from "./gates.ts";
import { everyNameExists, everyNameMeansOneThing, nothingIsListedTwice } from "./names.ts";
import { everyReleaseCanBeMade, everyTagIsATag } from "./releases.ts";
import { everyApplyKnowsItsBranch, noTwoRowsDisagree, stepsMakeSense } from "./rows.ts";
import { everyNeedCanBeMet, everyRowCanFire } from "./rows-firing.ts";
import { everyStackHasAName, everyTemplateIsKnown, noSecretIsWritten, noStateIsShared } from "./stacks.ts";

/** What must hold between the parts of a flow, in the order people read about it. */
export const checks: readonly Check[] = [
  everyNameExists,
  everyNameMeansOneThing,
  nothingIsListedTwice,
  patternsCanBeRead,
  noBranchHasTwoClasses,
  everyClassHasBranches,
  everyBranchCanBeReached,
  everyBranchLeadsSomewhere,
  everyBranchKeyHasEffect,
  everyEnvironmentHasAKind,
  everyEnvironmentHasAStack,
  productionIsProduction,
  everyEnvironmentCanBeReached,
  noEnvironmentWaitsForItself,
  onlyTestsAreDestroyable,
  onlyProtectedRefsReachGates,
  somebodySaysYes,
  variablesKeepThePlan,
  everyGateCanBeOpened,
  everyExceptionHasAReason,
  everyPersonIsMeant,
  everyTeamIsAsked,
  everyTemplateIsKnown,
  everyStackHasAName,
  noStateIsShared,
  noSecretIsWritten,
  everyReleaseCanBeMade,
  everyTagIsATag,
  stepsMakeSense,
  everyApplyKnowsItsBranch,
  noTwoRowsDisagree,
  everyRowCanFire,
  everyNeedCanBeMet,
  plansLiveForAWhile,
  everyProviderIsAnAddress,
];
