import { describe, expect, it } from "vitest";
import type { Planned } from "../../delivery/roles/plan.ts";
import { digestOf, keyedDigestOf } from "../../domain/digest.ts";
import type { PlanManifest } from "../../domain/plan.ts";
import type { Environment } from "../../flow/flow.ts";
import { parseFlow } from "../../flow/index.ts";
import { movedVariables, openGiven, sealGiven } from "./given-variables.ts";

const secret = new TextEncoder().encode("the store's key");
const keys = {
  sealer: { seal: async (plain: Uint8Array) => Uint8Array.from([7, ...plain]) },
  opener: { open: async (sealed: Uint8Array) => sealed.slice(1) },
};
const flow = parseFlow(
  [
    "version: 1",
    "branches: { work: { cutFrom: main }, main: { accepts: [work], reviews: { count: 1 } } }",
    "environments: { prod: { kind: test, appliesFrom: [main], variables: [TF_VAR_size, TF_VAR_zone, AWS_SESSION_TOKEN, TF_VAR_instance] } }",
    'stacks: [{ root: infra, in: [prod], backend: ["key={environment}"] }]',
    "when:",
    "  - { on: merge, into: main, in: prod, do: [plan, apply] }",
  ].join("\n"),
  { file: "plangate.yaml" },
).value;
if (flow === undefined) throw new Error("the flow is none");
const [prod] = flow.environments as readonly [Environment];
const planned = (parts: Planned["parts"]) => ({ outcome: { kind: "changes" }, parts }) as Planned;

async function handedOver(claim: Uint8Array | string): Promise<Readonly<Record<string, string>>> {
  const [name = ""] = Object.keys(await sealGiven(keys.sealer, {}));
  const bytes = typeof claim === "string" ? new TextEncoder().encode(claim) : claim;
  const tfplan = Uint8Array.from([1]);
  const opened = await openGiven(keys.opener, planned({ tfplan, [name]: await keys.sealer.seal(bytes) }), prod);
  expect(opened.planned.parts).toEqual({ tfplan });
  return opened.variables;
}

/** What stands against a plan that was made with `then`, in a job that has `now`. */
function moved(then: Readonly<Record<string, string>>, now: Readonly<Record<string, string>>): string | undefined {
  if (flow === undefined) throw new Error("the flow is none");
  const variables = Object.fromEntries(
    Object.entries(then).map(([name, value]) => [name, keyedDigestOf(secret, value)]),
  );
  const manifest = { stack: "prod/infra", environment: "prod", variables } as unknown as PlanManifest;
  const given = { at: "prod-gate", variables: () => now };
  const finding = movedVariables({ plan: digestOf("plan"), manifest }, { flow, secret, given });
  if (finding !== null) expect(finding).toMatchObject({ code: "variables-moved", plan: digestOf("plan") });
  return finding?.sentence;
}

describe("variables that a plan was made with", () => {
  it("are handed over closed, beside the plan and as no part of it", async () => {
    const sealed = await sealGiven(keys.sealer, { TF_VAR_size: "3", AWS_SESSION_TOKEN: "t", TF_VAR_instance: "7" });
    const opened = await openGiven(keys.opener, planned(sealed), prod);
    expect(opened).toEqual({ planned: planned({}), variables: { TF_VAR_size: "3" } });
  });

  it("are none where nothing was handed over of them", async () => {
    expect(await openGiven(keys.opener, planned({}), prod)).toEqual({ planned: planned({}), variables: {} });
  });

  it("are those that the flow names, whatever else is claimed", async () => {
    const claim = '{"TF_VAR_zone":"a","PATH":"/evil","__proto__":"x","AWS_SESSION_TOKEN":"t","TF_VAR_instance":"9"}';
    expect(await handedOver(claim)).toEqual({ TF_VAR_zone: "a" });
  });

  it.each(["{", "[]", '"x"', '{"TF_VAR_zone":{"a":1}}', Uint8Array.from([0xff, 0xfe])])(
    "are refused where they cannot be read: %s",
    async (claim) => {
      await expect(handedOver(claim)).rejects.toMatchObject({ code: "handed-plan-unusable" });
    },
  );
});

describe("a plan, where it is to be applied", () => {
  it("has to be made with what the job has", () => {
    expect(moved({}, {})).toBeUndefined();
    expect(moved({ TF_VAR_size: "3" }, { TF_VAR_size: "3" })).toBeUndefined();
    expect(moved({ TF_VAR_size: "3", TF_VAR_zone: "a" }, { TF_VAR_size: "4", TF_VAR_zone: "a" })).toBe(
      "TF_VAR_size is not in prod-gate what the plan of prod/infra was made with",
    );
  });

  it("is refused as well where a variable is gone, or came since", () => {
    expect(moved({ TF_VAR_size: "3" }, {})).toContain("TF_VAR_size is not");
    expect(moved({}, { TF_VAR_zone: "a", TF_VAR_size: "3" })).toContain("TF_VAR_size, TF_VAR_zone are not");
  });

  it("is not held to credentials, nor to which instance it is of", () => {
    expect(moved({ AWS_SESSION_TOKEN: "one", TF_VAR_instance: "7" }, { AWS_SESSION_TOKEN: "other" })).toBeUndefined();
  });
});
