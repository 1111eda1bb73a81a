/**
 * The settings that a repository on GitHub needs for the flow to hold, as one file that people review and `plangate
 * audit` compares with what is live.
 */
export { environmentSecrets } from "../names.ts";
export { type Capability, capabilitiesOf, type Host } from "./capabilities.ts";
export { compileSettings, settingsFile, settingsOf } from "./compile.ts";
export { keysOf } from "./keys.ts";
export { rulesetPrefix } from "./rulesets.ts";
