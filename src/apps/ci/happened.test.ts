import { describe, expect, it } from "vitest";
import type { CommitSha, Login } from "../../domain/names.ts";
import { parseFlow, renderPreset } from "../../flow/index.ts";
import { happenedIn } from "./happened.ts";
import type { Ci } from "./open-job.ts";
import type { SeenRun } from "./outside.ts";

const commit = "c".repeat(40) as CommitSha;
/** What stood on a branch before it, and before that. */
const [first, start] = ["b".repeat(40), "a".repeat(40)] as [CommitSha, CommitSha];
const release: SeenRun = {
  workflow: ".github/workflows/plangate-said.yml",
  attempt: 1,
  going: true,
  head: commit,
  event: "release",
  ref: "v1.0.0",
  fromHere: true,
  by: "ann" as Login,
};

interface Started {
  readonly event: string;
  readonly body: object;
  readonly attempt?: number;
  readonly startedBy?: string;
  /** The run that is handed over. */
  readonly seen?: Partial<SeenRun>;
  /** Refs that are there. */
  readonly refs?: readonly string[];
}

function happened({ event, body, attempt = 1, startedBy = "ann", seen = {}, refs = [] }: Started) {
  const ci = {
    job: { event: { name: event }, attempt, startedBy },
    payload: { body },
    env: {},
    outside: { workflows: { run: async () => ({ ...release, ...seen }) } },
    progress: () => undefined,
  } as unknown as Ci;
  const asking = {
    flow: parseFlow(renderPreset("trunk-stored-plan"), { file: "plangate.yaml" }).value,
    repository: {
      resolve: async (ref: string) => (refs.includes(ref) || ref === start ? commit : undefined),
      commitsBetween: async (from: CommitSha) => {
        const line = [
          { sha: commit, parents: [first] },
          { sha: first, parents: [start] },
        ];
        return from === start ? line : line.slice(0, 1);
      },
    },
    forge: {
      pullRequestsOf: async (sha: CommitSha) => {
        const number = new Map([
          [first, 4],
          [commit, 5],
        ]).get(sha);
        return [{ number, state: "merged", base: "development", headBranch: "feature/x" }];
      },
      pusherOf: async () => null,
      pushOf: async () => ({ before: first, after: commit }),
      stoodBefore: async (_: string, sha: CommitSha) => (sha === commit ? first : start),
      maintainers: async () => ["ann", "eve"],
      pullRequest: async (number: number) => ({
        number,
        state:
          new Map([
            [1, "merged"],
            [3, "closed"],
          ]).get(number) ?? "open",
        head: commit,
      }),
    },
    store: {},
  } as unknown as Parameters<typeof happenedIn>[1];
  return happenedIn(ci, asking);
}

const workflow = ".github/workflows/plangate.yml";
const repository = { full_name: "acme/infra", default_branch: "main" };

describe("a release that is handed over", () => {
  const body = { inputs: { event: "release v1.0.0", run: "7" } };
  const refs = ["refs/tags/v1.0.0"];

  it("is by whoever published it", async () => {
    const { events } = await happened({ event: "workflow_dispatch", body, refs });
    expect(events).toEqual([{ kind: "release", tag: "v1.0.0", commit, by: "ann" }]);
  });

  it.each([
    ["a run of somebody else's that was started by something else", { event: "push", ref: "v1.0.0" }],
    ["a run for another release", { ref: "v0.9.0" }],
  ])("is none when it names %s", async (_, seen) => {
    await expect(happened({ event: "workflow_dispatch", body, refs, seen })).rejects.toThrow(/no run for a release/);
  });
});

describe("a run that is run again", () => {
  const dispatch = { workflow, ref: "refs/heads/main", inputs: { job: "Deploy", ref: "main" }, repository };

  it("is started by whoever runs it again, and not by who did at first", async () => {
    const about = { event: "workflow_dispatch", body: { ...dispatch, sender: { login: "ann" } }, startedBy: "eve" };
    const by = async (attempt: number) =>
      (await happened({ ...about, attempt })).events.map((one) => "by" in one && one.by);
    expect(await by(1)).toEqual(["ann"]);
    expect(await by(2)).toEqual(["eve"]);
  });

  it("says no command of a comment again, unless whoever wrote it runs it again", async () => {
    const comment = { body: "/plangate take dev/app", user: { login: "ann", type: "User" } };
    const about = {
      event: "issue_comment",
      body: {
        action: "created",
        issue: { number: 1, pull_request: {} },
        comment,
        repository,
        sender: { login: "ann" },
      },
    };
    const kinds = async (more: Partial<Started>) =>
      (await happened({ ...about, ...more })).events.map(({ kind }) => kind);
    expect(await kinds({})).toEqual(["command"]);
    expect(await kinds({ attempt: 2, startedBy: "ann" })).toEqual(["command"]);
    expect(await kinds({ attempt: 2, startedBy: "eve" })).toEqual([]);
  });
});

describe("a comment of somebody who may not write", () => {
  it("has nothing looked at, whatever it says", async () => {
    const about = (login: string, body: string) => ({
      event: "issue_comment",
      body: {
        action: "created",
        issue: { number: 1, pull_request: {} },
        comment: { body, user: { login, type: "User" } },
        repository,
        sender: { login },
      },
    });
    for (const says of ["plan", "approve", "take dev/app", "accept abcdef0"]) {
      expect((await happened(about("ann", `/plangate ${says}`))).events).toHaveLength(1);
      const { events, notes } = await happened(about("sam", `/plangate ${says}`));
      expect(events).toEqual([]);
      expect(notes).toEqual(["sam may not write here, so nothing follows from the comment."]);
    }
  });
});

describe("a comment that asks for something", () => {
  const about = (login: string, body: string) => ({
    event: "issue_comment",
    body: {
      action: "created",
      issue: { number: 1, pull_request: {} },
      comment: { id: 9, body, user: { login, type: "User" } },
      repository,
      sender: { login },
    },
  });

  it("is to be answered, also where it holds slips alone or comes from somebody who may not write", async () => {
    for (const body of ["/plangate plan", "/plangate paln"])
      for (const [login, mayWrite] of [
        ["ann", true],
        ["sam", false],
      ] as const)
        expect((await happened(about(login, body))).said).toMatchObject({ comment: 9, by: login, mayWrite });
    expect((await happened(about("ann", "LGTM"))).said).toBeNull();
  });

  it("is answered again by a run that its writer started again, and by nobody else's", async () => {
    const again = async (startedBy: string) =>
      (await happened({ ...about("ann", "/plangate plan"), attempt: 2, startedBy })).said?.comment;
    expect([await again("ann"), await again("eve")]).toEqual([9, undefined]);
  });
});

describe("a branch that was deleted", () => {
  it("frees nothing when it is there again", async () => {
    const body = { ref: "feature/a", ref_type: "branch", sender: { login: "eve" }, repository };
    expect((await happened({ event: "delete", body })).events).toMatchObject([{ kind: "push", commit: null }]);
    expect((await happened({ event: "delete", body, refs: ["refs/heads/feature/a"] })).events).toEqual([]);
  });
});

describe("looking for pushes that GitHub told nobody of", () => {
  const handed = (event: string) => ({ event: "workflow_dispatch", body: { inputs: { event, run: "7" } } });

  it("is done with the sweep, and for a pull request that is merged when it is handed over", async () => {
    expect(await happened(handed("pull-request 1"))).toMatchObject({
      events: [{ kind: "answer", pullRequest: 1 }],
      mayLack: true,
    });
    expect(await happened(handed("pull-request 2"))).toMatchObject({ mayLack: false });
    // That of the flow, or of the one before it, whose workflows may still stand.
    for (const schedule of ["7,22,37,52 * * * *", "7 */6 * * *"])
      expect(await happened({ event: "schedule", body: { schedule, repository } })).toMatchObject({
        events: [{ kind: "tick" }],
        mayLack: true,
      });
  });
});

describe("a start by hand", () => {
  const sweep = { events: [{ kind: "tick" }] };
  it("looks at what waits, and says so where what was given with it cannot be read", async () => {
    const started = (inputs: unknown) => happened({ event: "workflow_dispatch", body: { inputs } });
    expect(await started({})).toMatchObject({ ...sweep, passedOver: [] });
    expect(await started(null)).toMatchObject({ ...sweep, passedOver: [] });
    for (const inputs of [{ event: "x".repeat(1_201) }, { event: { kind: "push" } }, "push main"])
      expect(await started(inputs)).toMatchObject({
        ...sweep,
        passedOver: [expect.stringMatching(/^The inputs of this start cannot be read \(inputs(\.event)?\), so /)],
      });
  });
});

describe("a push that merges several pull requests", () => {
  it("is told as each of them", async () => {
    const body = {
      ref: "refs/heads/development",
      before: start,
      after: commit,
      sender: { login: "ann" },
      pusher: { name: "Ann", email: null },
      commits: [],
      repository,
    };
    const { events } = await happened({ event: "push", body, refs: [commit] });
    expect(events).toMatchObject([
      { kind: "merge", pullRequest: 4, commit: first },
      { kind: "merge", pullRequest: 5, commit },
    ]);
  });
});

describe("pushes in short order that are handed over", () => {
  it("are looked at from the one that is handed over, where the run that hands it over says so", async () => {
    const body = { inputs: { event: "push development", run: "7" } };
    const about = { event: "workflow_dispatch", body, refs: ["refs/heads/development", first, commit] };
    const merges = async (seen: Partial<SeenRun>) => (await happened({ ...about, seen })).events;
    const both = [
      { kind: "merge", pullRequest: 4, branch: "development", commit: first, by: "ann" },
      { kind: "merge", pullRequest: 5, branch: "development", commit, by: "ann" },
    ];
    expect(await merges({ event: "push", head: first })).toEqual(both);
    expect(await merges({ event: "push", head: commit })).toEqual(both.slice(1));
    expect(await merges({ event: "workflow_dispatch", head: first })).toEqual(both.slice(1));
  });
});

describe("a pull request that is handed over", () => {
  it("is ended where it is closed, and takes no plan of the run that says so", async () => {
    const body = { inputs: { event: "pull-request 3", run: "7" } };
    const { events, plansOf } = await happened({ event: "workflow_dispatch", body, seen: { event: "pull_request" } });
    expect(events).toEqual([{ kind: "closed", pullRequest: 3, by: "ann" }]);
    expect(plansOf).toBeNull();
  });
});
