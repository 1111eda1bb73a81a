import { describe, expect, it } from "vitest";
import type { Login } from "../../src/domain/names.ts";
import { type Flow, parseFlow, renderPreset } from "../../src/flow/index.ts";
import { type Playing, playAll, startPlaying } from "../../src/proof/play.ts";
import { approvals } from "../../src/proof/properties/approvals.ts";
import { stageOf } from "../../src/proof/scene.ts";
import * as steps from "../../src/proof/steps.ts";
import type { WorldStep } from "../../src/worlds/step.ts";
import { ungated } from "./faults-of-people.ts";

const [ann, bob, eve] = ["ann", "bob", "eve"] as [Login, Login, Login];

/** Production asks nobody at a gate, and takes small pushes to `main`. */
function flow(): Flow {
  const { value } = parseFlow(renderPreset("trunk-demo"), { file: "plangate.yaml" });
  if (value === undefined) throw new Error("trunk-demo does not parse");
  return ungated(value);
}

function played(story: (of: Flow) => readonly WorldStep[]): Playing {
  const of = flow();
  return playAll(startPlaying(stageOf(of, { stacks: 1 }).setting), story(of));
}

function wrongs({ moments }: Playing): readonly string[] {
  return moments.flatMap((moment) => approvals.atMoment?.(moment) ?? []);
}

const head = "feature/NET-1";
const more = ["infra/more.tf"];

function opened(of: Flow): readonly WorldStep[] {
  return [
    steps.push({ by: eve, branch: head, from: "main", paths: ["infra/main.tf"] }),
    steps.open(of, { by: eve, head, base: "main", as: "pr-1" }),
  ];
}

describe("a yes to a pull request", () => {
  it("is one to what it brings", () => {
    const so = played((of) => [...opened(of), steps.review(bob, "pr-1", "approve"), steps.merge(bob, "pr-1")]);
    expect(so.applied).toEqual(["prod/infra"]);
    expect(wrongs(so)).toEqual([]);
  });

  it("is none to what somebody pushes beside it", () => {
    const so = played((of) => [
      ...opened(of),
      steps.review(bob, "pr-1", "approve"),
      steps.push({ by: ann, branch: "main", paths: more }),
      steps.merge(bob, "pr-1"),
    ]);
    expect(so.applied).toEqual(["prod/infra"]);
    expect(wrongs(so)).toEqual([expect.stringContaining("infra/more.tf")]);
  });

  it("is one to what was pushed beside it once somebody else accepts that", () => {
    const so = played((of) => [
      ...opened(of),
      steps.review(bob, "pr-1", "approve"),
      steps.push({ by: ann, branch: "main", paths: more }),
      steps.accept(bob, "main"),
      steps.merge(bob, "pr-1"),
    ]);
    expect(so.applied).toEqual(["prod/infra"]);
    expect(wrongs(so)).toEqual([]);
  });

  it("is none to what it did not have yet", () => {
    const so = played((of) => [
      ...opened(of),
      steps.review(bob, "pr-1", "approve"),
      steps.push({ by: eve, branch: head, paths: more }),
      steps.settings("main", { reviews: "off" }),
      steps.merge(bob, "pr-1"),
    ]);
    // The engine asks for the review of the last commit, so the question is put to one that asks for none.
    expect(so.applied).toEqual([]);
    expect(wrongs(unreviewed(so))).toEqual([expect.stringContaining("infra/more.tf")]);
  });
});

/** The same steps where nothing asks for a review. */
function unreviewed({ setting, steps: told }: Playing): Playing {
  const branches = setting.flow.branches.map((of) => ({ ...of, reviews: null }));
  const of: Flow = { ...setting.flow, branches };
  return playAll(startPlaying(stageOf(of, { stacks: 1 }).setting), told);
}
