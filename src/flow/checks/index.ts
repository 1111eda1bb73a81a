import type { Check } from "../check.ts";
import { everyProviderIsAnAddress, plansLiveForAWhile } from "./apply.ts";
import { everyIdentityIsOne, everyRequiredCheckIsMade, regulatedHasNoExceptions } from "./assurance.ts";
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
  nothingWaitsForAnInstance,
  onlyProtectedRefsReachGates,
  productionIsProduction,
  somebodySaysYes,
  variablesKeepThePlan,
  whatComesFirstIsThere,
} from "./environments.ts";
import {
  everyExceptionHasAReason,
  everyGateCanBeOpened,
  everyGateIsAsked,
  everyGateIsOneQuestion,
  everyPersonIsMeant,
  everyTeamIsAsked,
} from "./gates.ts";
import { everyJobIsThere } from "./jobs.ts";
import {
  everyInstanceHasAState,
  everyInstanceIsItsOwn,
  onlyDestroyableIsDestroyed,
  onlyTestsAreDestroyable,
  onlyWorkIsHeld,
  pullRequestsApplyToTheirOwn,
} from "./kinds.ts";
import { everyNameExists, everyNameMeansOneThing, nothingIsListedTwice } from "./names.ts";
import { everyPromotionComesBack, everyWayBackIsOne } from "./promotions.ts";
import { everyReleaseCanBeMade, everyTagIsATag, everyTagTellsItsRelease, noModuleIsDelivered } from "./releases.ts";
import { everyApplyKnowsItsBranch, noTwoRowsDisagree, stepsMakeSense } from "./rows.ts";
import { everyNeedCanBeMet, everyRowCanFire } from "./rows-firing.ts";
import { everyStackHasAName, everyTemplateIsKnown, noSecretIsWritten, noStateIsShared } from "./stacks.ts";
import { everyScheduleCanCome, everyTimeCanCome } from "./times.ts";
import { noGateIsWalkedRound } from "./way-round.ts";

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
  everyWayBackIsOne,
  everyPromotionComesBack,
  everyEnvironmentHasAKind,
  everyEnvironmentHasAStack,
  productionIsProduction,
  everyEnvironmentCanBeReached,
  noEnvironmentWaitsForItself,
  nothingWaitsForAnInstance,
  whatComesFirstIsThere,
  onlyTestsAreDestroyable,
  everyInstanceIsItsOwn,
  everyInstanceHasAState,
  onlyWorkIsHeld,
  everyTimeCanCome,
  everyIdentityIsOne,
  onlyProtectedRefsReachGates,
  somebodySaysYes,
  variablesKeepThePlan,
  everyGateCanBeOpened,
  everyExceptionHasAReason,
  everyPersonIsMeant,
  everyGateIsAsked,
  everyGateIsOneQuestion,
  noGateIsWalkedRound,
  regulatedHasNoExceptions,
  everyTeamIsAsked,
  everyTemplateIsKnown,
  everyStackHasAName,
  noStateIsShared,
  noSecretIsWritten,
  everyReleaseCanBeMade,
  everyTagIsATag,
  everyTagTellsItsRelease,
  noModuleIsDelivered,
  stepsMakeSense,
  everyApplyKnowsItsBranch,
  pullRequestsApplyToTheirOwn,
  onlyDestroyableIsDestroyed,
  everyScheduleCanCome,
  everyJobIsThere,
  noTwoRowsDisagree,
  everyRowCanFire,
  everyNeedCanBeMet,
  everyRequiredCheckIsMade,
  plansLiveForAWhile,
  everyProviderIsAnAddress,
];
