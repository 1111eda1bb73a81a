import { expect } from "vitest";
import { audit } from "../../src/audit/index.ts";
import { rulesetPrefix, settingsOf } from "../../src/compile/settings/index.ts";
import type { ForgeEnvironment, RulesetRule } from "../../src/domain/forge-settings.ts";
import type { SeenEnvironment, SeenRuleset, SeenSettings } from "../../src/domain/seen-settings.ts";
import { parseFlow } from "../../src/flow/index.ts";
import { fullFlow } from "../../src/testing/full-flow.ts";
import { seenAsDeclared } from "../../src/testing/seen-settings.ts";

/** What the flow of that text declares for GitHub. */
export function declaredIn(text: string) {
  const { value, diagnostics } = parseFlow(text, { file: "f" });
  if (value === undefined) throw new Error(JSON.stringify(diagnostics));
  return settingsOf(value, { flowFile: "f", defaultBranch: "main" }).settings;
}

export const declared = declaredIn(fullFlow.replace("host: server", "host: actions"));
/** Live settings exactly as declared. */
export const perfect = seenAsDeclared(declared);
/** The rest that an audit is told. */
export const about = {
  rulesetPrefix,
  asksPeople: true,
  compiled: [],
  environmentSecrets: ["PLANGATE_OPEN_KEY", "PLANGATE_SIGN_KEY"],
  keys: {
    variables: ["PLANGATE_SEAL_KEY"],
    environments: [
      { name: "plangate", secrets: ["PLANGATE_OPEN_KEY", "PLANGATE_SIGN_KEY"], keysOf: "plangate" },
      { name: "prod", secrets: ["PLANGATE_OPEN_KEY", "PLANGATE_DIGEST_KEY"], keysOf: "prod" },
      { name: "release-gate", secrets: ["PLANGATE_OPEN_KEY", "PLANGATE_APP_KEY"], keysOf: "prod" },
      { name: "prod-plan", secrets: [], keysOf: "prod-plan" },
    ],
    closedFor: ["prod"],
  },
  repository: { owner: "Acme", name: "delivery", id: 815_000, ownerId: 4711 },
};
/** Audits live settings beside the declared ones. */
export const look = (seen: SeenSettings, more: Partial<typeof about> = {}) =>
  audit(declared, seen, { ...about, ...more });

/** Somebody alters the live settings. */
export type Change = (live: SeenSettings) => SeenSettings;

/** What is seen of a part. */
export const inside = <T>(part: { readonly kind: string; readonly value?: T }): T => {
  if (part.value === undefined) throw new Error(`not seen: ${part.kind}`);
  return part.value;
};

/** Everything there, with the one of that name altered or gone. */
function altered<Named extends { readonly name: string }>(
  all: readonly Named[],
  name: string,
  change: (one: Named) => Named | undefined,
): readonly Named[] {
  expect(all.map((one) => one.name)).toContain(name);
  return all.flatMap((one) => (one.name === name ? (change(one) ?? []) : [one]));
}

/** Alters one ruleset, or takes it away; the next ones a rule of one, its parameters, an environment, a part of Actions. */
export const onRuleset =
  (name: string, change: (ruleset: SeenRuleset) => SeenRuleset | undefined): Change =>
  (live) => ({ ...live, rulesets: { kind: "seen", value: altered(inside(live.rulesets), name, change) } });

export const onRule = (ruleset: string, type: string, change: (rule: RulesetRule) => RulesetRule | undefined): Change =>
  onRuleset(ruleset, (one) => {
    expect(one.rules.map((rule) => rule.type)).toContain(type);
    return { ...one, rules: one.rules.flatMap((rule) => (rule.type === type ? (change(rule) ?? []) : [rule])) };
  });

export const parameter = (ruleset: string, type: string, parameters: NonNullable<RulesetRule["parameters"]>): Change =>
  onRule(ruleset, type, (rule) => ({ ...rule, parameters: { ...rule.parameters, ...parameters } }));

export const onEnvironment =
  (name: string, change: (environment: SeenEnvironment) => SeenEnvironment | undefined): Change =>
  (live) => ({ ...live, environments: { kind: "seen", value: altered(inside(live.environments), name, change) } });

export const onActions =
  (part: keyof SeenSettings["actions"], set: Readonly<Record<string, unknown>>): Change =>
  (live) => ({
    ...live,
    actions: { ...live.actions, [part]: { kind: "seen", value: { ...inside<object>(live.actions[part]), ...set } } },
  });

export const main = "plangate: main";
export const anyRef: Partial<ForgeEnvironment> = { deployment_branch_policy: null, branch_policies: [] };
