import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { at, type SmallGitHub, smallGitHub } from "./small-github.ts";

let small: SmallGitHub;

beforeEach(async () => {
  small = await smallGitHub();
});

afterEach(() => small.close());

const mainRules = (app: number) => ({
  name: "main",
  target: "branch" as const,
  enforcement: "active" as const,
  conditions: { ref_name: { include: ["~DEFAULT_BRANCH"], exclude: [] } },
  bypass_actors: [{ actor_id: app, actor_type: "Integration" as const, bypass_mode: "always" as const }],
  rules: [
    { type: "deletion" as const },
    { type: "non_fast_forward" as const },
    {
      type: "pull_request" as const,
      parameters: {
        required_approving_review_count: 1,
        dismiss_stale_reviews_on_push: true,
        require_code_owner_review: false,
        require_last_push_approval: false,
        required_review_thread_resolution: false,
        allowed_merge_methods: ["squash" as const],
      },
    },
    {
      type: "required_status_checks" as const,
      parameters: {
        strict_required_status_checks_policy: false,
        required_status_checks: [{ context: "plangate / change" }],
      },
    },
  ],
});

/** One approval on the default branch, and one by an owner of what is changed. */
const waitingForOwners = {
  ...at,
  name: "owners",
  enforcement: "active" as const,
  conditions: { ref_name: { include: ["~DEFAULT_BRANCH"], exclude: [] } },
  rules: [
    {
      type: "pull_request" as const,
      parameters: {
        required_approving_review_count: 1,
        dismiss_stale_reviews_on_push: false,
        require_code_owner_review: true,
        require_last_push_approval: false,
        required_review_thread_resolution: false,
      },
    },
  ],
};

describe("a ruleset", () => {
  it("is made, read, changed and removed, and only who may change it sees who may go past it", async () => {
    const [root, ann] = [await small.as("root"), await small.as("ann")];
    const { id } = (await root.rest.repos.createRepoRuleset({ ...at, ...mainRules(small.github.app.id) })).data;
    const one = { ...at, ruleset_id: id };
    expect((await root.rest.repos.getRepoRuleset(one)).data).toMatchObject({
      bypass_actors: [{ actor_type: "Integration" }],
      rules: [
        { type: "deletion" },
        { type: "non_fast_forward" },
        { type: "pull_request" },
        { type: "required_status_checks" },
      ],
    });
    expect((await ann.rest.repos.getRepoRuleset(one)).data).not.toHaveProperty("bypass_actors");
    expect((await ann.rest.repos.getRepoRulesets(at)).data).toMatchObject([{ name: "main", enforcement: "active" }]);
    const effective = (await ann.rest.repos.getBranchRules({ ...at, branch: "main" })).data;
    expect(effective.map(({ type }) => type)).toEqual([
      "deletion",
      "non_fast_forward",
      "pull_request",
      "required_status_checks",
    ]);
    expect((await ann.rest.repos.getBranchRules({ ...at, branch: "dev/x" })).data).toEqual([]);
    await expect(ann.rest.repos.createRepoRuleset({ ...at, ...mainRules(1) })).rejects.toMatchObject({ status: 403 });
    await root.rest.repos.updateRepoRuleset({ ...one, enforcement: "disabled" });
    expect((await ann.rest.repos.getBranchRules({ ...at, branch: "main" })).data).toEqual([]);
    const history = (await root.rest.repos.getRepoRulesetHistory(one)).data;
    expect(history).toHaveLength(2);
    await root.rest.repos.getRepoRulesetVersion({ ...one, version_id: history[0]?.version_id ?? 0 });
    await root.rest.repos.deleteRepoRuleset(one);
    expect((await ann.rest.repos.getRepoRulesets(at)).data).toEqual([]);
  });

  it("refuses pushes and merges, lets by whom it names, and tells afterwards who went past it", async () => {
    const [root, ann, bob] = [await small.as("root"), await small.as("ann"), await small.as("bob")];
    await root.rest.repos.createRepoRuleset({ ...at, ...mainRules(small.github.app.id) });
    const head = await small.pushed("ann", "dev/x", { a: "1" });
    const main = { ...at, ref: "heads/main", sha: head };
    await expect(root.rest.git.updateRef(main)).rejects.toMatchObject({
      status: 422,
      message: expect.stringContaining("through a pull request"),
    });
    const { number } = (await ann.rest.pulls.create({ ...at, head: "dev/x", base: "main", title: "T" })).data;
    const pull = { ...at, pull_number: number };
    const merge = () => bob.rest.pulls.merge({ ...pull, merge_method: "squash" });
    await expect(merge()).rejects.toMatchObject({ status: 405, message: expect.stringContaining("approving review") });
    await bob.rest.pulls.createReview({ ...pull, event: "APPROVE" });
    await expect(merge()).rejects.toMatchObject({ status: 405, message: expect.stringContaining("status check") });
    await ann.rest.repos.createCommitStatus({ ...at, sha: head, state: "success", context: "plangate / change" });
    await expect(bob.rest.pulls.merge(pull)).rejects.toMatchObject({
      status: 405,
      message: expect.stringContaining("Merge commits"),
    });

    const app = await small.as({ installation: { contents: "write" } });
    expect((await app.rest.git.updateRef(main)).data).toMatchObject({ object: { sha: head } });
    expect((await ann.rest.pulls.get(pull)).data).toMatchObject({
      merged: true,
      merged_by: { login: "plangate[bot]" },
    });
    const suites = (await root.rest.repos.getRepoRuleSuites(at)).data;
    expect(suites).toMatchObject([
      { result: "bypass", actor_name: "plangate[bot]", ref: "refs/heads/main", after_sha: head },
      { result: "fail", actor_name: "root" },
    ]);
    const told = await root.rest.repos.getRepoRuleSuite({ ...at, rule_suite_id: suites[0]?.id ?? 0 });
    expect(told.data.rule_evaluations).toContainEqual(
      expect.objectContaining({ rule_type: "pull_request", result: "fail" }),
    );
  });

  it("tells of a merge past reviews that whoever administers made, and lets nobody else make one", async () => {
    const [root, ann, bob] = [await small.as("root"), await small.as("ann"), await small.as("bob")];
    const admins = { actor_id: 5, actor_type: "RepositoryRole" as const, bypass_mode: "pull_request" as const };
    await root.rest.repos.createRepoRuleset({ ...at, ...mainRules(small.github.app.id), bypass_actors: [admins] });
    const head = await small.pushed("ann", "dev/x", { a: "1" });
    const { number } = (await ann.rest.pulls.create({ ...at, head: "dev/x", base: "main", title: "T" })).data;
    const merge = { ...at, pull_number: number, merge_method: "squash" as const };
    await expect(bob.rest.pulls.merge(merge)).rejects.toMatchObject({ status: 405 });
    await expect(root.rest.git.updateRef({ ...at, ref: "heads/main", sha: head })).rejects.toMatchObject({
      status: 422,
    });
    await root.rest.pulls.merge(merge);
    const suites = (await root.rest.repos.getRepoRuleSuites(at)).data;
    expect(suites.map(({ result, actor_name }) => [result, actor_name])).toEqual([
      ["bypass", "root"],
      ["fail", "root"],
    ]);
  });

  it("that asks for pull requests lets a branch be made by a push, and be pushed to no more", async () => {
    const root = await small.as("root");
    const conditions = { ref_name: { include: ["refs/heads/release/*"], exclude: [] } };
    const about = { ...mainRules(small.github.app.id), name: "releases", conditions };
    const rules = about.rules.filter(({ type }) => type === "pull_request");
    await root.rest.repos.createRepoRuleset({ ...at, ...about, rules });
    await small.pushed("ann", "release/1", { a: "1" });
    await expect(small.pushed("ann", "release/1", { a: "2" })).rejects.toThrow("through a pull request");
  });

  it("waits for owners of what is changed, whoever else said yes", async () => {
    await small.pushed("root", "main", { ".github/CODEOWNERS": "/stacks/ @eve\n" });
    const [root, ann, bob, eve] = await Promise.all(["root", "ann", "bob", "eve"].map((login) => small.as(login)));
    await root?.rest.repos.createRepoRuleset(waitingForOwners);
    await small.pushed("ann", "dev/x", { "stacks/network/main.tf": "# two\n" });
    await ann?.rest.pulls.create({ ...at, head: "dev/x", base: "main", title: "T" });
    const pull = { ...at, pull_number: 1 };
    await bob?.rest.pulls.createReview({ ...pull, event: "APPROVE" });
    await expect(bob?.rest.pulls.merge(pull)).rejects.toMatchObject({
      status: 405,
      message: expect.stringContaining("code owner"),
    });
    await eve?.rest.pulls.createReview({ ...pull, event: "APPROVE" });
    await bob?.rest.pulls.merge(pull);
  });

  it("waits for no owner who may not write, whatever the file says, and for those beside them who may", async () => {
    await small.pushed("root", "main", { ".github/CODEOWNERS": "/stacks/ @sam\n/modules/ @sam @eve\n" });
    const [root, ann, bob] = [await small.as("root"), await small.as("ann"), await small.as("bob")];
    await root.rest.repos.createRepoRuleset(waitingForOwners);
    await small.did("role", "root", { login: "sam", role: "read" });
    const sam = await small.as("sam");
    const approved = async (branch: string, path: string) => {
      await small.pushed("ann", branch, { [path]: "# two\n" });
      const { number } = (await ann.rest.pulls.create({ ...at, head: branch, base: "main", title: "T" })).data;
      const pull = { ...at, pull_number: number };
      for (const by of [bob, sam]) await by.rest.pulls.createReview({ ...pull, event: "APPROVE" });
      return pull;
    };
    await bob.rest.pulls.merge(await approved("dev/x", "stacks/network/main.tf"));
    await expect(bob.rest.pulls.merge(await approved("dev/y", "modules/a/main.tf"))).rejects.toMatchObject({
      status: 405,
      message: expect.stringContaining("code owner"),
    });
  });

  it("counts a check only when the app that it names said so, and not for a branch that is being made", async () => {
    const [root, ann] = [await small.as("root"), await small.as("ann")];
    const checks = {
      type: "required_status_checks" as const,
      parameters: {
        strict_required_status_checks_policy: false,
        do_not_enforce_on_create: true,
        required_status_checks: [{ context: "plangate / change", integration_id: 15_368 }],
      },
    };
    const conditions = { ref_name: { include: ["refs/heads/release/**/*", "~DEFAULT_BRANCH"], exclude: [] } };
    await root.rest.repos.createRepoRuleset({
      ...at,
      name: "checked",
      enforcement: "active",
      conditions,
      rules: [checks],
    });
    await small.pushed("ann", "release/1/a", { a: "1" });
    const next = await small.pushed("ann", "dev/x", { b: "2" });
    const move = () => ann.rest.git.updateRef({ ...at, ref: "heads/main", sha: next });
    const status = { ...at, sha: next, state: "success" as const, context: "plangate / change" };
    await ann.rest.repos.createCommitStatus(status);
    await expect(move()).rejects.toMatchObject({ status: 422, message: expect.stringContaining("status check") });
    const job = await small.as({ job: { statuses: "write" }, repository: "acme/infra" });
    await job.rest.repos.createCommitStatus(status);
    await ann.rest.repos.createCommitStatus({ ...status, state: "failure" });
    await move();
  });

  it("asks for signatures of what comes to a branch, which a squash by GitHub has, and for its queue", async () => {
    const [root, ann, bob] = [await small.as("root"), await small.as("ann"), await small.as("bob")];
    const conditions = { ref_name: { include: ["refs/heads/main", "refs/heads/plangate/*"], exclude: [] } };
    const about = { ...at, name: "signed", enforcement: "active" as const, conditions };
    const { id } = (await root.rest.repos.createRepoRuleset({ ...about, rules: [{ type: "required_signatures" }] }))
      .data;
    const main = await small.tip("refs/heads/main");
    const head = await small.pushed("ann", "dev/x", { a: "1" });
    const create = (ref: string, sha: string | undefined) => ann.rest.git.createRef({ ...at, ref, sha: sha ?? "" });
    const refusal = { status: 422, message: expect.stringContaining("verified signatures") };
    await expect(ann.rest.git.updateRef({ ...at, ref: "heads/main", sha: head })).rejects.toMatchObject(refusal);
    const tree = (await ann.rest.git.getCommit({ ...at, commit_sha: head })).data.tree.sha;
    const alone = (await ann.rest.git.createCommit({ ...at, message: "m", tree, parents: [] })).data.sha;
    await expect(create("refs/heads/plangate/record", alone)).rejects.toMatchObject(refusal);
    await create("refs/heads/plangate/record", main);
    const { number } = (await ann.rest.pulls.create({ ...at, head: "dev/x", base: "main", title: "T" })).data;
    const merge = (merge_method: "merge" | "squash") =>
      bob.rest.pulls.merge({ ...at, pull_number: number, merge_method });
    await expect(merge("merge")).rejects.toMatchObject({ status: 405 });
    const queue = {
      check_response_timeout_minutes: 60,
      grouping_strategy: "ALLGREEN" as const,
      max_entries_to_build: 1,
      max_entries_to_merge: 1,
      merge_method: "SQUASH" as const,
      min_entries_to_merge: 1,
      min_entries_to_merge_wait_minutes: 0,
    };
    const rules = [{ type: "merge_queue" as const, parameters: queue }];
    const other = (await root.rest.repos.createRepoRuleset({ ...about, name: "queue", rules })).data.id;
    await expect(merge("squash")).rejects.toMatchObject({ status: 405, message: expect.stringContaining("queue") });
    await root.rest.repos.deleteRepoRuleset({ ...at, ruleset_id: other });
    await merge("squash");
    await root.rest.repos.deleteRepoRuleset({ ...at, ruleset_id: id });
  });

  it("reads two stars as GitHub does, and no pattern that is none", async () => {
    const root = await small.as("root");
    const rules = [{ type: "creation" as const }];
    const set = (name: string, include: string[], exclude: string[] = []) =>
      root.rest.repos.createRepoRuleset({
        ...at,
        name,
        enforcement: "active",
        conditions: { ref_name: { include, exclude } },
        rules,
      });
    await set("end", ["refs/heads/dev/**"]);
    const ruled = async (branch: string) => (await root.rest.repos.getBranchRules({ ...at, branch })).data.length;
    expect([await ruled("dev/a"), await ruled("dev/a/b")]).toEqual([1, 0]);
    await set("whole", ["refs/heads/feature/**/*"], ["refs/heads/feature/free/*"]);
    expect([await ruled("feature/a"), await ruled("feature/a/b"), await ruled("feature/free/b")]).toEqual([1, 1, 0]);
    await expect(small.pushed("ann", "feature/a/b", { a: "1" })).rejects.toThrow("creations being restricted");
    await small.pushed("ann", "feature/free/b", { a: "1" });
    await expect(set("broken", ["refs/heads/[a"])).rejects.toMatchObject({ status: 422 });
  });

  it("keeps released tags where they are, for everybody", async () => {
    const [root, ann] = [await small.as("root"), await small.as("ann")];
    await root.rest.repos.createRepoRuleset({
      ...at,
      name: "releases",
      target: "tag",
      enforcement: "active",
      conditions: { ref_name: { include: ["refs/tags/v*"], exclude: [] } },
      rules: [{ type: "deletion" }, { type: "update" }],
    });
    const sha = (await small.tip("refs/heads/main")) ?? "";
    await ann.rest.git.createRef({ ...at, ref: "refs/tags/v1", sha });
    await ann.rest.git.createRef({ ...at, ref: "refs/tags/other", sha });
    await expect(root.rest.git.deleteRef({ ...at, ref: "tags/v1" })).rejects.toMatchObject({ status: 422 });
    const next = await small.pushed("ann", "dev/x", { a: "1" });
    await expect(root.rest.git.updateRef({ ...at, ref: "tags/v1", sha: next, force: true })).rejects.toMatchObject({
      status: 422,
    });
    await ann.rest.git.deleteRef({ ...at, ref: "tags/other" });
  });

  it("keeps a branch for the app alone, and takes no job's token among those who may go past it", async () => {
    const root = await small.as("root");
    const record = {
      name: "record",
      enforcement: "active" as const,
      conditions: { ref_name: { include: ["refs/heads/plangate/record"], exclude: [] } },
      rules: [
        { type: "creation" as const },
        { type: "update" as const },
        { type: "deletion" as const },
        { type: "non_fast_forward" as const },
      ],
    };
    const actions = { actor_id: 15_368, actor_type: "Integration" as const, bypass_mode: "always" as const };
    await expect(
      root.rest.repos.createRepoRuleset({ ...at, ...record, bypass_actors: [actions] }),
    ).rejects.toMatchObject({ status: 422 });
    const bypass_actors = [
      { actor_id: small.github.app.id, actor_type: "Integration" as const, bypass_mode: "always" as const },
    ];
    await root.rest.repos.createRepoRuleset({ ...at, ...record, bypass_actors });
    const sha = (await small.tip("refs/heads/main")) ?? "";
    const ref = { ...at, ref: "refs/heads/plangate/record", sha };
    const job = await small.as({ job: { contents: "write" }, repository: "acme/infra" });
    await expect(job.rest.git.createRef(ref)).rejects.toMatchObject({
      status: 422,
      message: expect.stringContaining("creations being restricted"),
    });
    const app = await small.as({ installation: { contents: "write" } });
    await app.rest.git.createRef(ref);
    const next = await small.pushed("root", "dev/next", { b: "2" });
    await expect(job.rest.git.updateRef({ ...at, ref: "heads/plangate/record", sha: next })).rejects.toMatchObject({
      status: 422,
    });
    await app.rest.git.updateRef({ ...at, ref: "heads/plangate/record", sha: next });
    await expect(app.rest.git.updateRef({ ...at, ref: "heads/plangate/record", sha })).rejects.toMatchObject({
      status: 422,
    });
  });

  it("is not to be had in a private repository of a free account", async () => {
    const free = await smallGitHub({ plan: "free" });
    const root = await free.as("root");
    await expect(root.rest.repos.getRepoRulesets(at)).rejects.toMatchObject({
      status: 403,
      message: expect.stringContaining("Upgrade"),
    });
    await free.close();
  });
});
