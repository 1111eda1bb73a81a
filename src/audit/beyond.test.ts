import { describe, expect, it } from "vitest";
import { about, anyRef, declared, inside, look, perfect } from "../../test/audit/audited.ts";
import type { SeenEnvironment, SeenRuleset, SeenSettings } from "../domain/seen-settings.ts";
import { environmentsIn } from "./beyond.ts";
import { audit } from "./index.ts";

describe("what nobody declared", () => {
  it("finds a merge queue that merges several pull requests by one push, whoever set it", () => {
    const queue = (parameters: object) => {
      const rules = [{ type: "merge_queue", parameters }] as SeenRuleset["rules"];
      const one = { ...(inside(perfect.rulesets)[0] as SeenRuleset), id: 98, name: "queue", rules };
      const value = [...inside(perfect.rulesets), { ...one, source_type: "Organization" }];
      return look({ ...perfect, rulesets: { kind: "seen", value } }).findings;
    };
    expect(queue({ max_entries_to_merge: 1 })).toEqual([]);
    for (const parameters of [{ max_entries_to_merge: 5 }, {}])
      expect(queue(parameters)).toMatchObject([{ code: "merge-queue-merges-several", declared: 1, changes: [] }]);
  });

  it("finds environments that nobody declared and every ref may use", () => {
    const made: SeenEnvironment = {
      ...(inside(perfect.environments)[0] as SeenEnvironment),
      name: "demo-x",
      ...anyRef,
    };
    const guarded = {
      ...made,
      name: "github-pages",
      deployment_branch_policy: { protected_branches: true, custom_branch_policies: false },
    };
    const value = [...inside(perfect.environments), made, guarded];
    const { findings } = look({ ...perfect, environments: { kind: "seen", value } });
    expect(findings).toMatchObject([
      { code: "environment-unknown", where: 'environment "demo-x"', loophole: "L3", changes: [] },
    ]);
  });

  it("finds deploy keys that write, keys that every workflow gets, lines of CODEOWNERS that GitHub skips, and another repository of the name", () => {
    const { findings } = look(
      {
        ...perfect,
        deployKeys: {
          kind: "seen",
          value: [
            { title: "sync", read_only: false },
            { title: "ci", read_only: true },
          ],
        },
        repositorySecrets: { kind: "seen", value: ["OTHER", "PLANGATE_OPEN_KEY"] },
        codeownersErrors: { kind: "seen", value: [{ path: ".github/CODEOWNERS", line: 7, message: "Unknown owner" }] },
      },
      { repository: { owner: "acme", name: "old", id: 1, ownerId: 4711 } },
    );
    expect(findings.map(({ code, where }) => `${code} ${where}`)).toEqual([
      "another-repository repository.name",
      "another-repository repository.id",
      'deploy-key-writes deploy key "sync"',
      "key-for-every-workflow secret PLANGATE_OPEN_KEY of the repository",
      "codeowners-error .github/CODEOWNERS:7",
    ]);
  });
});

describe("workflows of the default branch", () => {
  const workflow = (environment: string) =>
    `on: push\njobs:\n  a:\n    runs-on: x\n    environment: ${environment}\n    steps: []\n`;
  const found = (text: string, path = ".github/workflows/own.yml") =>
    look({ ...perfect, workflows: { kind: "seen", value: [{ path, text }] } }).findings.map(({ code }) => code);

  it.each([
    ["names one of ours", workflow("prod"), ["workflow-uses-environment"]],
    ["names one of ours in another case", workflow("PROD-plan"), ["workflow-uses-environment"]],
    ["names one of ours by its long form", workflow("{ name: plangate, url: x }"), ["workflow-uses-environment"]],
    ["makes a name up", workflow(`"demo-${"$"}{{ inputs.to }}"`), ["workflow-names-any-environment"]],
    ["names one of its own", workflow("docs"), []],
    ["has a job without one", "jobs:\n  a: { runs-on: x }\n", []],
    ["is no YAML", "jobs: [", ["workflow-unreadable"]],
    ["hides a job behind an alias", "x: &j { environment: prod }\njobs:\n  a: *j\n", ["workflow-unreadable"]],
    ["hides a name behind an alias", "x: &n prod\njobs:\n  a: { environment: *n }\n", ["workflow-unreadable"]],
    ["merges a job in", "x: &j { environment: prod }\njobs:\n  a:\n    <<: *j\n", ["workflow-unreadable"]],
  ])("one that %s", (_, text, codes) => {
    expect(found(text)).toEqual(codes);
  });

  it("are ours when they are as compiled, to the letter", () => {
    const path = ".github/workflows/plangate.yml";
    const seen: SeenSettings = {
      ...perfect,
      workflows: { kind: "seen", value: [{ path, text: `# Compiled from plangate.yaml.\n\n${workflow("prod")}\n` }] },
    };
    const compiled = [{ path, text: workflow("prod") }];
    expect(audit(declared, seen, { ...about, compiled }).findings).toEqual([]);
    const other = [{ path, text: workflow("stage") }];
    expect(audit(declared, seen, { ...about, compiled: other }).findings).toHaveLength(1);
  });

  it("name their environments as texts", () => {
    expect(environmentsIn(workflow("12"))).toEqual(["12"]);
  });
});
