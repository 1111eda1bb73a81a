import type { ForgeEnvironment, SettingValue } from "../domain/forge-settings.ts";
import type { SeenEnvironment, SettingsStep } from "../domain/seen-settings.ts";
import type { SettingsChange, SettingsFinding } from "../domain/settings-finding.ts";
import { asValue, same } from "./values.ts";

/** What GitHub offers of environments here: where it has no reviewers, nothing is said of them. */
export interface EnvironmentOffer {
  readonly reviewers: boolean;
}

/** Declared environments beside the live ones, and live ones that nobody declared and every ref may use. */
export function compareEnvironments(
  declared: readonly ForgeEnvironment[],
  live: readonly SeenEnvironment[],
  offer: EnvironmentOffer,
): readonly SettingsFinding[] {
  // GitHub tells names of environments apart without regard to case.
  const isCalled = (name: string) => (one: { readonly name: string }) => one.name.toLowerCase() === name.toLowerCase();
  return [
    ...declared.flatMap((one) =>
      compareEnvironment(offer.reviewers ? one : askingNobody(one), live.find(isCalled(one.name)), offer),
    ),
    ...live.filter(({ name }) => !declared.some(isCalled(name))).flatMap(unknown),
  ];
}

/** What is left of it where GitHub asks nobody: which refs may use it. */
function askingNobody(environment: ForgeEnvironment): ForgeEnvironment {
  return { ...environment, reviewers: [], prevent_self_review: false };
}

function compareEnvironment(
  declared: ForgeEnvironment,
  live: SeenEnvironment | undefined,
  offer: EnvironmentOffer,
): readonly SettingsFinding[] {
  const where = `environment "${declared.name}"`;
  if (live === undefined) {
    const changes = [rules(declared, false), ...declared.branch_policies.map((policy) => add(declared.name, policy))];
    const fix = "Create it before a workflow names it: GitHub would make one that every ref may use.";
    return [
      { code: "environment-missing", where, declared: asValue(declared), live: null, loophole: "L3", fix, changes },
    ];
  }
  const differing = [...refDifference(declared, live), ...(offer.reviewers ? askDifferences(declared, live) : [])];
  const loosens = differing.every(({ weaker }) => !weaker);
  return [
    ...differing.map(({ weaker: _, where: part, ...one }) => ({
      ...one,
      where: `${where}: ${part}`,
      changes: [
        rules(declared, loosens),
        // Policies come to be anew when they are switched on.
        ...(part === "deployment_branch_policy" ? declared.branch_policies.map((to) => add(declared.name, to)) : []),
      ],
    })),
    ...(live.deployment_branch_policy?.custom_branch_policies === true ? policyDifferences(declared, live, where) : []),
  ];
}

interface Difference extends Omit<SettingsFinding, "changes"> {
  readonly weaker: boolean;
}

function refDifference(declared: ForgeEnvironment, live: SeenEnvironment): readonly Difference[] {
  if (same(declared.deployment_branch_policy, live.deployment_branch_policy)) return [];
  return [
    {
      code: "environment-for-any-ref",
      where: "deployment_branch_policy",
      declared: asValue({ ...declared.deployment_branch_policy, branch_policies: declared.branch_policies }),
      live: live.deployment_branch_policy === null ? null : asValue(live.deployment_branch_policy),
      loophole: "L4",
      fix: "Let only the refs use it that the flow names: a workflow altered on any other branch takes its keys.",
      weaker: true,
    },
  ];
}

function askDifferences(declared: ForgeEnvironment, live: SeenEnvironment): readonly Difference[] {
  const asks = declared.reviewers.length > 0;
  const differ = (
    key: "prevent_self_review" | "can_admins_bypass" | "wait_timer",
    about: Pick<Difference, "code" | "fix" | "weaker"> & { readonly loophole?: string },
  ): readonly Difference[] =>
    declared[key] === live[key] ? [] : [{ where: key, declared: declared[key], live: live[key], ...about }];
  const named = (all: ForgeEnvironment["reviewers"]) => all.map(({ type, reviewer }) => `${type} ${reviewer}`).sort();
  const more = named(live.reviewers).some((one) => !named(declared.reviewers).includes(one));
  return [
    ...(same(named(declared.reviewers), named(live.reviewers))
      ? []
      : [
          {
            code: "environment-reviewers",
            where: "reviewers",
            declared: named(declared.reviewers),
            live: named(live.reviewers),
            ...(asks ? { loophole: "L5" } : {}),
            fix: asks
              ? "Ask those whom the flow names, and nobody else."
              : "Ask nobody there: the flow asks in the pull request, and the second question would hold what was approved.",
            weaker: asks && (live.reviewers.length === 0 || more),
          },
        ]),
    // Where nobody is asked, there is nothing to answer oneself or to pass.
    ...(asks
      ? [
          ...differ("prevent_self_review", {
            code: "environment-self-review",
            loophole: "L5",
            fix: declared.prevent_self_review
              ? "Keep whoever started the job from answering."
              : "Let whoever started the job answer: the flow leaves out writers alone.",
            weaker: declared.prevent_self_review,
          }),
          ...differ("can_admins_bypass", {
            code: live.can_admins_bypass === null ? "setting-hidden" : "environment-admins-bypass",
            loophole: "L5",
            fix: "Turn off that administrators may pass it; where this GitHub takes it by its pages alone, there: Settings, Environments.",
            weaker: true,
          }),
        ]
      : []),
    ...differ("wait_timer", {
      code: "environment-waits",
      fix: "Set it to 0: plangate's own windows say when an apply may begin.",
      weaker: false,
    }),
  ];
}

function policyDifferences(
  declared: ForgeEnvironment,
  live: SeenEnvironment,
  where: string,
): readonly SettingsFinding[] {
  const lacks = (all: ForgeEnvironment["branch_policies"]) => (one: ForgeEnvironment["branch_policies"][number]) =>
    !all.some((other) => same(one, other));
  return [
    ...live.branch_policies.filter(lacks(declared.branch_policies)).map((policy) => ({
      code: "environment-for-more-refs",
      where: `${where}: branch_policies`,
      declared: asValue(declared.branch_policies),
      live: asValue(policy),
      loophole: "L4",
      fix: `Take the ${policy.type} pattern ${policy.name} off the list of those that may use it.`,
      changes: [change({ kind: "remove-branch-policy", environment: declared.name, policy }, false)],
    })),
    ...declared.branch_policies.filter(lacks(live.branch_policies)).map((policy) => ({
      code: "environment-for-fewer-refs",
      where: `${where}: branch_policies`,
      declared: asValue(policy),
      live: asValue(live.branch_policies),
      fix: `Let the ${policy.type} pattern ${policy.name} use it: jobs of the flow that run there are refused now.`,
      changes: [add(declared.name, policy)],
    })),
  ];
}

/** One that nobody declared holds nothing of ours; open to every ref, it is one that GitHub made by itself, or a trap. */
function unknown(live: SeenEnvironment): readonly SettingsFinding[] {
  if (live.deployment_branch_policy !== null) return [];
  const shown: SettingValue = { reviewers: live.reviewers.length, deployment_branch_policy: null };
  return [
    {
      code: "environment-unknown",
      where: `environment "${live.name}"`,
      declared: null,
      live: shown,
      loophole: "L3",
      fix: "Delete it, or say on its page which branches may use it: any workflow of any branch takes what it holds.",
      changes: [],
    },
  ];
}

const change = (step: SettingsStep, loosens: boolean): SettingsChange => ({ step, loosens });

function rules(environment: ForgeEnvironment, loosens: boolean): SettingsChange {
  return change({ kind: "environment", environment }, loosens);
}

function add(environment: string, policy: ForgeEnvironment["branch_policies"][number]): SettingsChange {
  return change({ kind: "add-branch-policy", environment, policy }, true);
}
