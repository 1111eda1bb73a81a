import { describe, expect, it } from "vitest";
import { parseFlow, renderPreset } from "../../flow/index.ts";
import { createModelWorld } from "../model/index.ts";
import { parseStory, runStory, sceneOf } from "./index.ts";

/** Without an environment per pull request, so that few things happen. */
const preset = renderPreset("trunk-stored-plan", {
  ephemeral: false,
  stacks: `  - root: "stacks/{stack}"
    in: [test, prod]
    backend: ["key={environment}/{stack}.tfstate"]`,
});

async function play(steps: string, top = "") {
  const flow = parseFlow(preset, { file: "plangate.yaml" }).value;
  const text = `story: A story\npreset: trunk-stored-plan\npeople: { ann: [owners], bob: [owners] }\n${top}steps:\n${steps}`;
  const story = parseStory(text, { file: "s.yaml" });
  if (story.value === undefined || flow === undefined)
    throw new Error(story.diagnostics.map(({ summary }) => summary).join("; "));
  return runStory(story.value, createModelWorld(sceneOf(flow, story.value)));
}

const opened = `  - push: { by: ann, branch: x, from: main, changes: [stacks/app/main.tf] }
  - open: { by: ann, head: x, body: "Closes #1" }
`;
const merged = `${opened}  - review: { by: bob, state: approve }\n  - merge: { by: bob }\n`;

describe("a story that is played", () => {
  it("holds when everything it expects came true, and nothing else was applied", async () => {
    expect(await play(`${opened}  - expect: { planned: [test/app] }\n`)).toEqual({
      story: "A story",
      file: "s.yaml",
      holds: true,
      steps: 3,
    });
  });

  it("fails at the first expectation that did not come true, with what differs and why", async () => {
    const result = await play(
      `${opened}  - expect: { planned: [test/app], commented: [], waiting: [{ stack: test/app, because: held }] }\n  - expect: { planned: [prod/app] }\n`,
    );
    expect(result).toMatchObject({ holds: false, steps: 3, failed: { line: 7 } });
    expect(result.failed?.expected).toEqual({ commented: [], waiting: ["test/app: held"] });
    expect(result.failed?.happened).toEqual({ commented: ["test/app"], waiting: ["test/app: not-merged"] });
    expect(result.failed?.reasons.map(({ code }) => code)).toContain("not-merged");
  });

  it("fails on an apply that it does not mention, also after its last expectation", async () => {
    expect(await play(`${merged}  - expect: {}\n`)).toMatchObject({
      holds: false,
      failed: { line: 9, expected: { applied: [] }, happened: { applied: ["test/app"] } },
    });
    expect(await play(`${opened}  - expect: {}\n${merged.replace(opened, "")}`)).toMatchObject({
      holds: false,
      failed: { line: 9 },
    });
  });

  it("compares what happened since the expectation before", async () => {
    expect(await play(`${opened}  - expect: { planned: [test/app] }\n  - expect: { planned: [] }\n`)).toMatchObject({
      holds: true,
    });
  });

  it("starts with nothing applied when it says so", async () => {
    const empty = `${merged}  - expect: { applied: [test/app] }\n  - dispatch: { by: ann, name: Release }\n  - expect: { released: [v1.0.0] }\n`;
    expect(await play(empty, "start: empty\n")).toMatchObject({ holds: true });
  });

  it("compares what was flagged, which issues came and went, and what plangate opened", async () => {
    const flow = parseFlow(renderPreset("gitflow"), { file: "plangate.yaml" }).value;
    const text = (expected: string) => `story: A story
preset: gitflow
people: { ann: [devops], bob: [devops] }
steps:
  - push: { by: ann, branch: develop, changes: [stacks/app/main.tf], force: true }
  - outside: { stack: prod/app, change: drift }
  - schedule: "0 1 * * *"
  - expect: ${expected}
`;
    const told = async (expected: string) => {
      const story = parseStory(text(expected), { file: "s.yaml" }).value;
      if (story === undefined || flow === undefined) throw new Error("the story does not parse");
      return runStory(story, createModelWorld(sceneOf(flow, story)));
    };
    expect(
      await told(`
      drifted: [prod/app]
      opened: []
      issues: { opened: [drift-found, pushed-directly] }
      flagged: [{ stack: prod/app, because: drift-found }, { branch: develop, because: pushed-directly }]`),
    ).toMatchObject({ holds: true });
    expect(
      (await told(`{ drifted: [], opened: [back-merge], issues: {}, flagged: [drift-found] }`)).failed,
    ).toMatchObject({
      expected: { drifted: [], opened: ["back-merge"], issues: [], flagged: ["drift-found"] },
      happened: {
        drifted: ["prod/app"],
        opened: [],
        issues: ["opened drift-found", "opened pushed-directly"],
        flagged: ["develop: pushed-directly", "prod/app: drift-found"],
      },
    });
  });

  it("goes on after something that the forge refused", async () => {
    expect(
      await play(
        `${opened}  - merge: { by: ann }\n  - expect: { blocked: true }\n  - wait: 1h\n  - expect: { blocked: false }\n`,
      ),
    ).toMatchObject({ holds: true });
  });
});
