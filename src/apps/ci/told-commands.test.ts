import { describe, expect, it } from "vitest";
import { readGitHubEvent, type Said } from "../../adapters/github-events/index.ts";
import type { Delivery } from "../../delivery/delivery.ts";
import type { Reaction } from "../../delivery/ports.ts";
import { entry, mustWrite } from "../../delivery/record.ts";
import type { Decision } from "../../domain/decision.ts";
import { DeliveryError } from "../../domain/errors.ts";
import type { Event } from "../../domain/event.ts";
import type { PullRequestFacts } from "../../domain/facts.ts";
import type { CommitSha } from "../../domain/names.ts";
import type { Run } from "../../domain/run.ts";
import { parseFlow, renderPreset } from "../../flow/index.ts";
import { aChange, aStack, login, type StackBuilder } from "../../testing/builders.ts";
import { memoryStore } from "../../testing/memory-store.ts";
import type { Ci } from "./open-job.ts";
import { answerComment, answerFailure } from "./told-commands.ts";

const here = "0abcdef".padEnd(40, "0") as CommitSha;

/** What GitHub says of a comment. */
async function said(by: string, body: string, about: { comment?: number; issue?: boolean } = {}): Promise<Said> {
  const { comment = 1, issue = false } = about;
  const told = await readGitHubEvent(
    {
      action: "created",
      issue: { number: 12, ...(issue ? {} : { pull_request: {} }) },
      comment: { id: comment, body, user: { login: by, type: "User" } },
    },
    "issue_comment",
    { jobs: [], commitOf: async () => undefined },
  );
  if (!("said" in told) || told.said === undefined) throw new Error("nothing was said");
  return told.said;
}

const refusal: Decision = {
  actions: [{ kind: "refuse", stack: null, run: null, code: "changes-requested", why: "bob asked for changes" }],
  reasons: [
    { rule: "merge", answer: "waiting", code: "changes-requested", sentence: "bob asked for changes", after: "bob" },
  ],
};
const done: Decision = {
  actions: [{ kind: "hand-over", stack: "dev/app", branch: null, by: "ann", why: "w" } as Decision["actions"][number]],
  reasons: [{ rule: "hold", answer: "yes", sentence: "ann freed it" }],
};

interface Comments {
  readonly mayWrite?: boolean;
  readonly decision?: Decision;
  /** What the forge refuses while it is delivered. */
  readonly refuses?: string;
}

/** A repository where people comment; each comment is answered by a job of its own. */
function commenting({ env = {}, change }: { readonly env?: Ci["env"]; readonly change?: PullRequestFacts } = {}) {
  let now = Date.UTC(2026, 0, 6, 10);
  const clock = { now: () => (now += 1_000) };
  const runs: Run[] = [];
  const store = { ...memoryStore({ clock }), runs: async () => runs };
  const [reactions, shown, replies, progress]: [[number, Reaction][], (string | null)[], string[], string[]] = [
    [],
    [],
    [],
    [],
  ];
  let broken = false;
  const must = () => {
    if (broken) throw new DeliveryError({ code: "github-502", message: "GitHub is down", reaction: "retry" });
  };
  const forge = {
    pullRequest: async () => change,
    teams: async () => ({ owners: [login("bob"), login("eve")] }),
    maintainers: async () => ["ann", "bob", "eve"].map(login),
    react: async (comment: number, reaction: Reaction) => {
      must();
      reactions.push([comment, reaction]);
    },
    showAsked: async (_: number, text: string | null) => {
      must();
      shown.push(text);
    },
    reply: async (_: number, text: string) => {
      must();
      replies.push(text);
    },
  };
  const { value: flow } = parseFlow(renderPreset("trunk-stored-plan"), { file: "plangate.yaml" });
  const delivery = { store, clock, forge, flow } as unknown as Delivery;
  const ci = { env, progress: (line: string) => void progress.push(line) } as unknown as Ci;
  const repository = { resolve: async (ref: string) => (here.startsWith(ref) || ref === "main" ? here : undefined) };
  return {
    reactions,
    shown,
    replies,
    progress,
    answersKept: async () => {
      let kept = 0;
      for await (const { kind } of store.ledger()) if (kind === "command-answered") kept += 1;
      return kept;
    },
    breaks: () => {
      broken = true;
    },
    plans: ({ run }: StackBuilder) => void runs.push({ ...run, state: "planned", due: null }),
    fails: async (said: Said, mayWrite: boolean) => answerFailure(ci, delivery.forge, { ...said, mayWrite }),
    answered: async (said: Said, { mayWrite = true, decision = refusal, refuses }: Comments = {}) => {
      const since = (await store.ledgerHead()).seq;
      const commands = said.asked.map(({ event }) => event).filter(({ kind }) => kind === "command");
      const delivered = [...new Set<Event>(commands)].map((event) => ({ event, decision }));
      if (refuses !== undefined) {
        const body = { pullRequest: 12, branch: "main", commit: here, by: said.by, why: refuses };
        await mustWrite(delivery, { ledger: [entry(delivery, "fast-forward-refused", body)] });
      }
      await answerComment(ci, { repository } as Parameters<typeof answerComment>[1], {
        delivery,
        said: { ...said, mayWrite },
        delivered,
        since,
      });
    },
  };
}

describe("a comment that asks for something", () => {
  it("is told apart by its reaction: taken up, refused, not understood", async () => {
    const { answered, reactions } = commenting();
    await answered(await said("ann", "/plangate release dev/app", { comment: 1 }), { decision: done });
    await answered(await said("ann", "/plangate approve", { comment: 2 }));
    await answered(await said("ann", "/plangate merge", { comment: 3 }));
    await answered(await said("ann", "/plangate mrge", { comment: 4 }));
    await answered(await said("ann", "/plangate approve\n/plangate merge\n/plangate mrge", { comment: 5 }));
    expect(reactions).toEqual([
      [1, "taken-up"],
      [2, "taken-up"],
      [3, "refused"],
      [4, "not-understood"],
      [5, "refused"],
    ]);
  });

  it("finds why it is not done, and what to do, in one place that is rewritten", async () => {
    const { answered, shown } = commenting();
    await answered(await said("ann", "/plangate merge"));
    expect(shown.at(-1)).toMatch(
      /`ann`.*`\/plangate merge` is not done: bob asked for changes; it takes bob\. \*\*What to do/,
    );
    await answered(await said("eve", "/plangate paln", { comment: 2 }));
    expect(shown.at(-1)).toMatch(/`ann`[\s\S]*`eve`.*Did you mean/);
    await answered(await said("ann", "/plangate approve", { comment: 3 }));
    expect(shown.at(-1)).toMatch(/`eve`/);
    expect(shown.at(-1)).not.toMatch(/`ann`/);
    await answered(await said("eve", "/plangate plan", { comment: 4 }), { decision: done });
    expect(shown.at(-1)).toBeNull();
    expect(shown).toHaveLength(4);
  });

  it("is no longer in vain once somebody else got the same done", async () => {
    const { answered, shown } = commenting();
    await answered(await said("ann", "/plangate merge"));
    await answered(await said("eve", "/plangate merge", { comment: 2 }), { decision: done });
    expect(shown.at(-1)).toBeNull();
  });

  it("is told the same in the same place when its job runs again, and costs nothing more", async () => {
    const { answered, shown, answersKept, reactions } = commenting();
    const comment = await said("ann", "/plangate approve");
    await answered(comment);
    expect([shown.length, await answersKept()]).toEqual([0, 0]);
    const slip = await said("ann", "/plangate aprove", { comment: 2 });
    await answered(slip);
    await answered(slip);
    expect(new Set(shown.map((text) => text?.replace(/2026-\S+ \S+ UTC/, "")))).toHaveProperty("size", 1);
    expect(reactions.slice(1)).toEqual([
      [2, "not-understood"],
      [2, "not-understood"],
    ]);
  });

  it("is told what GitHub refused of a merge that plangate was to do", async () => {
    const { answered, shown, reactions } = commenting();
    const merging = { actions: [{ kind: "fast-forward" }], reasons: [] } as unknown as Decision;
    await answered(await said("ann", "/plangate merge"), {
      decision: merging,
      refuses: 'GitHub says "Required status check"',
    });
    expect(reactions).toEqual([[1, "refused"]]);
    expect(shown.at(-1)).toContain("main is not moved: GitHub says");
    await answered(await said("ann", "/plangate merge", { comment: 2 }), { decision: merging });
    expect(reactions.at(-1)).toEqual([2, "taken-up"]);
    expect(shown.at(-1)).toBeNull();
  });

  it("accepts a commit that is there, by its id alone", async () => {
    const { answered, reactions, shown } = commenting();
    await answered(await said("ann", "/plangate accept 0abcdef", { comment: 1 }));
    await answered(await said("ann", "/plangate accept 1234567", { comment: 2 }));
    expect(shown.at(-1)).toContain("1234567 is the beginning of no commit");
    await answered(await said("ann", "/plangate accept", { comment: 3 }));
    expect(shown.at(-1)).toContain("names the commit that is meant");
    expect(reactions.map(([, reaction]) => reaction)).toEqual(["taken-up", "refused", "refused"]);
  });

  it("is told that a yes counts for nothing by whoever gave it, or that there is nothing to say yes to", async () => {
    const { answered, shown, reactions, plans } = commenting({
      change: aChange({ opener: login("eve"), state: "open" }),
    });
    await answered(await said("bob", "/plangate approve", { comment: 1 }));
    expect(shown.at(-1)).toMatch(
      /`bob`.*no plan stands on pull request 12 that anybody could approve.*\*\*What to do:\*\*/,
    );
    plans(aStack("test/app"));
    await answered(await said("ann", "/plangate approve", { comment: 2 }));
    expect(shown.at(-1)).toMatch(/`ann`.*what ann says does not count here: it takes owners/);
    await answered(await said("eve", "/plangate approve", { comment: 3 }));
    expect(shown.at(-1)).toMatch(/`eve`.*they opened the pull request/);
    await answered(await said("bob", "/plangate approve", { comment: 4 }));
    expect(shown.at(-1)).toBeNull();
    expect(reactions.map(([, reaction]) => reaction)).toEqual(["refused", "refused", "refused", "taken-up"]);
  });

  it("shows no secret of the job's that somebody knew", async () => {
    const { answered, shown } = commenting({ env: { PLANGATE_SIGN_KEY: "verysecretvalue" } });
    await answered(await said("ann", "/plangate verysecretvalue"));
    expect(shown.at(-1)).toContain("is no command");
    expect(shown.at(-1)).not.toContain("verysecretvalue");
  });

  it("is answered by as much as can be told, and fails no job", async () => {
    const { answered, breaks, progress, answersKept } = commenting();
    breaks();
    await answered(await said("ann", "/plangate merge"));
    expect(progress.join("\n")).toMatch(
      /how comment 1 was taken is not told[\s\S]*what is not done of comment 1 is not told/,
    );
    expect(await answersKept()).toBe(0);
  });

  it("is told by a reaction that the job failed", async () => {
    const { fails, reactions } = commenting();
    await fails(await said("ann", "/plangate plan"), true);
    await fails(await said("sam", "/plangate plan", { comment: 2 }), false);
    expect(reactions).toEqual([[1, "not-understood"]]);
  });
});

describe("somebody who may not write", () => {
  it("is told so once for all of them, however much they ask for, and by a reaction to each comment", async () => {
    const { answered, shown, reactions, answersKept } = commenting();
    for (const [index, by] of ["sam", "max", "sam", "sam"].entries())
      await answered(await said(by, `/plangate merge\n/plangate <b>${index}`, { comment: index + 1 }), {
        mayWrite: false,
      });
    expect(shown).toHaveLength(1);
    expect(shown[0]).toContain("Somebody who may not write here");
    expect(shown[0]).not.toMatch(/`sam`|`max`|sam,|max,|<b>/);
    expect(reactions).toHaveLength(4);
    expect(await answersKept()).toBe(1);
  });

  it("takes nothing away from what others are told", async () => {
    const { answered, shown } = commenting();
    await answered(await said("ann", "/plangate merge"));
    await answered(await said("sam", "/plangate merge", { comment: 2 }), { mayWrite: false });
    expect(shown.at(-1)).toMatch(/`ann`[\s\S]*Somebody who may not write/);
  });
});

describe("a comment on an issue", () => {
  it("is answered once, below it, and strangers by a reaction alone", async () => {
    const { answered, replies, shown, reactions } = commenting();
    const slip = await said("ann", "/plangate accept 012\n/plangate plan", { issue: true });
    await answered(slip);
    await answered(slip);
    await answered(await said("sam", "/plangate accept 012", { issue: true, comment: 2 }), { mayWrite: false });
    await answered(await said("ann", "/plangate accept 0abcdef", { issue: true, comment: 3 }));
    expect(replies).toEqual([
      expect.stringMatching(/`ann`.*is not the id of a commit[\s\S]*is said on a pull request/),
    ]);
    expect(shown).toEqual([]);
    expect(reactions.map(([, reaction]) => reaction)).toEqual([
      "not-understood",
      "not-understood",
      "refused",
      "taken-up",
    ]);
  });
});
