import type { KeysWanted, MissingKey } from "../domain/forge-keys.ts";
import type { ForgeSettings } from "../domain/forge-settings.ts";
import type { SeenSettings } from "../domain/seen-settings.ts";
import type { NotOffered, SettingsChange, SettingsFinding } from "../domain/settings-finding.ts";
import { lookBeyond } from "./beyond.ts";
import { compareEnvironments } from "./compare-environments.ts";
import { compareRulesets } from "./compare-rulesets.ts";
import { compareActions, compareLabels, compareMergeButtons, compareReleases, hidden } from "./compare-switches.ts";
import { environmentsWithoutKey, lacksPublicKeys, misplacedKeys, missingKeys, replacedKeys } from "./keys.ts";

/** What is found where the settings are those of another repository than the flow's: nothing is to be changed there. */
export const anotherRepositoryCode = "another-repository";

/** What an audit takes besides the two sides. */
export interface AuditAbout {
  /** How names of our rulesets begin. */
  readonly rulesetPrefix: string;
  /** Whether environments can ask people here; where the plan has none, that is told and is no finding. */
  readonly asksPeople: boolean;
  /** Names of secrets that environments alone may hold. */
  readonly environmentSecrets: readonly string[];
  readonly keys: KeysWanted;
  /** Workflows as compiled: what is the same is ours. */
  readonly compiled: readonly { readonly path: string; readonly text: string }[];
  /** Which repository was asked for, and who the flow says it is: null for a number that it does not give. */
  readonly repository: {
    readonly owner: string;
    readonly name: string;
    readonly id: number | null;
    readonly ownerId: number | null;
  };
}

export interface Audited {
  readonly findings: readonly SettingsFinding[];
  readonly notOffered: readonly NotOffered[];
  /** No setting, and nobody's to set but a person's: what has to be put there before anything is delivered. */
  readonly missingKeys: readonly MissingKey[];
  /** Whether nothing on the default branch says which public keys are the repository's. */
  readonly lacksPublicKeys: boolean;
  /** Environments that what is there says no key of, so that no plan of theirs is taken. */
  readonly environmentsWithoutKey: readonly string[];
}

/** What a part of the settings comes to. */
type Compared = Pick<Audited, "findings" | "notOffered">;

/** Everything live that is not as declared, and what passes by it. Without a finding the live settings hold the flow. */
export function audit(declared: ForgeSettings, seen: SeenSettings, about: AuditAbout): Audited {
  const actions = compareActions(declared.actions, seen);
  const releases = compareReleases(declared.immutable_releases, seen.immutable_releases);
  const environments = environmentFindings(declared, seen, about);
  const rulesets = rulesetFindings(declared, seen, about);
  const names = declared.environments.map(({ name }) => name);
  return {
    findings: [
      ...anotherRepository(seen, about),
      ...rulesets.findings,
      ...environments.findings,
      ...actions.findings,
      ...compareMergeButtons(declared.repository, seen.repository),
      ...releases.findings,
      ...compareLabels(declared.labels, seen.labels),
      ...replacedKeys(seen),
      ...misplacedKeys(about.keys, seen, about.environmentSecrets),
      ...lookBeyond(seen, names, about),
    ],
    notOffered: [...rulesets.notOffered, ...environments.notOffered, ...actions.notOffered, ...releases.notOffered],
    missingKeys: missingKeys(about.keys, seen),
    lacksPublicKeys: lacksPublicKeys(seen),
    environmentsWithoutKey: environmentsWithoutKey(about.keys, seen),
  };
}

/** The changes that put findings right, each once, in an order that never opens a hole on the way. */
export function changesOf(findings: readonly SettingsFinding[]): readonly SettingsChange[] {
  const all = new Map(
    findings.flatMap(({ changes }) => changes).map((change) => [JSON.stringify(change.step), change]),
  );
  return [...all.values()].sort((left, right) => placeOf(left) - placeOf(right));
}

/**
 * What refuses comes before what allows. The subject of tokens changes last, since identities have to know it; labels
 * first, since they change nothing else.
 */
const order: readonly SettingsChange["step"]["kind"][] = [
  "label",
  "ruleset",
  "environment",
  "remove-branch-policy",
  "immutable-releases",
  "actions",
  "merge-buttons",
  "add-branch-policy",
  "remove-ruleset",
];

function placeOf({ step, loosens }: SettingsChange): number {
  const last = step.kind === "actions" && step.part === "oidc_customization_sub";
  return (last ? 2 : loosens ? 1 : 0) * order.length + order.indexOf(step.kind);
}

function rulesetFindings({ rulesets }: ForgeSettings, { rulesets: seen }: SeenSettings, about: AuditAbout): Compared {
  if (seen.kind === "hidden") return { findings: [hidden("rulesets", seen.why, null)], notOffered: [] };
  if (seen.kind === "seen")
    return { findings: compareRulesets(rulesets, seen.value, about.rulesetPrefix), notOffered: [] };
  const fallback = "What is pushed past reviews is found, and applied nowhere before somebody accepted it.";
  return { findings: [], notOffered: [{ feature: "rulesets", why: seen.why, fallback }] };
}

function environmentFindings({ environments }: ForgeSettings, seen: SeenSettings, about: AuditAbout): Compared {
  const live = seen.environments;
  if (live.kind === "hidden") return { findings: [hidden("environments", live.why, null)], notOffered: [] };
  if (live.kind === "seen") {
    const offer = { reviewers: about.asksPeople };
    return { findings: compareEnvironments(environments, live.value, offer), notOffered: [] };
  }
  const fallback =
    "None: every workflow of every branch could take the keys. Change the plan, or use plangate's own server.";
  return { findings: [], notOffered: [{ feature: "environments", why: live.why, fallback }] };
}

/** A name that came free may be somebody else's by now, and GitHub leads from an old name to a new one by itself. */
function anotherRepository({ about: live }: SeenSettings, { repository }: AuditAbout): readonly SettingsFinding[] {
  const nameOf = ({ owner, name }: { readonly owner: string; readonly name: string }) => `${owner}/${name}`;
  const numbers = [
    ["id", repository.id, live.id],
    ["ownerId", repository.ownerId, live.owner_id],
  ] as const;
  const renamed = nameOf(repository).toLowerCase() !== nameOf(live).toLowerCase();
  const differ = [
    ...(renamed ? ([["name", nameOf(repository), nameOf(live)]] as const) : []),
    ...numbers.filter(([, wanted, is]) => wanted !== null && wanted !== is),
  ];
  return differ.map(([key, wanted, is]) => ({
    code: anotherRepositoryCode,
    where: `repository.${key}`,
    declared: wanted,
    live: is,
    loophole: "L28",
    fix: "Find out who has the name now. If it is yours, change it in the flow. Until then nothing is set there.",
    changes: [],
  }));
}
