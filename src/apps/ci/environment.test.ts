import { describe, expect, it } from "vitest";
import { settingsOf } from "../../compile/settings/index.ts";
import type { SeenEnvironment } from "../../domain/seen-settings.ts";
import { type Flow, parseFlow, renderPreset } from "../../flow/index.ts";
import { environmentCommand } from "./environment.ts";
import type { Ci } from "./open-job.ts";
import type { Payload } from "./payload.ts";

const text = renderPreset("trunk-demo");
const flow = parseFlow(text, { file: "plangate.yaml" }).value as Flow;
const { environments } = settingsOf(flow, { flowFile: "plangate.yaml", defaultBranch: "main" }).settings;
const gate = "demo-test";

/** As `audit --fix` makes them where GitHub has reviewers, or where it has none. */
const whole: readonly SeenEnvironment[] = environments;
const asNobodyAsks = environments.map((one) => ({ ...one, reviewers: [], prevent_self_review: false }));

interface Live {
  readonly offer: Payload["offer"];
  readonly live: readonly SeenEnvironment[];
  readonly held?: string;
  readonly edit?: (flow: string) => string;
  /** What the environment names as the identity. */
  readonly role?: string;
}

async function look({ offer, live, held = gate, edit = (same) => same, role = "" }: Live) {
  const summaries: string[] = [];
  const ci = {
    env: { PLANGATE_ENVIRONMENT: held, PLANGATE_AWS_ROLE: role },
    flowFile: "plangate.yaml",
    job: { ref: "refs/heads/main" },
    payload: { body: {}, defaultBranch: "main", offer },
    outputs: { summary: (said: string) => void summaries.push(said) },
    outside: { settings: { environments: async () => ({ kind: "seen", value: live }), file: async () => edit(text) } },
  } as unknown as Ci;
  const { text: said } = await environmentCommand(ci);
  return { said, summaries };
}

const offer = (visibility: "public" | "private" | "internal", ofEnterprise = false) => ({ visibility, ofEnterprise });

describe("ci environment, for a gate of the flow", () => {
  it.each([
    { offer: offer("public"), why: "a public repository" },
    { offer: offer("internal"), why: "an internal repository" },
    { offer: offer("private", true), why: "a private repository of an enterprise" },
    { offer: null, why: "a repository of which nothing is told" },
  ])("ends the job where nobody is asked in $why", async ({ offer: given }) => {
    await expect(look({ offer: given, live: asNobodyAsks })).rejects.toThrow(
      /reviewers: Ask those whom the flow names/,
    );
    expect(await look({ offer: given, live: whole })).toMatchObject({ summaries: [] });
  });

  it("ends the job in a private repository where another environment shows that GitHub has reviewers", async () => {
    const live = asNobodyAsks.map((one) => (one.name === "teardown-test" ? { ...one, wait_timer: 5 } : one));
    await expect(look({ offer: offer("private"), live })).rejects.toMatchObject({ code: "environment-refused" });
  });

  it("says what holds instead in a private repository whose plan has no reviewers", async () => {
    const { said, summaries } = await look({ offer: offer("private"), live: asNobodyAsks });
    expect(said).toContain("GitHub asks nobody there, though the flow has a gate: Plangate's own gate asks");
    expect(summaries).toEqual([said]);
    // An environment that asks nobody in the flow either has nothing to say.
    const own = await look({ offer: offer("private"), live: asNobodyAsks, held: "plangate" });
    expect(own.summaries).toEqual([]);
  });

  it("ends the job before it takes on an identity of another account than the flow has the environment in", async () => {
    const edit = (flow: string) =>
      flow.replace("test: { kind: test,", 'test: { kind: test, identity: { aws: { account: "123456789012" } },');
    const about = { offer: offer("public"), live: whole, edit };
    expect(await look({ ...about, role: "arn:aws:iam::123456789012:role/test" })).toMatchObject({ summaries: [] });
    await expect(look({ ...about, role: "arn:aws:iam::999999999999:role/test" })).rejects.toMatchObject({
      code: "identity-elsewhere",
      message: expect.stringContaining(gate),
    });
  });
});
