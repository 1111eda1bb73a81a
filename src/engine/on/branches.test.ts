import { describe, expect, it } from "vitest";
import { decided, factsOf, presetNamed, words } from "../../../test/engine/decisions.ts";
import type { Event } from "../../domain/event.ts";
import type { ModuleFacts, PullRequestFacts } from "../../domain/facts.ts";
import type { BranchHold } from "../../domain/run.ts";
import { aChange, aStack, commit, login, planTime, stackName } from "../../testing/builders.ts";
import { decide } from "../index.ts";

const flow = presetNamed("gitflow");
const hold: BranchHold = { stack: stackName("dev/app"), branch: "dev/queue", by: login("eve"), since: planTime };
const fromDev = (about: Partial<PullRequestFacts> = {}) =>
  aChange({ headBranch: "dev/queue", base: "develop", sections: ["why", "rollback"], ...about });
const merge = (branch: string): Event => ({
  kind: "merge",
  pullRequest: 12,
  branch,
  commit: commit("c1"),
  by: login("ann"),
});

describe("a stack that a branch holds", () => {
  it.each([
    {
      name: "is free once the branch is merged",
      branch: "develop",
      change: fromDev(),
      actions: ["hand-over dev/app nobody"],
    },
    {
      name: "is not freed by merging the branch into somebody's own",
      branch: "dev/other",
      change: fromDev({ base: "dev/other" }),
      actions: [],
    },
    {
      name: "is not freed by a fork's branch of the same name",
      branch: "develop",
      change: fromDev({ fork: true }),
      actions: [],
    },
    { name: "is not freed by what nobody knows", branch: "develop", change: undefined, actions: [] },
  ])("$name", ({ branch, change, actions }) => {
    const decision = decide(flow, factsOf([], { pullRequest: change, held: [hold] }), merge(branch));
    expect(words(decision)).toEqual(actions);
    expect(decision.reasons).not.toEqual([]);
  });
});

describe("/plangate release and /plangate take", () => {
  const command = (says: "release" | "take", by: string): Event => ({
    kind: "command",
    command: says,
    pullRequest: 12,
    stack: stackName("dev/app"),
    by: login(by),
  });
  const held = aStack("dev/app").with({ hold });
  const mine = { pullRequest: fromDev({ state: "open", headBranch: "dev/mine" }) };
  it.each([
    { name: "free a stack for who holds it", event: command("release", "eve"), actions: ["hand-over dev/app nobody"] },
    { name: "free it for who may merge", event: command("release", "bob"), actions: ["hand-over dev/app nobody"] },
    {
      name: "free nothing for strangers",
      event: command("release", "mallory"),
      actions: ["refuse dev/app not-allowed"],
    },
    {
      name: "free nothing that nobody holds",
      about: aStack("dev/app").with({ hold: null }),
      event: command("release", "bob"),
      actions: ["refuse dev/app not-affected"],
    },
    {
      name: "give it to the pull request's branch",
      event: command("take", "bob"),
      actions: ["hand-over dev/app dev/mine"],
    },
    {
      name: "are not for who holds it to take",
      event: command("take", "eve"),
      actions: ["refuse dev/app not-allowed"],
    },
    {
      name: "give nothing to a fork",
      event: command("take", "bob"),
      facts: { pullRequest: fromDev({ state: "open", headBranch: "dev/mine", fork: true }) },
      actions: ["refuse dev/app ref-not-allowed"],
    },
    {
      name: "give nothing to a branch that is not applied there",
      event: command("take", "bob"),
      facts: { pullRequest: fromDev({ state: "open", headBranch: "develop", base: "main" }) },
      actions: ["refuse dev/app ref-not-allowed"],
    },
    {
      name: "give nothing to a branch that is merged already",
      event: command("take", "bob"),
      facts: { pullRequest: fromDev({ headBranch: "dev/mine" }) },
      actions: ["refuse dev/app not-affected"],
    },
    {
      name: "are for environments that branches hold",
      about: aStack("prod/app").with({ hold: null }),
      event: { ...command("take", "bob"), stack: stackName("prod/app") } as Event,
      actions: ["refuse prod/app no-transition"],
    },
    {
      name: "are refused for a stack that is not known",
      about: aStack("dev/other").with({ hold: null }),
      event: command("take", "bob"),
      actions: ["refuse dev/app no-transition"],
    },
  ])("$name", ({ about = held, event, facts = mine, actions }) => {
    expect(decided(flow, [about], event, facts)).toEqual(actions);
  });
});

describe("a module", () => {
  const stored = presetNamed("trunk-stored-plan");
  const network: ModuleFacts = {
    release: "module",
    name: "network",
    path: "modules/network",
    latest: "1.2.0",
    changed: true,
    bump: "minor",
    changes: [],
    pushed: [],
  };
  const bare = {
    branch: "main",
    commit: commit("c7"),
    files: 1,
    lines: 1,
    writers: [login("ann")],
    accepted: [],
  };
  it.each([
    { name: "is released when a merge changed it", modules: [network], actions: ["release network-v1.3.0"] },
    { name: "is not when it did not", modules: [{ ...network, changed: false }], actions: [] },
    { name: "begins with 1.0.0", modules: [{ ...network, latest: null }], actions: ["release network-v1.0.0"] },
    {
      name: "whose interface broke gets a major version",
      modules: [{ ...network, bump: "major" as const }],
      actions: ["release network-v2.0.0"],
    },
    {
      name: "is not released from a change that was forced past its reviews",
      modules: [network],
      change: aChange({ answers: [] }),
      actions: ["refuse unreviewed-change"],
    },
    {
      name: "is not released with an earlier change that was forced past its reviews",
      modules: [{ ...network, changes: [aChange({ answers: [] })] }],
      actions: ["refuse unreviewed-change"],
    },
    {
      name: "is not released with what somebody pushed past its reviews",
      modules: [{ ...network, pushed: [bare] }],
      actions: ["refuse unreviewed-change"],
    },
    {
      name: "is released with such a push once somebody accepted it who could have reviewed it",
      modules: [{ ...network, pushed: [{ ...bare, accepted: [login("bob")] }] }],
      actions: ["release network-v1.3.0"],
    },
    {
      name: "is not released by a merge into another branch",
      modules: [network],
      branch: "feature/x",
      actions: [],
    },
    {
      name: "whose last version cannot be counted up is refused",
      modules: [{ ...network, latest: "next" }],
      actions: ["refuse release-not-ready"],
    },
  ])("$name", ({ modules, change = aChange(), branch = "main", actions }) => {
    expect(decided(stored, [], merge(branch), { modules, pullRequest: change })).toEqual(actions);
  });

  it.each([
    { name: "since its last version", latest: "1.2.0", after: "by somebody who could have reviewed it" },
    { name: "before its first one", latest: null, after: "or a first version that somebody tags by hand" },
  ])("is told what helps, of what came past its reviews $name", ({ latest, after }) => {
    const modules = [{ ...network, latest, pushed: [bare] }];
    const { reasons } = decide(stored, factsOf([], { modules, pullRequest: aChange() }), merge("main"));
    expect(reasons.map(({ sentence }) => sentence)).toContainEqual(
      expect.stringMatching(new RegExp(`^network is not released: .* it takes /plangate accept .*${after}$`)),
    );
  });

  const release: Event = {
    kind: "dispatch",
    job: "Release",
    ref: "main",
    by: login("ann"),
    inputs: { module: "network" },
  };
  const main = { ref: "main", commit: commit("c1"), release: null };
  it.each([
    {
      name: "is released by hand when it is named",
      modules: [network],
      ref: main,
      actions: ["release network-v1.3.0"],
    },
    {
      name: "is not released by hand either with what came past its reviews",
      modules: [{ ...network, pushed: [bare] }],
      ref: main,
      actions: ["refuse unreviewed-change"],
    },
    { name: "that is not there is refused", modules: [], ref: main, actions: ["refuse not-affected"] },
    { name: "of which nothing is known is refused", modules: undefined, ref: main, actions: ["refuse fact-unknown"] },
    {
      name: "is released from its branch only",
      modules: [network],
      ref: { ...main, ref: "feature/x" },
      actions: ["refuse ref-not-allowed"],
    },
  ])("$name", ({ modules, ref, actions }) => {
    expect(decided(stored, [], release, { modules, ref, latestRelease: null })).toEqual(actions);
  });
});
