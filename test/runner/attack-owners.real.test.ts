import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { at } from "../github/small-github.ts";
import { patient } from "./story-of-a-repository.ts";
import { openThirdWorld, type ThirdWorld } from "./third-world.ts";

/** Two people who may write, and own nothing, alter what governs delivery: one opens the pull request, the other reviews it. */

let world: ThirdWorld;
beforeAll(async () => {
  world = await openThirdWorld({ preset: "gitflow", quick: true });
  await world.stage.small.did("role", "root", { login: "sam", role: "write" });
  await world.settled();
}, patient.timeout);
afterAll(() => world?.close());

/** In the place of the workflow that looks at changes: the required check is green, whatever is changed. */
const forgedCheck = `name: plangate change
on: { pull_request: {} }
permissions: {}
jobs:
  report: { name: plangate / change, runs-on: ubuntu-24.04, steps: [{ run: echo "all is well" }] }
`;

const onMain = async (path: string) => {
  const { git } = await world.stage.cloneOf("root");
  await git("fetch", "--quiet", "origin");
  return git("show", `origin/main:${path}`);
};

/** A pull request of eve's that sam has approved, whose check is green. */
async function approved(branch: string, files: Readonly<Record<string, string>>): Promise<number> {
  const [eve, sam] = [world.as("eve"), world.as("sam")];
  const all = { ".github/workflows/plangate-change.yml": forgedCheck, ...files };
  await (await eve.clone()).pushed(branch, { from: "main", files: all });
  const number = await eve.opens({ head: branch, base: "main" });
  expect(await world.settled()).toContain("plangate-change.yml pull_request: plangate / change success");
  await sam.approves(number);
  return number;
}

/** The rulesets that ask for owners of code, as they are on GitHub. */
async function asking(): Promise<readonly { readonly id: number; readonly rules: readonly Rule[] }[]> {
  const { repos } = (await world.stage.as("root")).rest;
  const { data } = await repos.getRepoRulesets(at);
  const all = await Promise.all(data.map(({ id }) => repos.getRepoRuleset({ ...at, ruleset_id: id })));
  return all
    .map(({ data: { id, rules = [] } }) => ({ id, rules: rules as readonly Rule[] }))
    .filter(({ rules }) => rules.some(({ parameters }) => parameters?.require_code_owner_review === true));
}

interface Rule {
  readonly type: string;
  readonly parameters?: Readonly<Record<string, unknown>>;
}

const refused = /code owner/i;

describe("two people who may write and own nothing", patient, () => {
  it("merge no workflow that would get at the keys, no flow that names them, and no other owners", async () => {
    const apply = await onMain(".github/workflows/plangate-apply.yml");
    const flow = await onMain("plangate.yaml");
    const owners = await onMain(".github/CODEOWNERS");
    expect(flow).toMatch(/devops: \[ann, bob\]/);
    const attacks = {
      "dev/workflow": { ".github/workflows/plangate-apply.yml": apply.replace("run:", "shell: bash\n        run:") },
      "dev/flow": { "plangate.yaml": flow.replace("devops: [ann, bob]", "devops: [eve, sam]") },
      "dev/keys": { ".github/plangate/keys.json": "{}\n" },
      "dev/owners": { ".github/CODEOWNERS": owners.replaceAll("@ann @bob", "@eve @sam") },
      // GitHub would take another place's file where the first is gone.
      "dev/place": { CODEOWNERS: "* @eve @sam\n" },
      "dev/stack": { "stacks/app/main.tf": "# nothing\n" },
    };
    for (const [branch, files] of Object.entries(attacks)) {
      const number = await approved(branch, files);
      expect(await world.as("eve").merges(number, "merge"), branch).toMatch(refused);
      expect(await world.as("sam").merges(number, "merge"), branch).toMatch(refused);
    }
    expect(await onMain("plangate.yaml")).toBe(flow);
    expect(await onMain(".github/CODEOWNERS")).toBe(owners);
    // The same with an owner's review is an ordinary change of theirs.
    const number = await approved("dev/agreed", { ".github/agreed.md": "agreed\n" });
    await world.as("bob").approves(number);
    expect(await world.as("eve").merges(number, "merge")).toBe("merged");
    await world.settled();
  });

  it("merge one where the ruleset asks for no owners, which the audit finds and mends", async () => {
    const { repos } = (await world.stage.as("root")).rest;
    const [ruleset, ...others] = await asking();
    expect(others).toEqual([]);
    const off = ruleset?.rules.map(({ type, parameters }) =>
      type === "pull_request"
        ? { type, parameters: { ...parameters, require_code_owner_review: false } }
        : { type, parameters },
    );
    await repos.updateRepoRuleset({ ...at, ruleset_id: ruleset?.id ?? 0, rules: off } as never);
    expect(await asking()).toEqual([]);
    const through = await approved("dev/through", { ".github/through.md": "through\n" });
    expect(await world.as("eve").merges(through, "merge")).toBe("merged");
    await world.settled();

    const found = await world.stage.plangate(["audit", "--json"]);
    expect(found.code).not.toBe(0);
    expect(found.stdout).toMatch(/"rule-weaker"/);
    expect(found.stdout).toContain("require_code_owner_review");
    await world.stage.plangate(["audit", "--fix", "--yes"]);
    expect((await asking()).map(({ id }) => id)).toEqual([ruleset?.id]);
    const again = await approved("dev/again", { ".github/again.md": "again\n" });
    expect(await world.as("eve").merges(again, "merge")).toMatch(refused);
  });
});
