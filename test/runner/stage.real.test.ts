import { describe, expect, it } from "vitest";
import { presetNames } from "../../src/flow/index.ts";
import { openStage } from "./stage.ts";

/** All that is typed takes its time, much of it pauses that GitHub asks for; the others with PLANGATE_ALL_STORIES. */
const typed = presetNames.filter((name) => process.env.PLANGATE_ALL_STORIES !== undefined || name === "gitflow");

describe("a new repository, by what is typed", () => {
  it.concurrent.each(typed)("%s comes as far as an audit that has nothing left to say", async (preset) => {
    const stage = await openStage({ preset });
    expect(stage.typed.map(({ args: [command], code }) => `${command} ${code}`)).toEqual([
      "init 0",
      "check 0",
      "prove 0",
      "compile 0",
      "ci 0",
      "audit 3",
      "audit 0",
      "audit 0",
      "audit 0",
    ]);
    await stage.close();
  });
});
