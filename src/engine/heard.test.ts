import { describe, expect, it } from "vitest";
import { presetNamed, presetWith } from "../../test/engine/decisions.ts";
import { digestOf } from "../domain/digest.ts";
import type { Run } from "../domain/run.ts";
import { aChange, aRun, login, runId, stackName } from "../testing/builders.ts";
import { type Heard, whyUnheard } from "./heard.ts";

const flow = presetNamed("trunk-stored-plan");
const facts = {
  now: Date.UTC(2026, 0, 6, 11),
  stacks: [],
  maintainers: ["ann", "bob", "eve"].map(login),
  teams: { owners: [login("bob"), login("eve")] },
};
const planned = (about: Partial<Run> = {}) =>
  aRun("test/app", { id: runId("1"), state: "planned", plan: digestOf("plan"), ...about });
const change = aChange({ number: 12, opener: login("ann"), base: "main", state: "open" });

const why = (about: Partial<Heard>, of = flow) =>
  whyUnheard(of, facts, { by: login("bob"), says: "approve", stack: null, change, runs: [planned()], ...about })
    ?.sentence;

describe("a yes or a no on a pull request", () => {
  it("may count where a gate names who gave it, and they opened none of it", () => {
    expect(why({})).toBeUndefined();
    expect(why({ says: "reject" })).toBeUndefined();
    expect(why({ stack: stackName("test/app") })).toBeUndefined();
  });

  it("counts for nothing by somebody whom no gate names, or by whoever opened the pull request", () => {
    expect(why({ by: login("ann") })).toBe("what ann says does not count here: it takes owners");
    const own = aChange({ ...change, opener: login("bob") });
    expect(why({ change: own })).toMatch(/bob.*opened the pull request/);
    // They may still say no to it.
    expect(why({ change: own, says: "reject" })).toBeUndefined();
  });

  it("is about nothing where no plan stands that it could be about", () => {
    expect(why({ runs: [] })).toBe("no plan stands on pull request 12 that anybody could approve");
    expect(why({ runs: [planned({ state: "planning", plan: null })] })).toMatch(/^no plan stands/);
    expect(why({ runs: [planned({ state: "verified" })] })).toMatch(/^no plan stands/);
    expect(why({ stack: stackName("test/other"), says: "reject" })).toBe(
      "no plan of test/other stands on pull request 12 that anybody could reject",
    );
  });

  it("may count where it counts for one of several plans, where nobody is asked, and where it is not known who is", () => {
    const gate = { from: /^( {2}test:.*?)approvals: \{[^}]*\}/ms, to: "$1approvals: { count: 1, by: [ann] }" };
    expect(why({ by: login("eve") })).toBeUndefined();
    const other = planned({ id: runId("2"), stack: stackName("prod/app") });
    const byAnn = presetWith("trunk-stored-plan", gate);
    expect(why({ runs: [planned()] }, byAnn)).toMatch(/it takes ann/);
    expect(why({ runs: [planned(), other] }, byAnn)).toBeUndefined();
    expect(
      whyUnheard(
        flow,
        { ...facts, teams: {} },
        { by: login("cem"), says: "approve", stack: null, change, runs: [planned()] },
      ),
    ).toBeNull();
    const own = planned({ id: runId("3"), stack: stackName("ephemeral-12/app") });
    expect(why({ by: login("ann"), runs: [own] })).toBeUndefined();
    expect(why({ by: login("ann"), runs: [own, planned()] })).toMatch(/it takes owners/);
  });
});
