import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { at, infra } from "../github/small-github.ts";
import { openRunner, programsFor, type RanJob } from "./index.ts";
import { openStage } from "./stage.ts";
import { stateOf } from "./stage-files.ts";

const every = ["actions", "checks", "contents", "deployments", "issues", "pull-requests", "id-token"];

/** What somebody puts in the place of the workflow that looks at changes: it asks for all there is, and says that all is well. */
const hostile = `name: plangate change
on:
  pull_request:
permissions:
${every.map((right) => `  ${right}: write`).join("\n")}
jobs:
  keys:
    runs-on: ubuntu-24.04
    environment: plangate
    steps:
      - run: echo "keys $SIGN"
        env:
          SIGN: \${{ secrets.PLANGATE_SIGN_KEY }}
  production:
    runs-on: ubuntu-24.04
    environment: prod
    steps:
      - run: echo "opens $OPEN"
        env:
          OPEN: \${{ secrets.PLANGATE_OPEN_KEY }}
  nowhere:
    runs-on: ubuntu-24.04
    steps:
      - run: echo "there are \${#SIGN} and \${#OPEN} characters"
        env:
          SIGN: \${{ secrets.PLANGATE_SIGN_KEY }}
          OPEN: \${{ secrets.PLANGATE_OPEN_KEY }}
  starts:
    runs-on: ubuntu-24.04
    steps:
      - run: |
          start() {
            node -e '
              const [, inputs] = process.argv;
              const to = process.env.GITHUB_API_URL + "/repos/" + process.env.GITHUB_REPOSITORY;
              fetch(to + "/actions/workflows/plangate.yml/dispatches", {
                method: "POST",
                headers: { authorization: "Bearer " + process.env.TOKEN, "content-type": "application/json" },
                body: JSON.stringify({ ref: "main", inputs: JSON.parse(inputs) }),
              }).then(({ status }) => console.log("started", status));
            ' "$1"
          }
          start '{"job": "Deploy", "ref": "evil"}'
          start "{\\"job\\": \\"Look at what waits\\", \\"event\\": \\"release v1.0.0\\", \\"run\\": \\"$GITHUB_RUN_ID\\"}"
        env:
          TOKEN: \${{ github.token }}
  report:
    name: plangate / change
    runs-on: ubuntu-24.04
    steps:
      - run: echo "all is well"
`;

it("gives somebody who may write, and alters the workflow of their change, no key and no apply", async () => {
  const stage = await openStage({ preset: "trunk-stored-plan", quick: true });
  const { github, dir, secrets, states } = stage;
  const programs = await programsFor(join(dir, "programs"));
  const runner = openRunner({ github, repository: infra, dir: join(dir, "jobs"), programs, secrets });
  const jobs = (file: string): readonly RanJob[] =>
    runner.runs.filter((run) => run.file.endsWith(`/${file}`)).flatMap((run) => run.jobs);
  const called = (file: string, name: string) => jobs(file).filter((job) => job.name === name);
  try {
    const eve = await stage.cloneOf("eve");
    await eve.git("fetch", "origin");
    const text = (await eve.git("show", "origin/main:stacks/app/main.tf")).replace('"one"', '"evil"');
    await eve.pushed("evil", {
      files: { ".github/workflows/plangate-change.yml": hostile, "stacks/app/main.tf": `${text}\n` },
      from: "main",
    });
    await eve.git("tag", "v1.0.0", "origin/evil");
    await eve.git("push", "--quiet", "origin", "v1.0.0").catch(() => undefined);
    const { rest } = await stage.as("eve");
    const change = (await rest.pulls.create({ ...at, title: "Evil", head: "evil", base: "main" })).data;
    await runner.settled();

    for (const name of ["keys", "production"]) {
      const [job] = called("plangate-change.yml", name);
      expect({ name, conclusion: job?.conclusion, steps: job?.steps.length }).toEqual({
        name,
        conclusion: "failure",
        steps: 0,
      });
    }
    expect(called("plangate-change.yml", "nowhere")[0]?.log).toContain("there are 0 and 0 characters");
    // The check is green, since a workflow of the change gave it; people are asked all the same.
    expect(called("plangate-change.yml", "plangate / change")[0]?.conclusion).toBe("success");
    const merged = rest.pulls.merge({ ...at, pull_number: change.number, merge_method: "squash" });
    await expect(merged).rejects.toThrow(/approving review|code owner review/i);

    const decided = called("plangate.yml", "Decide");
    const said = decided.map(({ log }) => log).join("\n");
    expect(said).toMatch(/github-actions\[bot\] may not merge here/);
    expect(said).toMatch(/it is no run for a release of "v1\.0\.0"/);
    const applied = jobs("plangate.yml").filter(({ name }) => name.startsWith("Apply"));
    expect([...new Set(applied.map(({ conclusion }) => conclusion))]).toEqual(["skipped"]);
    for (const environment of ["ephemeral", "test", "prod"])
      expect(existsSync(stateOf(states, environment, "app"))).toBe(false);
  } finally {
    await runner.close();
    await stage.close();
  }
});
