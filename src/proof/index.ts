/**
 * The proof: searches the model world, with the very engine that decides in production, for a story that breaks what a
 * flow promises. Slices are small scenes of the flow, states are searched once by their canonical form, and each property
 * is stated over what happened and not over the engine's rules. `docs/proof.md` tells what that is worth.
 */
export { beyondTeam } from "./assurance.ts";
export { type Chapter, chaptersOf } from "./chapters.ts";
export { type PropertyId, propertyIds, sentences } from "./properties/property.ts";
export {
  type Proof,
  type ProofOptions,
  type ProofStory,
  type PropertyResult,
  prove,
  sliceNames,
  usualBudget,
} from "./prove.ts";
export { reachOf, reachOfAll } from "./reach.ts";
export { type Errand, type Found, type Searcher, type SliceResult, searcherOf } from "./searcher.ts";
export { storyText } from "./words.ts";
