/**
 * The real world of stories: a look-alike forge on bare Git repositories, the real tool with real states, the real
 * store, and delivery as in production. What a story says of people is done on the forge; nothing is pretended to plangate.
 */
export type { Fixture } from "./fixture.ts";
export { isOn } from "./forge/index.ts";
export {
  type Ground,
  type OpenSettler,
  openRealWorld,
  type RealStage,
  type RealWorldAbout,
  type SettlerAbout,
} from "./real-world.ts";
