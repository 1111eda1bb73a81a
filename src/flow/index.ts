/**
 * The flow file: read with positions, checked, and turned into the flow as used; its presets and what `init` writes.
 * It knows nothing of events, facts or decisions, and reads no files: texts and paths are given to it.
 * The engine and others take the types from `flow.ts`, and the look-ups over a flow from `match.ts` and `releases.ts`.
 */
export type {
  BranchClass,
  BranchReviews,
  DirectPush,
  Emergency,
  Environment,
  EnvironmentKind,
  Flow,
  Freeze,
  Gate,
  Identity,
  PeopleRef,
  ReleaseClass,
  Stack,
  StackPattern,
  Step,
  Transition,
  Window,
} from "./flow.ts";
export { proposePreset } from "./init/branch-names.ts";
export { rememberedBackend } from "./init/initialised.ts";
export { type Found, type InitPlan, planInit } from "./init.ts";
export { instanceName, instanceOf, placeOf, type StackPlace, templateName } from "./instances.ts";
export { branchClassOf, classButForTicket, onlyBranchOf, refNameOf } from "./match.ts";
export { isBackMerge, mergeMethodsOf } from "./merges.ts";
export { type ParsedFlow, parseFlow } from "./parse.ts";
export { type PresetName, presetNames, presets, renderPreset } from "./presets.ts";
export { type NextRelease, nextModuleRelease, nextRelease, type ReleaseTag, releaseClassOf } from "./releases.ts";
export { shortFlow } from "./short-flow.ts";
export { stacksIn } from "./stacks.ts";
