/**
 * Stories: read, checked against their flow, and played on a world. The worlds are elsewhere: `worlds/model` is pure,
 * `worlds/real` has real Git and Terraform; both keep `worlds/world.ts`.
 */
export { checkStory, sceneOf } from "./check-story.ts";
export { parseStory } from "./parse-story.ts";
export { type FailedExpectation, runStory, type StoryResult, type Told } from "./run-story.ts";
export type { Story } from "./story.ts";
export { type StoryToWrite, writeStory } from "./write-story.ts";
