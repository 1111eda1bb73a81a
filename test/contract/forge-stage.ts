import type { Forge } from "../../src/delivery/ports.ts";
import type { Flow } from "../../src/flow/index.ts";
import type { SmallForge } from "../../src/worlds/real/forge/small-forge.ts";

/** A forge of people and a repository, and the port that is tried on it; plangate acts as `plangate[bot]`. */
export interface ForgeStage {
  readonly small: SmallForge;
  readonly port: Forge;
  close(): Promise<void>;
}

/** `dir` is an empty folder. */
export type OpenForgeStage = (dir: string, flow: Flow) => Promise<ForgeStage>;

export const smallFlow = {
  teams: { devops: { logins: ["zoe"], forgeTeam: "acme/devops" } },
  branches: [{ name: "main", match: ["main"], except: [], protected: true }],
  environments: [],
  when: [],
  releases: [{ id: "release", of: "project", tag: "v{version}", from: "main" }],
} as unknown as Flow;
