import { readFileSync } from "node:fs";
import { describe, it } from "vitest";
import type { PresetName } from "../../src/flow/index.ts";
import { playBeside, storyNamed } from "../real/support/stories.ts";
import { patient } from "./story-of-a-repository.ts";
import { openStoryWorld } from "./story-world.ts";

const officeHours = readFileSync(new URL("../scenarios/gitflow/flows/office-hours.yaml", import.meta.url), "utf8");

/**
 * The whole life of a change, as each preset's document tells it. That of integration-branch is promoted by fast-forward, which
 * plangate's app does for whoever says `/plangate merge`. Behind them change windows, in a flow beside its preset: what waits goes on when
 * the window opens, or when an approver sets the label of an emergency.
 */
const lives: readonly { readonly preset: PresetName; readonly name: string; readonly text?: string }[] = [
  { preset: "gitflow", name: "scenario-1-new-dataset" },
  { preset: "integration-branch", name: "demo-and-promotion" },
  { preset: "trunk-stored-plan", name: "good-life" },
  { preset: "trunk-demo", name: "life-of-a-change" },
  { preset: "gitflow", name: "emergency-label", text: officeHours },
  { preset: "gitflow", name: "window-waits", text: officeHours },
];

/** One as each identity is always played, the others with PLANGATE_ALL_STORIES. */
const played = process.env.PLANGATE_ALL_STORIES === undefined ? lives.slice(0, 2) : lives;

describe("stories on GitHub, with compiled workflows and real jobs", () => {
  it.each(played)("$preset: $name comes out as on the model world", patient, ({ preset, name, ...more }) =>
    playBeside(storyNamed(preset, name), ({ dir, scene }) => openStoryWorld({ dir, scene, preset, ...more })),
  );
});
