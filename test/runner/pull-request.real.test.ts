import { join } from "node:path";
import { expect, it } from "vitest";
import { at, infra } from "../github/small-github.ts";
import { openRunner, programsFor } from "./index.ts";
import { openStage } from "./stage.ts";

it("takes a compiled pull request through its own workflow and the trusted one to a plan comment", async () => {
  const stage = await openStage({ preset: "trunk-stored-plan", quick: true });
  const { github, dir, secrets } = stage;
  const programs = await programsFor(join(dir, "programs"));
  const runner = openRunner({ github, repository: infra, dir: join(dir, "jobs"), programs, secrets });
  try {
    const ann = await stage.cloneOf("ann");
    await ann.git("fetch", "origin");
    const text = (await ann.git("show", "origin/main:stacks/app/main.tf")).replace('"one"', '"two"');
    await ann.pushed("feature/queue", { files: { "stacks/app/main.tf": `${text}\n` }, from: "main" });
    const { rest } = await stage.as("ann");
    const { number: issue } = (await rest.issues.create({ ...at, title: "A queue" })).data;
    const about = { ...at, title: "Queue", body: `Closes #${issue}`, head: "feature/queue", base: "main" };
    const change = (await rest.pulls.create(about)).data;
    await runner.settled();
    const comments = (await rest.issues.listComments({ ...at, issue_number: change.number })).data;
    expect(comments.map(({ body }) => body).join()).toContain("test/app");
    const checks = (await rest.checks.listForRef({ ...at, ref: change.head.sha })).data.check_runs;
    expect(checks.find(({ name }) => name === "plangate / change")?.conclusion).toBe("success");
  } finally {
    await runner.close();
    await stage.close();
  }
});
