import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { layOut } from "../../adapters/github/forge/comment-layout.ts";
import { digestOf } from "../../domain/digest.ts";
import type { StackName } from "../../domain/names.ts";
import { commentText } from "../../domain/own-comment.ts";
import { type ReadPlan, readPlan } from "../../domain/read-plan.ts";
import { makeRedactor } from "../../domain/redaction.ts";
import type { Flow } from "../../flow/flow.ts";
import { parseFlow } from "../../flow/index.ts";
import { keepingWhole } from "../../hosts/actions/whole-plans.ts";
import { aStack, commit } from "../../testing/builders.ts";
import { fullFlow } from "../../testing/full-flow.ts";
import { aChange } from "../../testing/plan-json.ts";
import { inlineCode } from "../../views/inert.ts";
import { renderSection, sectionBudget } from "../../views/section.ts";
import { readJob } from "./job.ts";
import type { Ci } from "./open-job.ts";
import { openOutputs } from "./outputs.ts";
import { openWholePlans } from "./whole-plans.ts";

const artifact = "plangate-plans-77-2-present";
const ofPullRequest = { kind: "pull-request", pullRequest: 12, head: commit("c1"), base: commit("c0") } as const;
const flow = flowWith();

/** The flow with rows that keep plans of pull requests for an environment as an artifact, or with none. */
function flowWith(kept?: string): Flow {
  const { value, diagnostics } = parseFlow(fullFlow, { file: "plangate.yaml" });
  if (value === undefined) throw new Error(JSON.stringify(diagnostics));
  const when = value.when.map((row) => {
    const steps = row.do.filter((step) => step !== "artifact");
    return row.on === "pull_request" && row.environment === kept
      ? { ...row, do: [...steps, "artifact" as const] }
      : { ...row, do: steps };
  });
  return { ...value, when };
}

function creating(addresses: readonly string[], value: (address: string) => string = () => "small"): ReadPlan {
  const resource_changes = addresses.map((address) => {
    const made = aChange("terraform_data.item");
    return { ...made, address, change: { ...made.change, after: { input: value(address) } } };
  });
  const json = { format_version: "1.2", terraform_version: "1.14.0", resource_changes, configuration: {} };
  const read = readPlan(JSON.stringify(json), { key: new Uint8Array(32) });
  if (read.value === undefined) throw new Error(JSON.stringify(read.diagnostics));
  return read.value;
}

describe("plans that people approve", () => {
  let dir = "";
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), "plangate-whole-"));
  });
  afterEach(() => rmSync(dir, { recursive: true }));

  const summary = () => readFileSync(join(dir, "summary"), "utf8");
  const files = () =>
    readdirSync(dir, { recursive: true, encoding: "utf8" })
      .filter((name) => name.startsWith("plangate-plans/") && statSync(join(dir, name)).isFile())
      .map((name) => [name.slice("plangate-plans/".length), readFileSync(join(dir, name), "utf8")] as const);

  /** What a job shows of plans: of each stack its section, on a pull request or at a gate. */
  async function shown(
    plans: ReadonlyMap<string, ReadPlan>,
    { by = flow, at = 12 }: { readonly by?: Flow; readonly at?: number | null } = {},
  ): Promise<ReadonlyMap<StackName, string>> {
    rmSync(join(dir, "summary"), { force: true });
    rmSync(join(dir, "plangate-plans"), { force: true, recursive: true });
    const env = {
      GITHUB_WORKSPACE: dir,
      GITHUB_EVENT_NAME: "workflow_dispatch",
      GITHUB_EVENT_PATH: join(dir, "event"),
      GITHUB_REPOSITORY: "acme/infra",
      GITHUB_API_URL: "https://api.git.example",
      GITHUB_SERVER_URL: "https://git.example",
      GITHUB_RUN_ID: "77",
      GITHUB_RUN_ATTEMPT: "2",
      GITHUB_REF: "refs/heads/main",
      RUNNER_TEMP: dir,
      GITHUB_STEP_SUMMARY: join(dir, "summary"),
      PLANGATE_PLANS: artifact,
    };
    const outputs = openOutputs(env, makeRedactor({ values: [] }));
    const keeping = openWholePlans({ job: readJob(env, dir), env, outputs } as unknown as Ci, by);
    const sections = new Map<StackName, string>();
    for (const [name, reading] of plans) {
      const about = aStack(name)
        .planned({ stack: name as StackName })
        .withRun({ source: ofPullRequest, due: null });
      const stored = { ...about.plan, digest: digestOf(name) };
      const keep = keepingWhole({ readingOf: () => ({ reading }) as never }, keeping);
      const place = { pullRequest: at, among: plans.size, whole: null };
      const whole = await keep(about.run, stored, place);
      const made = { reading, generated: [] };
      const view = { run: about.run, stored, flow: by, made, whole, budget: sectionBudget(place) };
      sections.set(about.run.stack, renderSection(view));
      if (at === null) outputs.summary(renderSection(view));
    }
    return sections;
  }

  /** The comments that stand on the pull request. */
  const comments = (sections: ReadonlyMap<StackName, string>) =>
    layOut(
      [],
      [...sections].map(([section, markdown]) => ({ section, markdown })),
    );

  /** What of the addresses can be read neither where the plan is approved nor behind its link. */
  function unread(section: string, stack: string, reading: ReadPlan): readonly string[] {
    const url = "https://git.example/acme/infra/actions/runs/77/attempts/2";
    const behind = section.includes(`](${url})`) ? summary() : "";
    const kept = section.includes(artifact) && section.includes(`](${url})`) ? files() : [];
    const json = kept.find(([name]) => name.startsWith(`${stack}/`) && name.endsWith(".json"))?.[1];
    const inJson = new Set<string>(
      json === undefined ? [] : JSON.parse(json).resource_changes.map((one: { address: string }) => one.address),
    );
    return reading.plan.resourceChanges
      .map(({ address }) => address)
      .filter(
        (address) =>
          !inJson.has(address) && !behind.includes(inlineCode(address)) && !section.includes(inlineCode(address)),
      );
  }

  const many = (count: number, stack = "") =>
    Array.from({ length: count }, (_, index) => `terraform_data.${stack}item[${index}]`);

  it("can be read whole from the comment where a plan has 2,000 resources", async () => {
    const reading = creating(many(2_000));
    const sections = await shown(new Map([["test/app", reading]]));
    const [comment] = comments(sections);
    const section = comment?.get("test/app") ?? "";
    expect(commentText(comment ?? new Map()).length).toBeLessThanOrEqual(65_536);
    expect(section).toMatch(/more resources not listed here\*\* \([\d,]+ create\), see \[the summary of run 77\]/);
    expect(section).toContain(
      "All of it is in [the summary of run 77](https://git.example/acme/infra/actions/runs/77/attempts/2).",
    );
    expect(unread(section, "test/app", reading)).toEqual([]);
    expect(Buffer.byteLength(summary())).toBeLessThan(1024 * 1024);
    expect(summary()).not.toContain("(cut here");
    expect(files()).toEqual([]);
  });

  it("can be read whole from the comments of 200 stacks with 2,000 resources", async () => {
    const plans = new Map<string, ReadPlan>(
      Array.from({ length: 200 }, (_, index) => [`test/app-${index}`, creating(many(10, `of${index}_`))] as const),
    );
    const all = comments(await shown(plans)).flatMap((sections) => [...sections]);
    expect(all).toHaveLength(200);
    for (const [stack, section] of all) {
      expect(section).toContain("**10 to add**");
      expect(section).toMatch(/To apply|No approval/);
      expect(unread(section, stack, plans.get(stack) as ReadPlan)).toEqual([]);
    }
  });

  it("can be read whole where a summary does not take them: as files, with digests that no other job can alter", async () => {
    const plans = new Map(
      ["test/app", "test/net"].map((stack) => [stack, creating(many(2_000, stack.slice(5)), () => "x".repeat(500))]),
    );
    const sections = comments(await shown(plans)).flatMap((some) => [...some]);
    for (const [stack, section] of sections) {
      expect(unread(section, stack, plans.get(stack) as ReadPlan)).toEqual([]);
      expect(section).toContain(`All of it is in the artifact \`${artifact}\` of [run 77]`);
    }
    for (const [name, content] of files()) expect(summary()).toContain(`- \`${name}\`: \`${digestOf(content)}\``);
    expect(files()).toHaveLength(4);
    expect(Buffer.byteLength(summary())).toBeLessThan(1024 * 1024);
  });

  it("can be read whole at a gate, and are not told twice where nothing was left out", async () => {
    const small = creating(many(3));
    const [one = ""] = (await shown(new Map([["test/app", small]]), { at: null })).values();
    expect(summary().match(/### /g)).toHaveLength(1);
    expect(unread(one, "test/app", small)).toEqual([]);
    const large = creating(many(2_000));
    const [other = ""] = (await shown(new Map([["test/app", large]]), { at: null })).values();
    expect(unread(other, "test/app", large)).toEqual([]);
    const plans = new Map<string, ReadPlan>(
      Array.from({ length: 200 }, (_, index) => [`test/gate-${index}`, creating(many(10, `g${index}_`))] as const),
    );
    for (const [stack, section] of await shown(plans, { at: null })) {
      expect(summary()).toContain(section.split("\n").at(-1));
      expect(unread(section, stack, plans.get(stack) as ReadPlan)).toEqual([]);
    }
    expect(summary()).not.toContain("(cut here");
  });

  it("are kept as an artifact where a row says so, whatever their size, once", async () => {
    const plans = new Map([
      ["test/app", creating(many(1))],
      ["stage/app", creating(many(1))],
    ]);
    const sections = await shown(plans, { by: flowWith("stage") });
    expect(files().map(([name]) => name.replace(/[0-9a-f]{12}/, "PLAN"))).toEqual([
      "stage/app/plan-PLAN.json",
      "stage/app/plan-PLAN.txt",
    ]);
    expect(sections.get("stage/app" as StackName)).toMatch(
      /and as files in its artifact `plangate-plans-77-2-present`: `stage\/app\/plan-[0-9a-f]{12}\.txt` \(`[0-9a-f]{12}`\), `stage\/app\/plan-[0-9a-f]{12}\.json` \(`[0-9a-f]{12}`\)\./,
    );
    expect(sections.get("test/app" as StackName)).not.toContain("artifact");
  });

  it("can be read whole whatever names and values try", async () => {
    const hostile = fc.string({
      unit: fc.constantFrom(...'ab"`|<>&*_[]()!#:/\\\n\r\u001b\u202e\u200b@', "<!-- kept -->", "```", "</details>"),
      minLength: 1,
      maxLength: 30,
    });
    let round = 0;
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(hostile, { minLength: 1, maxLength: 12 }), fc.nat(4), async (keys, size) => {
        const stack = `test/app-${round++}`;
        const reading = creating(
          keys.map((key) => `terraform_data.item[${JSON.stringify(key)}]`),
          () => (keys[0] ?? "").repeat(10 ** size),
        );
        for (const [, section] of comments(await shown(new Map([[stack, reading]]))).flatMap((some) => [...some])) {
          expect(unread(section, stack, reading)).toEqual([]);
          expect(section).toMatch(/^Plan `[0-9a-f]{12}` of commit/m);
        }
      }),
      { numRuns: 40 },
    );
  });
});
