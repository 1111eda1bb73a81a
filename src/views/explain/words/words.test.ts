import { describe, expect, it } from "vitest";
import { type Flow, parseFlow, renderPreset } from "../../../flow/index.ts";
import { login } from "../../../testing/builders.ts";
import { assuranceSentences } from "./assurance.ts";
import { branchSentences } from "./branches.ts";
import { cronText } from "./cron.ts";
import { hostSentences } from "./host.ts";
import { asItIs } from "./names.ts";
import { daysText } from "./times.ts";

function preset(name: Parameters<typeof renderPreset>[0]): Flow {
  const { value, diagnostics } = parseFlow(renderPreset(name), { file: "plangate.yaml" });
  if (value === undefined) throw new Error(JSON.stringify(diagnostics));
  return value;
}

describe("a schedule in words", () => {
  it.each([
    ["0 1 * * *", "daily at 01:00 UTC"],
    ["30 22 * * 1-5", "on Monday to Friday at 22:30 UTC"],
    ["5 6 * * 0,6", "on Saturday and Sunday at 06:05 UTC"],
    ["0 6 * * 7", "on Sunday at 06:00 UTC"],
    ["15 * * * *", "every hour at minute 15"],
    ["*/15 * * * *", "at the times of */15 * * * * (UTC)"],
    ["0 */6 * * *", "at the times of 0 */6 * * * (UTC)"],
    ["0 1 1 * *", "at the times of 0 1 1 * * (UTC)"],
    ["0 1 * * MON", "at the times of 0 1 * * MON (UTC)"],
    ["", "at the times of  (UTC)"],
  ])("%s is %s", (cron, words) => {
    expect(cronText(cron, asItIs)).toBe(words);
  });

  it("names days that stand alone one by one", () => {
    expect(daysText([5, 1, 3])).toBe("Monday, Wednesday and Friday");
    expect(daysText([6, 7])).toBe("Saturday and Sunday");
  });
});

describe("what is guaranteed", () => {
  const flow = preset("trunk-stored-plan");
  const said = (other: Flow) => assuranceSentences(other, asItIs).join("\n");

  it("is a second person where a gate leaves out who wrote it", () => {
    expect(said(flow)).toContain("Guaranteed for prod: somebody who wrote none of it approved the very plan");
  });

  it("is void where writers may approve what they wrote", () => {
    const environments = flow.environments.map((environment) =>
      environment.approvals === null
        ? environment
        : { ...environment, approvals: { ...environment.approvals, notBy: [], because: "there is one of us" } },
    );
    expect(said({ ...flow, environments })).toContain("Void for prod: whoever wrote a change may approve its plan");
  });

  it("does not hide that a team of one can never approve its own change", () => {
    const alone = { ...flow, teams: { owners: { logins: [login("ann")], forgeTeam: null } } };
    expect(said(alone)).toContain("What ann writes cannot get enough approvals.");
    const onForge = { ...flow, teams: { owners: { logins: [], forgeTeam: "acme/owners" } } };
    expect(said(onForge)).not.toContain("enough approvals");
  });

  it("is only a review where no gate stands and every way there is reviewed", () => {
    expect(said(preset("gitflow"))).toContain("Guaranteed for stage: what is applied was reviewed by a second person");
    expect(said(preset("gitflow"))).toContain("Void for dev: that a second person saw what is applied");
  });

  it("is void for what may be pushed without a pull request", () => {
    expect(said(preset("integration-branch"))).toContain(
      "Void for development: that every change came by pull request",
    );
  });
});

describe("what the host carries", () => {
  const said = (flow: Flow) => hostSentences(flow, asItIs).join("\n");

  it.each([
    {
      name: "integration-branch",
      says: "GitHub has no merge by fast-forward: for main plangate moves the branch itself",
    },
    { name: "integration-branch", says: "on development what is over the limit is found after it is there" },
    { name: "gitflow", says: "a back-merge from main gets its checks only when a person closes and opens it again" },
    { name: "trunk-stored-plan", says: "A release that is made with that token starts no workflow" },
    { name: "trunk-demo", says: "an environment with reviewers asks nobody" },
  ] as const)("in $name: $says", ({ name, says }) => {
    expect(said(preset(name))).toContain(says);
    expect(said({ ...preset(name), host: "server" })).not.toContain(says);
  });

  it("says nothing of what the flow does not do", () => {
    expect(said(preset("trunk-demo"))).not.toMatch(/fast-forward|back-merge|release/);
  });
});

describe("a branch", () => {
  it("that takes a back-merge says that this one keeps its commits, and that one brings it", () => {
    const flow = preset("integration-branch");
    const [into, from] = ["development", "main"].map((name) => {
      const branch = flow.branches.find((one) => one.name === name);
      return branch === undefined ? "" : branchSentences(flow, branch, asItIs).join(" ");
    });
    expect(into).toContain("a back-merge from main with a merge commit, so that it keeps its commits");
    expect(from).toContain("plangate opens a pull request that brings it back there at once");
    expect(from).not.toContain("It may be merged into development");
  });
});
