import { expect, it } from "vitest";
import type { Login } from "../../src/domain/names.ts";
import { parseFlow, renderPreset } from "../../src/flow/index.ts";
import { playAll, startPlaying } from "../../src/proof/play.ts";
import { reconcilable } from "../../src/proof/properties/branches.ts";
import { stageOf } from "../../src/proof/scene.ts";
import * as steps from "../../src/proof/steps.ts";

it("two branches with one content are one history, in whichever order it came to them", () => {
  const { value: flow } = parseFlow(renderPreset("gitflow"), { file: "plangate.yaml" });
  if (flow === undefined) throw new Error("gitflow does not parse");
  const [by, picked, more] = ["ann" as Login, "stacks/app/picked.tf", "stacks/app/more.tf"];
  const push = (branch: string, path: string) => {
    const step = steps.push({ by, branch, paths: [path], force: true });
    return path === picked ? { ...step, changes: [{ path, text: "# Picked.\n" }] } : step;
  };
  const so = playAll(startPlaying(stageOf(flow, { stacks: 1 }).setting), [
    push("develop", picked),
    steps.open(flow, { by, head: "develop", base: "main", as: "pr-up" }),
    push("main", more),
    steps.merge(by, "back-merge", true),
    push("main", picked),
    steps.merge(by, "pr-up", true),
  ]);
  expect(so.steps).toHaveLength(6);
  expect(Object.keys(so.world.branches.main?.tree ?? {})).not.toEqual(
    Object.keys(so.world.branches.develop?.tree ?? {}),
  );
  expect(reconcilable.atRest?.(so)).toBeNull();
});
