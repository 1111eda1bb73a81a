import { describe, expect, it } from "vitest";
import { type Flow, parseFlow, renderPreset } from "../../src/flow/index.ts";
import { explanationOf } from "../../src/proof/guarantees.ts";
import { type ProofOptions, type PropertyId, prove } from "../../src/proof/index.ts";
import { reading, withApprovals, withEnvironment } from "./fault.ts";

function presetFlow(name: Parameters<typeof renderPreset>[0]): Flow {
  const { value, diagnostics } = parseFlow(renderPreset(name), { file: "plangate.yaml" });
  if (value === undefined) throw new Error(JSON.stringify(diagnostics));
  return value;
}

async function proved(flow: Flow, id: PropertyId, options: Partial<ProofOptions> = {}) {
  const about = { budget: 20_000, stop: async () => false, now: () => 0, progress: () => undefined };
  const { properties } = await prove(flow, { ...about, properties: [id], ...options });
  return properties[0];
}

const gitflow = presetFlow("gitflow");

describe("what a regulated flow asks for beyond a team", () => {
  const regulated: Flow = {
    ...withEnvironment(withApprovals(gitflow, "prod", { count: 2 }), "prod", {
      emergency: null,
      windows: [{ text: "Mon-Thu 08:00-16:00 UTC", days: [1, 2, 3, 4], from: 480, to: 960, zone: "UTC" }],
    }),
    assurance: "regulated",
  };

  it("is told of what is in it, where a property watches it", () => {
    expect(explanationOf(regulated, "P1")).toBe(
      "`assurance: regulated` asks for more than `team`: prod waits for 2 people, where one would do; none of its gates (prod) lets in who wrote or started what is applied, for whatever reason; drift in prod is never put right by itself.",
    );
    expect(explanationOf(regulated, "P8")).toBe(
      "`assurance: regulated` asks for more than `team`: no emergency waives the windows and freezes of prod.",
    );
    for (const id of ["P1", "P8"] as const) expect(explanationOf(gitflow, id) ?? "").not.toContain("regulated");
  });

  it("is asked for by the proof, whatever the flow's own gate says", async () => {
    const lax = withApprovals(regulated, "prod", { count: 1 });
    const found = await proved(lax, "P1", { slice: "prod on merge", budget: 60_000 });
    expect(found).toMatchObject({ status: "violated", explanation: expect.stringContaining("prod") });
    expect(await proved({ ...lax, assurance: "team" }, "P1", { slice: "prod on merge" })).not.toMatchObject({
      status: "violated",
    });
  });
});

describe("a flow for one person", () => {
  const solo: Flow = { ...gitflow, assurance: "solo" };

  it("says where nobody else has to say yes, and which gates hold all the same", async () => {
    const found = await proved(solo, "P1", { slice: "prod on merge" });
    expect(found).toMatchObject({ status: "void" });
    expect(found?.explanation).toBe(
      "`assurance: solo`: one person may write, approve and apply. Void: that a gate asks somebody who did not write it before it is applied, in dev (no gate) and stage (no gate); reviews of branches are looked at by P2. What the flow's own gates ask for was searched all the same: 1 at prod who did not write it.",
    );
    const alone = withApprovals(solo, "prod", { notBy: [], because: "there is one of us" });
    expect((await proved(alone, "P1", { slice: "prod on merge" }))?.explanation).toMatch(
      /prod \(whoever wrote it may approve it\).*No gate of the flow asks for somebody else\.$/,
    );
  });

  it("is proved in all the rest: its own gates, and what comes first", async () => {
    const lets = reading((flow) => withApprovals(flow, "prod", { count: 0 }));
    expect(await proved(solo, "P1", { decide: lets, slice: "prod on merge" })).toMatchObject({ status: "violated" });
    const forgets = reading((flow) => withEnvironment(flow, "prod", { after: [] }));
    expect(await proved(solo, "P8", { decide: forgets, slice: "prod" })).toMatchObject({ status: "violated" });
  });
});
