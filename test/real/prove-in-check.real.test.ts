import { expect, it } from "vitest";
import { proveInCheck } from "../../src/apps/cli/prove-flow.ts";
import { type Flow, parseFlow, renderPreset } from "../../src/flow/index.ts";

const { value } = parseFlow(renderPreset("trunk-demo"), { file: "plangate.yaml" });
if (value === undefined) throw new Error("trunk-demo does not parse");
const flow: Flow = value;
const never = new AbortController().signal;
const limits = { budget: 1_000, time: 5_000, longest: 60_000 };

const statuses = async (answer: ReturnType<typeof proveInCheck>) =>
  Object.fromEntries((await answer).map(({ id, status }) => [id, status]));

it("says of every property what a small search found", async () => {
  expect(await statuses(proveInCheck(flow, never, limits))).toMatchObject({
    P1: "not-covered",
    P6: "void",
    P11: "holds",
  });
});

it("tells what it came to when its time is over", async () => {
  const found = await proveInCheck(flow, never, { ...limits, longest: 1 });
  expect(new Set(found.map(({ status }) => status))).toEqual(new Set(["not-covered"]));
  expect(found.length).toBe(11);
  expect(found[0]?.explanation).toBe(
    "looking at this flow took too much time for a check; `plangate prove` takes what it needs",
  );
  const stopped = await proveInCheck(flow, AbortSignal.abort(), limits);
  expect(new Set(stopped.map(({ status }) => status))).toEqual(new Set(["not-covered"]));
});

it("breaks nothing but itself on a flow that no check would let through", async () => {
  const { environments: _, ...broken } = flow;
  await expect(proveInCheck(broken as Flow, never, limits)).rejects.toThrow();
});
