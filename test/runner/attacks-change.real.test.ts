import { readdirSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { must } from "../../src/worlds/real/forge/small-forge.ts";
import { at, infra, octokitWith } from "../github/small-github.ts";
import { type Attacked, awsAction, ended, hostilePlan, jobOf, openAttacked } from "./attacked.ts";
import { rootModule } from "./stage-files.ts";
import { patient, refusedByRules } from "./story-of-a-repository.ts";

/** What somebody can do by a pull request: with what it says, with what it changes, and by when. */

let here: Attacked;
beforeAll(async () => {
  here = await openAttacked();
}, patient.timeout);
afterAll(() => here?.close());

async function restOf(person: string) {
  return (await here.stage.as(person)).rest;
}

/** Opens a pull request for a branch of this repository. */
async function opened(by: string, { head, title = head }: { readonly head: string; readonly title?: string }) {
  const rest = await restOf(by);
  const issue = (await rest.issues.create({ ...at, title: "A reason" })).data.number;
  const { data } = await rest.pulls.create({ ...at, title, head, base: "main", body: `Closes #${issue}` });
  return data.number;
}

const merging = async (by: string, number: number) =>
  (await restOf(by)).pulls.merge({ ...at, pull_number: number, merge_method: "squash" });

describe("a pull request", patient, () => {
  it("whose own workflow plans something else and reports for itself shows nothing of that and becomes nobody that applies", async () => {
    const eve = await here.stage.cloneOf("eve");
    await eve.git("fetch", "--quiet", "origin");
    const text = await eve.git("show", "origin/main:.github/workflows/plangate-change.yml");
    const planning = `        run: |\n${hostilePlan('s/"two"/"evil"/').replace(/^/gm, "          ")}\n          npx --yes plangate@0.1.0 ci plan\n`;
    const altered = `${text}\n`
      .replaceAll(/^ {8}run: exec npx --yes plangate@\S+ ci plan\n/gm, planning)
      .replaceAll(/^ {8}run: npx --yes plangate@\S+ ci check\n/gm, "        run: echo all is well\n");
    expect(altered.match(/evil/g)?.length).toBeGreaterThan(2);
    const roles = here.documents.roles.map(({ arn }) => arn);
    const greedy = `on:
  pull_request: null
  pull_request_target: null
  issue_comment: null
permissions: { contents: write, id-token: write, checks: write }
jobs:
${["test-plan", "prod-plan", "prod", "test", "plangate", "ephemeral"]
  .map(
    (environment) => `  ${environment}:
    environment: ${environment}
    runs-on: ubuntu-24.04
    steps:
${roles
  .map(
    (role) =>
      `      - { if: always(), uses: "${awsAction}", with: { role-to-assume: "${role}", aws-region: eu-west-1 } }\n`,
  )
  .join("")}`,
  )
  .join("")}`;
    await eve.pushed("poison", {
      from: "main",
      files: {
        ".github/workflows/plangate-change.yml": altered,
        ".github/workflows/greedy.yml": greedy,
        "stacks/app/main.tf": rootModule("app", "two"),
      },
    });
    const number = await opened("eve", { head: "poison" });
    const runs = await here.news();
    const shown = await here.said(number);
    expect(jobOf(runs, "Plan test").conclusion).toBe("success");
    expect(jobOf(runs, "Compiled").log).toContain("plangate-change.yml was changed by hand since it was compiled");
    expect(jobOf(runs, "Decide").log).toContain("stacks/app/main.tf in the plan file is not what Git has");
    expect(shown).toMatch(/^- `test\/app`: \*\*its plan was refused\*\*.*is not what Git has/m);
    expect(shown).not.toContain("### `test/app`");
    expect(runs.filter(({ file }) => file.endsWith("greedy.yml")).map(({ event }) => event)).toEqual(["pull_request"]);
    // Planning is code of the change: it has what planning for a pull request has, and nothing of what applies.
    expect(new Set(here.clouds.given.map(({ holder }) => holder))).toEqual(
      new Set(roles.filter((role) => role.endsWith("-test-plan"))),
    );
    expect(here.states("app", "network")).toEqual([]);
    await expect(merging("eve", number)).rejects.toThrow(refusedByRules);
  });

  let change = 0;
  it("whose branch, title, text and plan are code and markup is told as text", async () => {
    const head = `feature/a$(touch\${IFS}pwned)"';touch\${IFS}pwned;\`touch\${IFS}pwned\`#`;
    const value = `\`\`\`\\n<!-- plangate:end -->\\n@bob @acme/devops #1\\n::add-mask::bob\\n::error::x\\n%0A\\u001b[2J${"long ".repeat(30_000)}`;
    const ann = await here.stage.cloneOf("ann");
    await ann.pushed(head, {
      from: "main",
      files: {
        "stacks/app/main.tf": rootModule("app", value),
        // What Git takes for the name of a file, and Terraform does not read.
        "stacks/app/$(touch pwned)\n::add-mask::bob\n::set-output name=plans::{}\n@bob <img src=x> \u202e\u001b[2J.md":
          "Named so\n",
      },
      message: `$(touch pwned) \${{ github.token }}\n\n::stop-commands::x`,
    });
    change = await opened("ann", {
      head,
      title: `$(touch pwned) \`touch pwned\` \${{ secrets.PLANGATE_OPEN_KEY }} @bob \u202e\u001b[31m`,
    });
    const runs = await here.news();
    expect(jobOf(runs, "plangate / change").conclusion).toBe("success");
    const logs = runs.flatMap(({ jobs }) => jobs.map(({ log, summary }) => log + summary)).join("");
    for (const hidden of ["***", "\u202e", "\u001b"]) expect(logs.includes(hidden)).toBe(false);
    const { data } = await (await restOf("root")).issues.listComments({ ...at, issue_number: change, per_page: 100 });
    expect(data.length).toBeGreaterThan(0);
    const bodies = data.map(({ body = "" }) => body);
    for (const body of bodies) expect(body.length).toBeLessThanOrEqual(65_536);
    const shown = bodies.join("\n");
    expect(shown).toContain("### `test/app`");
    expect(shown).not.toMatch(/@(bob|acme)/);
    expect(shown.match(/plangate:end -->/g)).toHaveLength(2);
    expect(shown.match(/<!-- plangate:end -->/g)).toHaveLength(1);
    expect(shown.match(/^ *```/gm)).toHaveLength(2);
    expect(readdirSync(here.stage.dir, { recursive: true }).filter((path) => /pwned$/.test(String(path)))).toEqual([]);
  });

  it("that moves on while somebody approves it is approved by nobody", async () => {
    const { hooks } = here;
    const ann = await here.stage.cloneOf("ann");
    const branch = await ann.git("branch", "--show-current");
    hooks.beforeStep = async ({ run, job }) => {
      if (run.event !== "issue_comment" || job.name !== "Decide") return;
      hooks.beforeStep = () => undefined;
      await ann.pushed(branch, { files: { "stacks/app/main.tf": rootModule("app", "later") } });
    };
    const bob = await restOf("bob");
    await bob.issues.createComment({ ...at, issue_number: change, body: "/plangate approve" });
    await bob.pulls.createReview({ ...at, pull_number: change, event: "APPROVE" });
    const runs = await here.news();
    expect(
      jobOf(
        runs.filter(({ event }) => event === "issue_comment"),
        "Decide",
      ).log,
    ).toContain("no apply waits for this");
    const shown = await here.said(change);
    expect(shown).toContain("later");
    expect(shown).toContain("To apply: 1 approval by owners");
    await expect(merging("bob", change)).rejects.toThrow(/approving review|code owner review/i);
  });

  it("that fails its check is not let in by a status or a check of that name which somebody else gives", async () => {
    const eve = await here.stage.cloneOf("eve");
    const ill = rootModule("app", "ill").replace("  input = {", "      input    =    {");
    const head = await eve.pushed("ill", { from: "main", files: { "stacks/app/main.tf": ill } });
    const number = await opened("eve", { head: "ill" });
    const runs = await here.news();
    expect(jobOf(runs, "fmt").conclusion).toBe("failure");
    expect(jobOf(runs, "plangate / change").conclusion).toBe("failure");
    const rest = await restOf("eve");
    const context = "plangate / change";
    await rest.repos.createCommitStatus({ ...at, sha: head, state: "success", context });
    await expect(rest.checks.create({ ...at, head_sha: head, name: context, conclusion: "success" })).rejects.toThrow();
    await (await restOf("bob")).pulls.createReview({ ...at, pull_number: number, event: "APPROVE" });
    await expect(merging("eve", number)).rejects.toThrow(/plangate \/ change/);
    expect(here.states("app", "network")).toEqual([]);

    // A merge queue waits for the same check, of what the base would become, and nothing is planned for it.
    const { github } = here.stage;
    const asked = { ill: await github.askMergeGroup(infra, number), fine: await github.askMergeGroup(infra, change) };
    const groups = (await here.news()).filter(({ event }) => event === "merge_group");
    expect(groups.map(({ conclusion }) => conclusion).sort()).toEqual(["failure", "success"]);
    expect(Object.keys(ended(groups)).filter((name) => /: Plan /.test(name))).toEqual([]);
    expect(jobOf(groups, "Hand over").log).toContain("There is nothing to hand over.");
    const checkOf = async (ref: string) =>
      (await rest.checks.listForRef({ ...at, ref, check_name: context })).data.check_runs.map((run) => run.conclusion);
    expect([await checkOf(asked.ill), await checkOf(asked.fine)]).toEqual([["failure"], ["success"]]);
  });
});

describe("a pull request of a fork", patient, () => {
  it("starts nothing until somebody looked, and then plans nothing, writes nothing and gets nothing", async () => {
    await here.news();
    const { stage, clouds, documents } = here;
    const { forge } = stage.github;
    const role = documents.roles.find(({ arn }) => arn.endsWith("-test-plan"))?.arn ?? "";
    const fork = must(await forge.act("fork", { by: "sam", repository: infra }), "fork");
    const parent = await forge.look(infra, async ({ refs }) => refs.get("refs/heads/main") ?? null);
    const root = await stage.cloneOf("root");
    const text = await root.git("show", "origin/main:.github/workflows/plangate-change.yml");
    const isFromHere = /github\.event\.pull_request\.head\.repo\.full_name ==\s+github\.repository/g;
    expect(text).toMatch(isFromHere);
    const hostile = `on: pull_request
permissions: { contents: write, id-token: write, actions: write, checks: write }
jobs:
  takes:
    environment: test-plan
    runs-on: ubuntu-24.04
    steps:
      - uses: ${awsAction}
        with: { role-to-assume: "${role}", aws-region: eu-west-1 }
      - if: always()
        run: |
          echo "[\${SEAL}] [\${ACTIONS_ID_TOKEN_REQUEST_URL:+identity}]"
          node -e 'fetch(process.env.GITHUB_API_URL + "/repos/acme/infra/actions/workflows/plangate.yml/dispatches", { method: "POST", headers: { authorization: "Bearer " + process.env.TOKEN }, body: JSON.stringify({ ref: "main", inputs: { job: "Look at what waits" } }) }).then(({ status }) => console.log("dispatch", status))'
        env: { SEAL: "\${{ secrets.PLANGATE_OPEN_KEY }}", TOKEN: "\${{ github.token }}" }
`;
    const files = {
      ".github/workflows/plangate-change.yml": `${text.replaceAll(isFromHere, "true")}\n`,
      ".github/workflows/plangate-said.yml": hostile,
      "stacks/app/main.tf": rootModule("app", "outside"),
    };
    const after = await forge.commit({ repository: fork.name, parent, files, message: "Outside", author: "sam" });
    must(await forge.act("push", { by: "sam", repository: fork.name, ref: "refs/heads/main", after }), "push");
    const sam = octokitWith(stage.github.url, await stage.github.tokenFor({ person: "sam" })).rest;
    const { number } = (await sam.pulls.create({ ...at, title: "Outside", head: "sam:main", base: "main" })).data;
    await sam.issues.createComment({ ...at, issue_number: number, body: "/plangate approve" });
    const waiting = await here.news();
    const asked = waiting.filter(({ event }) => event === "issue_comment");
    expect(jobOf(asked, "Decide").log).toContain("sam may not write here");
    const held = waiting.filter(({ event }) => event === "pull_request");
    expect(held.map(({ conclusion }) => conclusion)).toEqual(["action_required", "action_required"]);
    const bob = await restOf("bob");
    for (const { id } of held) await bob.actions.approveWorkflowRun({ ...at, run_id: id });
    const before = clouds.given.length;
    expect(await here.news()).toEqual([]);
    expect(jobOf(held, "takes").log).toMatch(/^\[\] \[\]\ndispatch 403$/m);
    expect(jobOf(held, "Hand over").log).toContain("Resource not accessible by integration");
    expect(jobOf(held, "Compiled").conclusion).toBe("failure");
    // What a stranger asks for is refused once, and in no word of theirs; nothing else is said.
    const said = await here.said(number);
    expect(said).toContain("### Asked, and not done");
    expect(said.match(/^### /gm)).toHaveLength(1);
    expect(here.states("app", "network")).toEqual([]);
    expect(clouds.given).toHaveLength(before);
    await expect(sam.pulls.merge({ ...at, pull_number: number })).rejects.toThrow();
  });
});
