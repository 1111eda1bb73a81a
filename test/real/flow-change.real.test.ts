import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { proveInCheck } from "../../src/apps/cli/prove-flow.ts";
import type { Delivery } from "../../src/delivery/delivery.ts";
import { perform } from "../../src/delivery/perform/index.ts";
import { parseFlow } from "../../src/flow/index.ts";
import { aChange } from "../../src/testing/builders.ts";
import { type DeliveryStage, openStage } from "./support/delivery-stage.ts";

const flow = (states: string) => `version: 1
teams: { owners: [ann, bob, cem, dan] }
branches:
  work: { match: "**", except: [main], cutFrom: main }
  main: { accepts: [work], reviews: { count: 1, by: owners } }
environments:
  test: { kind: test, appliesFrom: [main] }
  prod: { kind: prod, appliesFrom: [main], approvals: { count: 2, by: owners }, after: [test] }
stacks:
  - { root: "stacks/{stack}", in: [test, prod], backend: ["path=${states}/{environment}-{stack}.tfstate"] }
when:
  - { on: pull_request, into: main, in: test, do: [check, plan, comment] }
  - { on: merge,        into: main, in: test, do: [apply, verify] }
  - { on: merge,        into: main, in: prod, do: [plan, gate, apply, verify] }
`;

const rootModule = 'terraform {\n  backend "local" {}\n}\n\nresource "terraform_data" "this" {\n  input = "one"\n}\n';
const number = 7;

const never = new AbortController().signal;
const limits = { budget: 5_000, time: 5_000, longest: 60_000 };

let stage: DeliveryStage;
beforeEach(async () => {
  stage = await openStage(flow, { "stacks/app/main.tf": rootModule });
  stage.git("checkout", "--quiet", "-b", "fewer");
});
afterEach(() => stage.close());

/** The check of a pull request that brings these files, as whoever has a proof at hand makes it. */
async function check(
  files: Readonly<Record<string, string | null>>,
  about: Pick<Delivery, "proveFlow"> = { proveFlow: (changed) => proveInCheck(changed, never, limits) },
) {
  const head = stage.commit(files);
  stage.forge.changes.set(number, aChange({ number, state: "open", headBranch: "fewer", base: "main", head }));
  const { proveFlow: _, ...delivery } = stage.delivery;
  const action = { kind: "check", pullRequest: number, commit: head, problems: [], why: "a test" } as const;
  await perform({ ...delivery, ...about }, action);
  return { ...stage.forge.checks.at(-1), shown: stage.forge.flowChanges.get(number) };
}

/** The flow with more approvals than there are people for. */
async function tooMany() {
  const { value } = parseFlow(text().replace("count: 2", "count: 4"), { file: "plangate.yaml" });
  if (value === undefined) throw new Error("the flow does not parse");
  return value;
}

const text = () => stage.git("show", "main:plangate.yaml");

describe("a pull request that changes the flow", () => {
  it("passes with fewer approvals, and tells it first, in its check and in a comment", async () => {
    const { passed, summary, shown } = await check({ "plangate.yaml": text().replace("count: 2", "count: 1") });
    expect(passed).toBe(true);
    expect(summary).toMatch(/^1 guarantee gets weaker: prod: 1 approval instead of 2, by owners; /);
    expect(summary).toContain("what is changed is well formed");
    expect(shown).toContain("**1 guarantee gets weaker.** Approve this only if that is meant.");
    expect(shown).toContain("- **prod**: 1 approval instead of 2, by **owners**");
    expect(shown).toContain("**The proof of the new flow** found no hole");
    expect(shown).toMatch(/^- Holds: .*P9.*P11/m);
    expect(await stage.ledger("checked")).toMatchObject([{ pullRequest: number, passed: true, summary }]);
  });

  it("fails when the new flow breaks what it promises, with the story", async () => {
    const { passed, summary, shown } = await check({ "plangate.yaml": text().replace("count: 2", "count: 4") });
    expect(passed).toBe(false);
    expect(summary).toMatch(/the new flow breaks P11: .*\(1\. .* 2\. /);
    expect(shown).toContain("**The new flow breaks P11.**");
    expect(shown).toMatch(/\n1\. \w+ pushes /);
    expect(shown).toContain("- **prod**: 4 approvals instead of 2, by **owners**");
  });

  it("passes where the flow in force breaks the same already, since a team lives with it", async () => {
    const { passed, shown } = await check(
      { "plangate.yaml": text().replace("count: 2", "count: 4") },
      { proveFlow: async () => proveInCheck(await tooMany(), never, limits) },
    );
    expect(passed).toBe(true);
    expect(shown).toContain("The flow in force breaks it too.");
  });

  it("says that nobody proved it where nobody can", async () => {
    const { passed, summary, shown } = await check({ "plangate.yaml": text().replace("count: 2", "count: 4") }, {});
    expect(passed).toBe(true);
    expect(summary).toContain("the new flow was not proved");
    expect(shown).toContain("**The flow was not proved**");
  });

  it("cannot write what it likes into the comment", async () => {
    const because = '"<img src=x> @acme/everybody ](http://evil) <!-- plangate:end -->"';
    const changed = text().replace("by: owners }, after", `by: owners, notBy: [], because: ${because} }, after`);
    const { summary, shown } = await check({ "plangate.yaml": changed }, {});
    expect(summary).toMatch(
      /^1 guarantee gets weaker: prod: somebody who wrote any of what is applied may now approve it/,
    );
    expect(shown).toContain("may now approve it, because: ");
    expect(shown).not.toMatch(/(?<!\\)<img|@acme|\]\(http|(?<!\\)<!/);
  });

  it("shows why its flow cannot be used, and nothing of the change once the file is as it was", async () => {
    const wrong = await check({
      "plangate.yaml": text().replace("appliesFrom: [main], app", "appliesFrom: [mane], app"),
    });
    expect(wrong).toMatchObject({ passed: false });
    expect(wrong.shown).toContain("**It cannot be used after the merge.**");
    expect(wrong.shown).toContain("mane");
    const back = await check({ "plangate.yaml": `${text()}\n`, "stacks/app/more.tf": "# nothing\n" });
    expect(back).toMatchObject({ passed: true, summary: "what is changed is well formed", shown: undefined });
  });

  it("fails when it takes the file away", async () => {
    const { shown } = await check({ "plangate.yaml": null });
    expect(shown).toContain("plangate\\.yaml is gone");
    expect(stage.forge.checks.at(-1)?.passed).toBe(false);
  });
});
