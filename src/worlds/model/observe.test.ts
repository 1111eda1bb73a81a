import { describe, expect, it } from "vitest";
import { diagnosticText } from "../../domain/diagnostic.ts";
import type { Event } from "../../domain/event.ts";
import type { Facts, StackFacts } from "../../domain/facts.ts";
import { type PresetName, parseFlow, renderPreset } from "../../flow/index.ts";
import { checkStory, parseStory, sceneOf } from "../stories/index.ts";
import { deliver, type ModelWorld, observe, settingOf, startWorld, takeStep } from "./index.ts";

/** Plays steps to the end, and gives each event of the last one with what is true when it comes. */
function lastOf(preset: PresetName, steps: string, top = "") {
  const flow = parseFlow(renderPreset(preset), { file: "plangate.yaml" }).value;
  const [team] = Object.keys(flow?.teams ?? {});
  const people = `{ ann: [${team}], bob: [${team}], carl: [${team}], dan: [] }`;
  const read = parseStory(`story: S\npreset: ${preset}\npeople: ${people}\n${top}steps:\n${steps}`, { file: "s.yaml" });
  if (flow === undefined || read.value === undefined) throw new Error(read.diagnostics.map(diagnosticText).join("\n"));
  expect(checkStory(flow, read.value).map(diagnosticText)).toEqual([]);
  const setting = settingOf(sceneOf(flow, read.value));
  let world: ModelWorld = startWorld(setting);
  let seen: { readonly event: Event; readonly facts: Facts }[] = [];
  for (const step of read.value.steps) {
    if (step.kind === "expect") continue;
    const change = takeStep(setting, world, step);
    const queue = [...change.events];
    world = change.world;
    seen = [];
    for (let index = 0; index < queue.length; index++) {
      const event = queue[index] as Event;
      seen.push({ event, facts: observe(setting, world, event) });
      const delivered = deliver(setting, world, event);
      world = delivered.world;
      queue.push(...delivered.events);
    }
  }
  return { world, seen, facts: (kind: Event["kind"]) => factsOf(seen, kind) };
}

function factsOf(seen: readonly { readonly event: Event; readonly facts: Facts }[], kind: Event["kind"]): Facts {
  const found = seen.find(({ event }) => event.kind === kind);
  if (found === undefined) throw new Error(`no ${kind} among ${seen.map(({ event }) => event.kind).join(", ")}`);
  return found.facts;
}

function stackIn(facts: Facts, name: string): StackFacts {
  const found = facts.stacks.find(({ stack }) => stack === name);
  if (found === undefined) throw new Error(`no ${name} among ${facts.stacks.map(({ stack }) => stack).join(", ")}`);
  return found;
}

const text = "why: it is needed\\nrollback: revert it";
const feature = `  - push: { by: dan, branch: dev/app, from: develop, changes: [stacks/app/main.tf] }
  - open: { by: dan, head: dev/app, base: develop, body: "${text}", as: feature }
  - review: { by: bob, pr: feature, state: approve }
  - merge: { by: ann, pr: feature }
`;

describe("a push", () => {
  it("brings files and lines against what the branch had; a value is one line, a text its own", () => {
    const { facts } = lastOf(
      "integration-branch",
      `  - push: { by: dan, branch: development, changes: { infra/main.tf: "a\\nb\\n", infra/more.tf: "c\\n" } }
  - push: { by: dan, branch: development, changes: { infra/main.tf: "a\\nd\\ne\\n" }, remove: [infra/more.tf], coAuthors: [carl] }
`,
    );
    expect(facts("push").push).toMatchObject({ branch: "development", files: 2, lines: 4, writers: ["dan", "carl"] });
    const values = lastOf(
      "integration-branch",
      "  - push: { by: dan, branch: development, changes: [infra/main.tf, x] }\n",
    );
    expect(values.facts("push").push).toMatchObject({ files: 2, lines: 2, accepted: [], openPullRequests: [] });
  });

  it("that starts a branch is counted from where the branch left the one it is cut from", () => {
    const { facts } = lastOf(
      "gitflow",
      "  - push: { by: dan, branch: dev/app, from: develop, changes: [stacks/app/main.tf] }\n",
    );
    expect(facts("push").push).toMatchObject({ files: 1, lines: 1 });
    expect(facts("push").stacks.map(({ stack }) => stack)).toEqual(["dev/app"]);
    expect(stackIn(facts("push"), "dev/app")).toMatchObject({ affected: true, hold: null, source: { kind: "push" } });
  });

  it("that deletes a branch tells what the branch held", () => {
    const { facts, world } = lastOf(
      "gitflow",
      `  - push: { by: dan, branch: dev/app, from: develop, changes: [stacks/app/main.tf] }
  - delete-branch: { by: dan, branch: dev/app }
`,
    );
    expect(facts("push").push).toBeNull();
    expect(facts("push").held).toMatchObject([{ stack: "dev/app", branch: "dev/app", by: "dan" }]);
    expect(world.holds).toEqual({});
  });
});

describe("a chain of branches", () => {
  const promoted = `${feature}  - open: { by: ann, head: develop, base: main, body: "${text}", as: up }
  - review: { by: bob, pr: up, state: approve }
  - merge: { by: carl, pr: up }
`;

  it("leads what is delivered back through every protected branch", () => {
    const { facts } = lastOf("gitflow", promoted);
    const app = stackIn(facts("merge"), "prod/app");
    expect(app.changes?.map(({ number }) => number)).toEqual([1, 2]);
    expect(app.pushed).toEqual([]);
    expect(new Set(app.writers)).toEqual(new Set(["ann", "dan"]));
  });

  it("names what reached one of them by a push, and who accepted it", () => {
    const past = `  - push: { by: ann, branch: develop, changes: [stacks/app/more.tf], force: true }
  - comment: { by: bob, branch: develop, body: "/plangate accept" }
`;
    const { facts } = lastOf("gitflow", past + promoted);
    expect(stackIn(facts("merge"), "prod/app").pushed).toMatchObject([
      { branch: "develop", files: 1, writers: ["ann"], accepted: ["bob"] },
    ]);
  });

  it("counts only who wrote what the stack is made from, and who opened what brought it", () => {
    const other = `  - push: { by: carl, branch: dev/net, from: develop, changes: [stacks/net/main.tf] }
  - open: { by: carl, head: dev/net, base: develop, body: "${text}", as: other }
  - review: { by: bob, pr: other, state: approve }
  - merge: { by: bob, pr: other }
`;
    const { facts } = lastOf("gitflow", other + promoted);
    expect(new Set(stackIn(facts("merge"), "prod/app").writers)).toEqual(new Set(["ann", "dan"]));
    expect(new Set(stackIn(facts("merge"), "prod/net").writers)).toEqual(new Set(["ann", "carl"]));
  });
});

describe("a pull request", () => {
  it("tells its sections, who set its labels, and since when it is open", () => {
    const { facts } = lastOf(
      "gitflow",
      `  - push: { by: dan, branch: dev/app, from: develop, changes: [stacks/app/main.tf] }
  - open: { by: dan, head: dev/app, base: develop, body: "## Why\\nneeded\\n## Rollback\\n<!-- how -->", labels: [one] }
  - label: { by: ann, add: [urgent, one] }
`,
    );
    expect(facts("pull-request").pullRequest).toMatchObject({
      sections: ["why"],
      labels: [
        { name: "urgent", by: "ann" },
        { name: "one", by: "ann" },
      ],
      openedAt: Date.UTC(2026, 0, 6, 10, 0, 2),
      baseAhead: false,
      carries: [],
      mergeCommits: 0,
    });
  });

  it("tells which code owners it needs: for each path the last line that matches", () => {
    const { facts } = lastOf(
      "integration-branch",
      `  - push: { by: dan, branch: feature/NET-1, from: development, changes: [infra/main.tf, infra/net/x.tf, infra/net/y.tf] }
  - open: { by: dan, head: feature/NET-1, base: development }
`,
      'owners: { "*": [ann, bob], "infra/net/**": [carl] }\n',
    );
    expect(facts("pull-request").pullRequest?.codeOwners).toEqual([["ann", "bob"], ["carl"]]);
  });

  it("tells what it carries of a branch that it should not have started from, also after it was forced in", () => {
    const steps = `  - push: { by: ann, branch: development, changes: [infra/main.tf] }
  - push: { by: dan, branch: hotfix/NET-1, from: development, changes: [infra/more.tf] }
  - open: { by: dan, head: hotfix/NET-1, base: main }
`;
    expect(lastOf("integration-branch", steps).facts("pull-request").pullRequest?.carries).toEqual(["development"]);
    const forced = lastOf("integration-branch", `${steps}  - merge: { by: ann, force: true }\n`).facts("merge");
    expect(forced.pullRequest?.carries).toEqual(["development"]);
  });

  it("from the branch that is promoted carries nothing foreign, and its base may be ahead of it", () => {
    const { facts } = lastOf(
      "integration-branch",
      `  - push: { by: ann, branch: development, changes: [infra/main.tf] }
  - push: { by: ann, branch: main, changes: [infra/more.tf], force: true }
  - open: { by: ann, head: development, base: main }
`,
    );
    expect(facts("pull-request").pullRequest).toMatchObject({ carries: [], baseAhead: true });
  });

  it("counts the merges among its own commits", () => {
    const { facts } = lastOf(
      "integration-branch",
      `  - push: { by: dan, branch: feature/NET-1, from: development, changes: [infra/more.tf] }
  - open: { by: dan, head: feature/NET-1, base: development }
  - push: { by: ann, branch: development, changes: [infra/main.tf] }
  - update-branch: { by: dan }
`,
    );
    expect(facts("pull-request").pullRequest?.mergeCommits).toBe(1);
  });
});

describe("a merge", () => {
  it("tells whether another branch lacks what it brought, by content and not by commits", () => {
    const hotfix = `  - push: { by: dan, branch: hotfix/NET-1, from: main, changes: [infra/main.tf] }
  - open: { by: dan, head: hotfix/NET-1, base: main }
  - review: { by: bob, state: approve }
  - merge: { by: ann }
`;
    const needed = { from: "main", into: "development", needed: true, open: null };
    const merged = lastOf("integration-branch", hotfix);
    expect(merged.facts("merge").backMerges).toEqual([needed]);
    expect(merged.world.pullRequests.at(-1)).toMatchObject({
      name: "back-merge",
      opener: "plangate[bot]",
      state: "open",
    });
    const back = lastOf(
      "integration-branch",
      `${hotfix}  - review: { by: bob, pr: back-merge, state: approve }\n  - merge: { by: ann, pr: back-merge }\n`,
    );
    expect(back.world.pullRequests.at(-1)).toMatchObject({ state: "merged" });
    expect(back.world.branches.development?.parents).toHaveLength(2);
    expect(back.world.branches.main?.tree).toEqual(back.world.branches.development?.tree);
  });

  it("moves the branch to the very commit of the head when it is a fast-forward", () => {
    const { world } = lastOf(
      "integration-branch",
      `  - push: { by: ann, branch: development, changes: [infra/main.tf] }
  - open: { by: ann, head: development, base: main }
  - review: { by: bob, state: approve }
  - merge: { by: carl }
`,
    );
    expect(world.branches.main).toBe(world.branches.development);
  });

  it("moves pull requests on that its branch is the head of", () => {
    const { facts, world } = lastOf(
      "gitflow",
      `  - push: { by: ann, branch: develop, changes: [stacks/net/main.tf], force: true }
  - open: { by: ann, head: develop, base: main, body: "${text}", as: up }
${feature}`,
    );
    expect(facts("pull-request").pullRequest).toMatchObject({ number: 1, head: world.branches.develop?.sha });
  });

  it("tells which modules it changed, and what their callers have to know", () => {
    const one = (name: string, content: string) => `  - push:
      { by: dan, branch: ${name}, from: main, changes: { modules/net/main.tf: ${JSON.stringify(content)} } }
  - open: { by: dan, head: ${name}, base: main, body: "Closes #1", as: ${name} }
  - review: { by: bob, pr: ${name}, state: approve }
  - merge: { by: ann, pr: ${name} }
`;
    const steps = (content: string) => one("first", "# one\n") + one("second", content);
    const top = "modules: { modules/net: [app] }\n";
    const about = (content: string) => lastOf("trunk-stored-plan", steps(content), top).facts("merge").modules;
    expect(about('variable "cidr" {\n  default = "10.0.0.0/8"\n}\n')).toMatchObject([
      { release: "module", name: "net", path: "modules/net", latest: "1.0.0", changed: true, bump: "minor" },
    ]);
    expect(about('variable "cidr" {\n}\n')).toMatchObject([{ bump: "major" }]);
    expect(about("# two\n")).toMatchObject([{ bump: "patch" }]);
  });

  it("alters every stack that uses a module, directly or through another one", () => {
    const { facts } = lastOf(
      "gitflow",
      `  - push: { by: dan, branch: dev/vpc, from: develop, changes: [modules/vpc/main.tf] }\n`,
      "modules: { modules/vpc: [modules/net], modules/net: [app, db], modules/log: [web] }\n",
    );
    expect(facts("push").stacks.map(({ stack }) => stack)).toEqual(["dev/app", "dev/db"]);
  });
});

describe("an environment per pull request", () => {
  const opened = `  - push: { by: ann, branch: one, from: main, changes: [stacks/app/main.tf] }
  - crash: { stack: ephemeral-1/app, during: apply }
  - open: { by: ann, head: one, base: main, body: "Closes #1" }
`;

  it("has a stack of its own, which stands from the first apply on", () => {
    const { facts, world } = lastOf("trunk-stored-plan", `${opened}  - close: { by: ann }\n`);
    const standing = stackIn(facts("closed"), "ephemeral-1/app");
    expect(standing).toMatchObject({ environment: "ephemeral", instance: "1", source: { kind: "pull-request" } });
    expect(standing.standing).toBe(Date.UTC(2026, 0, 6, 10, 0, 3));
    expect(world.states["ephemeral-1/app" as never]).toMatchObject({ standing: null, applied: null });
  });

  it("is looked at when the clock ticks, as long as something stands there", () => {
    const { facts } = lastOf("trunk-stored-plan", `${opened}  - wait: 1h\n`);
    expect(facts("tick").stacks.map(({ stack }) => stack)).toEqual(["ephemeral-1/app"]);
    expect(lastOf("trunk-stored-plan", `${opened}  - wait: 5h\n  - wait: 1h\n`).facts("tick").stacks).toEqual([]);
  });
});

describe("a dispatch", () => {
  it("is about what the branch alters, or what its inputs name", () => {
    const pushed = `  - push: { by: dan, branch: dev/app, from: develop, changes: [stacks/app/main.tf] }
  - push: { by: dan, branch: dev/net, from: develop, changes: [stacks/net/main.tf] }
`;
    const names = (inputs: string) =>
      lastOf("gitflow", `${pushed}  - dispatch: { by: ann, name: Deploy to dev, ref: dev/app${inputs} }\n`)
        .facts("dispatch")
        .stacks.map(({ stack }) => stack);
    expect(names("")).toEqual(["dev/app"]);
    expect(names(', inputs: { stacks: "net, dev/app" }')).toEqual(["dev/app", "dev/net"]);
  });

  it("that destroys is affected as long as something is applied", () => {
    const destroyed = `  - dispatch: { by: ann, name: Demo (destroy) }
  - gate: { by: bob, environment: teardown-test, state: approve }
`;
    const first = lastOf(
      "trunk-demo",
      `  - outside: { stack: test/infra, change: state }\n  - dispatch: { by: ann, name: Demo (destroy) }\n`,
    );
    expect(stackIn(first.facts("dispatch"), "test/infra")).toMatchObject({ affected: true, run: null });
    const again = lastOf(
      "trunk-demo",
      `  - outside: { stack: test/infra, change: state }\n${destroyed}  - dispatch: { by: ann, name: Demo (destroy) }\n`,
    );
    expect(stackIn(again.facts("dispatch"), "test/infra")).toMatchObject({ affected: false, applied: null });
  });
});

describe("a schedule", () => {
  it("looks at the commit that is applied, wherever the branch stands", () => {
    const { facts, world } = lastOf("gitflow", `${feature}  - schedule: "0 1 * * *"\n`);
    const app = stackIn(facts("schedule"), "prod/app");
    expect(app.source).toMatchObject({ kind: "schedule", ref: "main", commit: app.applied?.commit });
    expect(app.commit).toBe(world.branches.main?.sha);
  });
});

describe("a hold", () => {
  const held = `  - push: { by: dan, branch: dev/app, from: develop, changes: [stacks/app/main.tf] }
  - push: { by: ann, branch: dev/two, from: develop, changes: [stacks/app/more.tf] }
  - open: { by: ann, head: dev/two, base: develop, body: "${text}" }
`;

  it("is the first branch's that applied, and is told with the commands about it", () => {
    const { facts } = lastOf("gitflow", `${held}  - comment: { by: bob, body: "/plangate take dev/app" }\n`);
    expect(stackIn(facts("command"), "dev/app").hold).toMatchObject({ branch: "dev/app", by: "dan" });
  });

  it("goes over to who takes it, and wakes who waited", () => {
    const { world, seen } = lastOf("gitflow", `${held}  - comment: { by: bob, body: "/plangate take dev/app" }\n`);
    expect(world.holds["dev/app" as never]).toMatchObject({ branch: "dev/two", by: "bob" });
    expect(seen.map(({ event }) => event.kind)).toContain("run-applied");
  });
});
