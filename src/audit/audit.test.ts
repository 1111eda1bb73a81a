import { describe, expect, it } from "vitest";
import {
  about,
  anyRef,
  declared,
  declaredIn,
  inside,
  look,
  main,
  onEnvironment,
  onRuleset,
  parameter,
  perfect,
} from "../../test/audit/audited.ts";
import type { SeenRuleset, SeenSettings } from "../domain/seen-settings.ts";
import { presetNames, renderPreset } from "../flow/index.ts";
import { seenAsDeclared } from "../testing/seen-settings.ts";
import { audit, changesOf } from "./index.ts";

describe("audit", () => {
  it.each(presetNames)("finds nothing where the live settings are those of %s", (name) => {
    const settings = declaredIn(renderPreset(name));
    expect(audit(settings, seenAsDeclared(settings), about).findings).toEqual([]);
  });

  it("finds every declared switch of Actions that stands otherwise", () => {
    for (const [part, switches] of Object.entries(declared.actions) as [keyof SeenSettings["actions"], object][])
      for (const [key, value] of Object.entries(switches)) {
        const other = typeof value === "boolean" ? !value : typeof value === "number" ? value - 1 : "other";
        const live = { kind: "seen", value: { ...switches, [key]: other } } as const;
        const visibility = part === "fork_pr_workflows_private_repos" ? "private" : "public";
        const seenOther = { ...perfect, about: { ...perfect.about, visibility } as const };
        const { findings } = look({ ...seenOther, actions: { ...perfect.actions, [part]: live } });
        expect(findings.map(({ where }) => where)).toEqual([`actions.${part}.${key}`]);
      }
  });

  it("finds what forks of a private repository may", () => {
    const open = {
      run_workflows_from_fork_pull_requests: true,
      send_write_tokens_to_workflows: true,
      send_secrets_and_variables: true,
      require_approval_for_fork_pr_workflows: false,
    };
    const live: SeenSettings = {
      ...perfect,
      about: { ...perfect.about, visibility: "private" },
      actions: { ...perfect.actions, fork_pr_workflows_private_repos: { kind: "seen", value: open } },
    };
    expect(look(live).findings.map(({ code }) => code)).toEqual([
      "forks-run-unasked",
      "forks-get-tokens",
      "forks-get-secrets",
      "forks-run-unasked",
    ]);
  });

  it("leaves more rules, more required checks and other people's rulesets alone", () => {
    const [check] =
      inside(perfect.rulesets)
        .find(({ name }) => name === main)
        ?.rules.filter(({ type }) => type === "required_status_checks") ?? [];
    const more = {
      required_status_checks: [...((check?.parameters?.required_status_checks ?? []) as []), { context: "tflint" }],
    };
    const stricter = onRuleset(main, (one) => ({ ...one, rules: [...one.rules, { type: "required_signatures" }] }))(
      parameter(main, "required_status_checks", more)(perfect),
    );
    expect(look(stricter).findings).toEqual([]);
    // And a change of something else keeps them.
    const { findings } = look(onRuleset(main, (one) => ({ ...one, enforcement: "disabled" }))(stricter));
    const [change] = changesOf(findings);
    expect(JSON.stringify(change)).toContain("tflint");
    expect(JSON.stringify(change)).toContain("required_signatures");
    const other = {
      ...(inside(perfect.rulesets)[0] as SeenRuleset),
      id: 99,
      name: "ours",
      enforcement: "disabled" as const,
    };
    expect(
      look({ ...perfect, rulesets: { kind: "seen", value: [...inside(perfect.rulesets), other] } }).findings,
    ).toEqual([]);
  });

  it("never takes a ruleset of the organisation for one of the repository", () => {
    const { findings } = look(onRuleset(main, (one) => ({ ...one, source_type: "Organization" }))(perfect));
    expect(findings.map(({ code }) => code)).toEqual(["ruleset-missing"]);
  });

  it("finds a ruleset of ours that the flow no longer asks for", () => {
    const old = { ...(inside(perfect.rulesets)[0] as SeenRuleset), id: 99, name: "plangate: gone" };
    const { findings } = look({ ...perfect, rulesets: { kind: "seen", value: [...inside(perfect.rulesets), old] } });
    expect(findings).toMatchObject([{ code: "ruleset-left-over", changes: [{ loosens: true }] }]);
  });

  it("tells an environment by its name in whatever case", () => {
    const value = inside(perfect.environments).map((one) => (one.name === "prod" ? { ...one, name: "Prod" } : one));
    expect(look({ ...perfect, environments: { kind: "seen", value } }).findings).toEqual([]);
  });

  it("says nothing of reviewers where the plan has none, and all of refs", () => {
    const seen = onEnvironment("try", (one) => ({ ...one, reviewers: [], can_admins_bypass: true, ...anyRef }))(
      perfect,
    );
    const { findings } = look(seen, { asksPeople: false });
    expect(findings.map(({ code }) => code)).toEqual(["environment-for-any-ref"]);
    expect(changesOf(findings)[0]).toMatchObject({ step: { kind: "environment", environment: { reviewers: [] } } });
  });

  it("tells what GitHub does not offer here apart from what is wrong", () => {
    const why = "This GitHub has none.";
    const { findings, notOffered } = look({
      ...perfect,
      rulesets: { kind: "not-offered", why },
      environments: { kind: "not-offered", why },
      immutable_releases: { kind: "not-offered", why },
      actions: { ...perfect.actions, permissions: { kind: "seen", value: { enabled: true } } },
      longestRetention: 5,
    });
    expect(findings.map(({ code }) => code)).toEqual([]);
    expect(notOffered.map(({ feature }) => feature)).toEqual(
      expect.arrayContaining([
        "rulesets",
        "environments",
        "immutable_releases",
        "actions.permissions.sha_pinning_required",
        "actions.artifact_and_log_retention.days",
      ]),
    );
    expect(notOffered.every(({ fallback }) => fallback.length > 20)).toBe(true);
  });

  it("takes nothing for good that the token may not see", () => {
    const part = { kind: "hidden", why: "administration (read)" } as const;
    const { findings } = look({
      ...perfect,
      rulesets: part,
      environments: part,
      repository: part,
      immutable_releases: part,
      labels: part,
      deployKeys: part,
      repositorySecrets: part,
      codeownersErrors: part,
      workflows: part,
      actions: { ...perfect.actions, workflow: part },
    });
    expect(findings).toHaveLength(10);
    expect(new Set(findings.map(({ code }) => code))).toEqual(new Set(["setting-hidden"]));
    expect(changesOf(findings)).toEqual([]);
  });
});
