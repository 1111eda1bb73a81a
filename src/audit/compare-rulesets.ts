import type { BypassActor, Ruleset, RulesetRule, SettingValue } from "../domain/forge-settings.ts";
import type { SeenRuleset } from "../domain/seen-settings.ts";
import type { SettingsFinding } from "../domain/settings-finding.ts";
import { asValue, same } from "./values.ts";

/** What is wrong with one ruleset; one change puts all of it right. */
interface Difference extends Omit<SettingsFinding, "changes" | "where"> {
  readonly where?: string;
  readonly weaker: boolean;
}

/**
 * Declared rulesets beside the live ones of the repository itself. Rulesets only ever add to each other, so one that
 * is not ours takes nothing away; more rules and more required checks in ours are stricter, and stay.
 */
export function compareRulesets(
  declared: readonly Ruleset[],
  live: readonly SeenRuleset[],
  prefix: string,
): readonly SettingsFinding[] {
  const own = live.filter(({ source_type }) => source_type === "Repository");
  const names = new Set(declared.map(({ name }) => name));
  return [
    ...declared.flatMap((ruleset) =>
      compareRuleset(
        ruleset,
        own.find(({ name }) => name === ruleset.name),
      ),
    ),
    ...own.filter(({ name }) => name.startsWith(prefix) && !names.has(name)).map(leftOver),
  ];
}

function compareRuleset(declared: Ruleset, live: SeenRuleset | undefined): readonly SettingsFinding[] {
  const where = `ruleset "${declared.name}"`;
  if (live === undefined) {
    const step = { kind: "ruleset", id: null, ruleset: declared } as const;
    const fix = "Create it: nothing of it is enforced now.";
    const changes = [{ step, loosens: false }];
    return [{ code: "ruleset-missing", where, declared: asValue(declared), live: null, fix, changes }];
  }
  const found = [...differences(declared, live), ...ruleDifferences(declared.rules, live.rules)];
  const step = { kind: "ruleset", id: live.id, ruleset: withExtras(declared, live) } as const;
  const loosens = found.every(({ weaker }) => !weaker);
  return found.map(({ weaker: _, where: part, ...one }) => ({
    ...one,
    where: part === undefined ? where : `${where}: ${part}`,
    changes: [{ step, loosens }],
  }));
}

function differences(declared: Ruleset, live: SeenRuleset): readonly Difference[] {
  const found: Difference[] = [];
  if (live.enforcement !== declared.enforcement)
    found.push({
      code: "ruleset-not-enforced",
      where: "enforcement",
      declared: declared.enforcement,
      live: live.enforcement,
      fix: "Set it to active: now it refuses nothing.",
      weaker: true,
    });
  if (live.target !== declared.target || !sameRefs(declared, live))
    found.push({
      code: "ruleset-for-other-refs",
      where: "conditions",
      declared: asValue({ target: declared.target, ...declared.conditions.ref_name }),
      live: asValue({ target: live.target, ...live.conditions.ref_name }),
      fix: "Let it cover the refs that the flow names, and leave out no other.",
      weaker: live.target !== declared.target || !coversAll(declared, live),
    });
  if (live.bypass_actors === null)
    found.push({
      code: "setting-hidden",
      where: "bypass_actors",
      declared: asValue(declared.bypass_actors),
      live: null,
      fix: "Only whoever may change the ruleset is told who may pass it: give the token administration (write) and look again.",
      weaker: true,
    });
  else found.push(...bypassDifferences(declared.bypass_actors, live.bypass_actors));
  return found;
}

function bypassDifferences(declared: readonly BypassActor[], live: readonly BypassActor[]): readonly Difference[] {
  const more = live.filter((actor) => !declared.some((one) => same(one, actor)));
  const fewer = declared.filter((actor) => !live.some((one) => same(one, actor)));
  return [
    ...more.map((actor) => ({
      code: "ruleset-bypassed",
      where: "bypass_actors",
      declared: asValue(declared),
      live: asValue(actor),
      loophole: "L19",
      fix: `Take ${actor.actor_type} ${actor.actor} off the list of those who pass it.`,
      weaker: true,
    })),
    ...fewer.map((actor) => ({
      code: "ruleset-not-passed",
      where: "bypass_actors",
      declared: asValue(actor),
      live: asValue(live),
      fix: `Let ${actor.actor} pass it: what only it may do does not happen now.`,
      weaker: false,
    })),
  ];
}

function sameRefs({ conditions }: Ruleset, live: SeenRuleset): boolean {
  const sorted = (refs: readonly string[]) => [...refs].sort();
  const [left, right] = [conditions.ref_name, live.conditions.ref_name];
  return same(sorted(left.include), sorted(right.include)) && same(sorted(left.exclude), sorted(right.exclude));
}

function coversAll({ conditions }: Ruleset, live: SeenRuleset): boolean {
  const { include, exclude } = live.conditions.ref_name;
  return (
    conditions.ref_name.include.every((ref) => include.includes(ref)) &&
    exclude.every((ref) => conditions.ref_name.exclude.includes(ref))
  );
}

function ruleDifferences(declared: readonly RulesetRule[], live: readonly RulesetRule[]): readonly Difference[] {
  return declared.flatMap((rule) => {
    const found = live.find(({ type }) => type === rule.type);
    if (found !== undefined) return parameterDifferences(rule, found);
    return [
      {
        code: "rule-missing",
        where: rule.type,
        declared: asValue(rule),
        live: null,
        fix: "Add the rule.",
        weaker: true,
        ...holeOf(rule.type),
      },
    ];
  });
}

function parameterDifferences(declared: RulesetRule, live: RulesetRule): readonly Difference[] {
  return Object.entries(declared.parameters ?? {}).flatMap(([name, wanted]): readonly Difference[] => {
    const is = live.parameters?.[name] ?? null;
    const weaker = isWeaker(name, wanted, is);
    if (!weaker && (name === "required_status_checks" || sameParameter(wanted, is))) return [];
    return [
      {
        code: weaker ? "rule-weaker" : "rule-stricter",
        where: `${declared.type}.${name}`,
        declared: wanted,
        live: is,
        fix: weaker
          ? "Set it as declared: now more passes than the flow says."
          : "Set it as declared: now less passes than the flow says.",
        weaker,
        ...(weaker ? holeOf(declared.type) : {}),
      },
    ];
  });
}

/** Parameters that let more pass when they are true. */
const opening: ReadonlySet<string> = new Set(["do_not_enforce_on_create", "update_allows_fetch_and_merge"]);

/** What is not known to be stricter counts as weaker. */
function isWeaker(name: string, declared: SettingValue, live: SettingValue): boolean {
  if (Array.isArray(declared) && Array.isArray(live)) {
    const [all, part] = name === "required_status_checks" ? [live, declared] : [declared, live];
    return !part.every((one) => all.some((other) => same(one, other)));
  }
  if (same(declared, live)) return false;
  if (typeof declared === "number" && typeof live === "number") return live < declared;
  if (typeof declared === "boolean" && typeof live === "boolean") return live === opening.has(name);
  return true;
}

function sameParameter(declared: SettingValue, live: SettingValue): boolean {
  if (!Array.isArray(declared) || !Array.isArray(live)) return same(declared, live);
  return declared.length === live.length && declared.every((one) => live.some((other) => same(one, other)));
}

function holeOf(rule: string): { readonly loophole?: string } {
  const hole = { required_status_checks: "L16", pull_request: "L5", update: "L34", deletion: "L34" }[rule];
  return hole === undefined ? {} : { loophole: hole };
}

/** The declared ruleset with what people added to the live one: rules, and checks that have to pass. */
function withExtras(declared: Ruleset, live: SeenRuleset): Ruleset {
  const types = new Set(declared.rules.map(({ type }) => type));
  const rules = declared.rules.map((rule): RulesetRule => {
    const found = live.rules.find(({ type }) => type === rule.type);
    const [wanted, is] = [rule, found].map((one) => one?.parameters?.required_status_checks ?? []);
    if (!Array.isArray(wanted) || !Array.isArray(is) || rule.type !== "required_status_checks") return rule;
    const more = is.filter((check) => !wanted.some((one) => sameContext(one, check)));
    return { ...rule, parameters: { ...rule.parameters, required_status_checks: [...wanted, ...more] } };
  });
  return { ...declared, rules: [...rules, ...live.rules.filter(({ type }) => !types.has(type))] };
}

function sameContext(left: SettingValue, right: SettingValue): boolean {
  const contextOf = (value: SettingValue) =>
    typeof value === "object" && value !== null && "context" in value ? value.context : undefined;
  return contextOf(left) === contextOf(right);
}

function leftOver({ id, name, ...ruleset }: SeenRuleset): SettingsFinding {
  return {
    code: "ruleset-left-over",
    where: `ruleset "${name}"`,
    declared: null,
    live: asValue({ enforcement: ruleset.enforcement, ...ruleset.conditions.ref_name }),
    fix: "Remove it: the flow no longer asks for it. A ruleset of your own needs a name of its own.",
    changes: [{ step: { kind: "remove-ruleset", id, name }, loosens: true }],
  };
}
