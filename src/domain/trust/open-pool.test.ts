import { describe, expect, it } from "vitest";
import { takesStrangers } from "./open-pool.ts";

const mapping = {
  "google.subject": "assertion.sub",
  "attribute.owner": "assertion.repository_owner",
  "attribute.actor": "assertion.actor",
};

describe("takesStrangers", () => {
  it.each<[string | null, boolean]>([
    [null, true],
    ["true", true],
    ["assertion.ref == 'refs/heads/main'", true],
    ["assertion.environment == 'live'", true],
    ['assertion.ref == "refs/heads/live" && assertion.environment in ["a", "live"]', true],
    ["assertion.job_workflow_ref == 'acme/infra/.github/workflows/apply.yml@refs/heads/main'", true],
    ["assertion.repository_owner != 'evil'", true],
    ["assertion.sub.endsWith(':environment:prod')", true],
    ["assertion.sub.startsWith('repo:')", true],
    ["has(assertion.repository_id)", true],
    ["assertion.repository_id == '815'", false],
    ["assertion.repository_owner_id == '4711'", false],
    ["attribute.owner == 'acme'", false],
    ["assertion.repository == 'acme/infra' || assertion.repository_id == '815'", false],
    ["assertion.repository_id == '815' || assertion.ref == 'refs/heads/main'", true],
    ["assertion.sub == 'repo:acme/infra:environment:prod'", false],
    ["…", false],
    ["assertion.repository.matches('acme/.*')", false],
  ])("%s: %s", (condition, taken) => {
    expect(takesStrangers({ mapping, condition })).toBe(taken);
  });

  it("knows no name that the mapping does not make", () => {
    expect(takesStrangers({ mapping: {}, condition: "attribute.owner != 'evil'" })).toBe(false);
  });
});
