/**
 * The model world: Git, the forge, Terraform and the store as one plain value, and plangate's own engine over it. Pure,
 * so that stories run in microseconds and the proof can search it: `takeStep` is what people do, `deliver` what one
 * event leads to, with the events that follow left to the caller.
 */
export { type Delivered, deliver, settle } from "./deliver.ts";
export { createModelWorld, type ModelStage } from "./model-world.ts";
export { observe } from "./observe.ts";
export { perform } from "./perform.ts";
export { type Setting, settingOf } from "./setting.ts";
export { startWorld } from "./start.ts";
export { takeStep } from "./step.ts";
export type { ModelWorld } from "./world.ts";
