import { describe, expect, it } from "vitest";
import { parseDigest } from "../domain/digest.ts";
import { type ReadPlan, readPlan } from "../domain/read-plan.ts";
import { type Flow, parseFlow } from "../flow/index.ts";
import { aStack, commit, login, type StackBuilder } from "../testing/builders.ts";
import { fullFlow } from "../testing/full-flow.ts";
import { aChange } from "../testing/plan-json.ts";
import { renderSection } from "./section.ts";

const parsed = parseFlow(fullFlow, { file: "plangate.yaml" });
if (parsed.value === undefined) throw new Error(JSON.stringify(parsed.diagnostics));
const flow: Flow = parsed.value;

const ofPullRequest = { kind: "pull-request", pullRequest: 12, head: commit("c1"), base: commit("c0") } as const;

/** What Terraform would do to objects called `terraform_data.NAME`. */
function reading(...actions: readonly (readonly [name: string, actions: readonly string[]])[]): ReadPlan {
  const changes = actions.map(([name, doing]) => {
    const [before, after] = [
      doing.includes("delete") ? { size: 1 } : null,
      doing.includes("create") ? { size: 2 } : null,
    ];
    const { change } = aChange(`terraform_data.${name}`);
    return aChange(`terraform_data.${name}`, { change: { ...change, actions: doing, before, after } });
  });
  const json = { format_version: "1.2", terraform_version: "1.14.0", resource_changes: changes, configuration: {} };
  const { value } = readPlan(JSON.stringify(json), { key: new Uint8Array(32) });
  if (value === undefined) throw new Error("the plan of the test cannot be read");
  return value;
}

const creates = reading(["queue", ["create"]]);
const deletes = reading(["queue", ["delete"]], ["service", ["delete", "create"]]);

function sectionOf(stack: StackBuilder, made: ReadPlan, other: Flow = flow): string {
  return renderSection({ run: stack.run, stored: stack.plan, flow: other, made: { reading: made, generated: [] } });
}

describe("what a plan's section says of its apply", () => {
  it.each([
    {
      name: "deletions-in-a-window",
      stack: aStack("prod/app").withRun({ source: ofPullRequest, due: null }),
      made: deletes,
    },
    {
      name: "a-destroy-at-the-gate-of-its-row",
      stack: aStack("dev/app")
        .planned({ mode: "destroy" })
        .withRun({ mode: "destroy" })
        .due({ kind: "dispatch", job: "Take down" }),
      made: reading(["queue", ["delete"]], ["service", ["delete"]]),
    },
    {
      name: "drift-that-would-be-put-right",
      stack: aStack("prod/app").withRun({
        source: { kind: "schedule", cron: "0 1 * * *", ref: "tag:v1.2.0", commit: commit("c1") },
        due: null,
      }),
      made: creates,
    },
    {
      name: "an-instance-of-a-pull-request",
      stack: aStack("ephemeral-12/app").withRun({ source: ofPullRequest }).due({ kind: "pull-request" }),
      made: deletes,
    },
    {
      name: "an-instance-that-goes",
      stack: aStack("ephemeral-12/app")
        .planned({ mode: "destroy" })
        .withRun({ mode: "destroy", source: ofPullRequest })
        .due({ kind: "pull-request" }),
      made: reading(["queue", ["delete"]]),
    },
    { name: "a-look-for-drift", stack: aStack("prod/app").planned({ mode: "refresh-only" }), made: creates },
    {
      name: "nothing-to-do",
      stack: aStack("prod/app").withRun({ source: ofPullRequest, due: null, state: "no-changes" }),
      made: reading(),
    },
    { name: "only-for-looking-at", stack: aStack("prod/app").withPlan({ speculative: "fork" }), made: creates },
  ])("$name", async ({ name, stack, made }) => {
    await expect(`${sectionOf(stack, made)}\n`).toMatchFileSnapshot(`expected/section/${name}.md`);
  });

  it("names the plan in full where people have to answer to it", () => {
    const stack = aStack("stage/app").withRun({ source: ofPullRequest });
    const asked = /`\/plangate acknowledge (\S+)`/.exec(sectionOf(stack, deletes))?.[1] ?? "";
    expect(parseDigest(asked)).toBe(stack.plan.digest);
  });

  it("asks for nothing and promises nothing where there is nothing to do", () => {
    const empty = sectionOf(aStack("prod/app").withRun({ source: ofPullRequest, state: "no-changes" }), reading());
    expect(empty).toContain("**No changes.**");
    expect(empty).toContain("**There is nothing to apply, and nobody is asked.** That is expected where");
    expect(empty).not.toMatch(/To apply|approval|Frozen|It begins within|emergency/);
    const gone = aStack("dev/app").planned({ mode: "destroy" }).withRun({ mode: "destroy", state: "no-changes" });
    expect(sectionOf(gone, reading())).toContain("There is nothing to destroy, and nobody is asked.");
  });

  it("asks nobody about deletions where the flow does not", () => {
    const free = { ...flow, require: { ...flow.require, deletions: "free" as const } };
    const stack = aStack("stage/app").withRun({ source: ofPullRequest });
    expect(sectionOf(stack, deletes, free)).not.toContain("acknowledge");
    expect(sectionOf(stack, creates)).not.toContain("acknowledge");
  });

  it("says that code owners are asked where they are", () => {
    expect(sectionOf(aStack("stage/app"), creates)).toContain(
      "What reaches it through `main` has to be approved by a code owner of each path that it changes.",
    );
    expect(sectionOf(aStack("ephemeral-12/app"), creates)).not.toContain("code owner");
  });

  it("leaves out a freeze that was over when the plan was made", () => {
    const stack = aStack("prod/app");
    expect(sectionOf(stack, creates)).toContain("Frozen from 2026-12-20 00:00 UTC (Sun 01:00 Europe/Berlin)");
    const later = stack.planned({ createdAt: Date.UTC(2027, 1, 1) });
    expect(sectionOf(later, creates)).not.toContain("Frozen");
  });

  it("keeps what the flow file says from becoming markup", () => {
    const hostile = "@everyone <b>![x](http://x)";
    const environments = flow.environments.map((environment) => ({
      ...environment,
      approvals: { name: environment.name, count: 1, by: { teams: [hostile], logins: [login("ann")] }, notBy: [] },
      freezes: environment.freezes.map((freeze) => ({ ...freeze, because: hostile })),
    }));
    const text = sectionOf(aStack("prod/app"), creates, { ...flow, environments });
    expect(text).not.toMatch(/@everyone|<b>|(?<!\\)!\[|:\/\//);
    expect(text).toContain("everyone");
  });
});
