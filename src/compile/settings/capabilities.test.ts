import { describe, expect, it } from "vitest";
import { type Flow, parseFlow } from "../../flow/index.ts";
import { fullFlow } from "../../testing/full-flow.ts";
import { capabilitiesOf, type Host } from "./capabilities.ts";
import { settingsOf } from "./compile.ts";

function flowAs(identity: "token" | "app"): Flow {
  const text = fullFlow.replace("host: server", "host: actions").replace("identity: app", `identity: ${identity}`);
  const { value, diagnostics } = parseFlow(text, { file: "f" });
  if (value === undefined) throw new Error(JSON.stringify(diagnostics));
  return value;
}

const told = (flow: Flow, host: Host) =>
  capabilitiesOf(flow, settingsOf(flow, { flowFile: "f", defaultBranch: "main" }).settings, host);

/** Of each feature whether it is there: yes, no, or that nobody can say. */
const available = (flow: Flow, host: Host) =>
  Object.fromEntries(told(flow, host).map((one) => [one.feature, one.available]));

describe("what GitHub offers", () => {
  it.each([
    ["public, free", { visibility: "public", plan: "free" }, [true, true, true]],
    ["private, free", { visibility: "private", plan: "free" }, [false, false, false]],
    ["private, Pro", { visibility: "private", plan: "pro" }, [true, true, false]],
    ["private, Team", { visibility: "private", plan: "Team" }, [true, true, false]],
    ["private, Enterprise", { visibility: "private", plan: "enterprise" }, [true, true, true]],
    ["internal, Enterprise", { visibility: "internal", plan: "business_plus" }, [true, true, true]],
    ["private, of an unknown plan", { visibility: "private", plan: null }, [null, null, null]],
  ] as const)("to a repository that is %s", (_, host, [rulesets, environments, reviewers]) => {
    expect(available(flowAs("app"), host)).toMatchObject({
      rulesets,
      "owners-of-code": rulesets,
      environments,
      "environment-reviewers": reviewers,
      "environment-without-admin-bypass": reviewers,
    });
  });

  it("to the workflow's own token, and to an app", () => {
    const host = { visibility: "public", plan: null } as const;
    const onlyApp = ["record-written-by-plangate-alone", "teams", "own-pull-requests"];
    for (const feature of onlyApp) {
      expect(available(flowAs("token"), host)[feature], feature).toBe(false);
      expect(available(flowAs("app"), host)[feature], feature).toBe(true);
    }
  });

  it("to nobody, where it has no such rule", () => {
    expect(available(flowAs("app"), { visibility: "public", plan: null })).toMatchObject({
      "more-than-one-approval": false,
      "named-reviewers": false,
      "limited-pushes": false,
      "checks-of-one-workflow": false,
    });
  });

  it("is told of nothing that the flow does not use, with what holds instead and where GitHub says so", () => {
    const all = told(flowAs("token"), { visibility: "private", plan: "free" });
    expect(all.map(({ feature }) => feature)).not.toContain("fast-forward");
    for (const { fallback, source, why } of all) {
      expect(fallback.length).toBeGreaterThan(20);
      expect(source).toMatch(/^https:\/\/docs\.github\.com\//);
      expect(why).toMatch(/\.$/);
    }
  });
});
