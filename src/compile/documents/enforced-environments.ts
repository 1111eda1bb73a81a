import type { ForgeSettings } from "../../domain/forge-settings.ts";
import { durationText } from "../../domain/names.ts";
import type { Environment, Flow, Gate } from "../../flow/index.ts";
import { inMarkdown, listed } from "../../views/explain/words/names.ts";
import { planEnvironment } from "../names.ts";
import { trustFolder } from "../trust/index.ts";
import { type Enforced, environmentText, guard, type Say, sayOf } from "./enforced.ts";

const { strong, code } = inMarkdown;

/** What is compiled besides documents. */
export interface Declared {
  readonly settings: ForgeSettings;
  /** Environments whose identities in a cloud are. */
  readonly trusted: ReadonlySet<string>;
}

/** What holds where something is applied: environments of GitHub for keys and people, plangate for what may come there. */
export function environmentRules(
  flow: Flow,
  environment: Environment,
  { settings, trusted }: Declared,
): readonly Enforced[] {
  const { name, approvals, after, windows, freezes, emergency, ttl, heldByBranch, destroyable, expect } = environment;
  const say = sayOf(`environment ${strong(name)}`);
  // What is applied past a row's own gate runs in the environment of that name.
  const gates = flow.when.flatMap((row) => (row.environment === name && row.gate !== null ? [row.gate] : []));
  const holding = among(settings, [name, ...gates]);
  const planning = among(settings, [planEnvironment(name)]);
  const values = Object.keys(expect).map(code);
  const cloud = (what: string) => (trusted.has(name) ? [`${what} of its identity, in ${code(`${trustFolder}/`)}`] : []);
  return [
    ...say(true, `it is applied from ${listed(environment.appliesFrom.map(strong), "or")} alone`, [guard]),
    ...say(holding.length > 0, "only jobs on the default branch get what may change it", [
      ...holding,
      ...cloud("the trust"),
    ]),
    ...say(planning.length > 0, "what plans for it has other keys than what applies", [
      ...planning,
      ...cloud("the rights"),
    ]),
    ...(approvals === null ? [] : gateRules(say, approvals, settings)),
    ...say(environment.gated, "nobody applies to it from their own machine", [
      "plangate's own commands",
      ...cloud("the trust"),
    ]),
    ...say(after.length > 0, `${listed(after.map(strong))} came first`, [guard]),
    ...say(windows !== null || freezes.length > 0, "applies begin in its windows, and in no freeze", [guard]),
    ...say(emergency !== null, `an emergency is reviewed within ${durationText(emergency?.review ?? 0)}`, [
      "plangate, by an issue",
    ]),
    ...say(environment.perPullRequest, "each pull request has one of its own", [
      "the names and states that plangate gives",
    ]),
    ...say(ttl !== null, `it stands for ${durationText(ttl ?? 0)} at most`, ["plangate's sweep"]),
    ...say(heldByBranch, "a stack of it belongs to one branch at a time", [guard]),
    ...say(
      true,
      destroyable ? "a stack of it is destroyed only by a plan that says so" : "no stack of it is destroyed as a whole",
      [guard],
    ),
    ...say(values.length > 0, `its configuration is given the value that the flow expects for ${listed(values)}`, [
      code("plangate check"),
      guard,
    ]),
  ];
}

/** Who opens a gate, and how many of them. */
export function gateRules(say: Say, { name, count, notBy }: Gate, settings: ForgeSettings): readonly Enforced[] {
  const asking = settings.environments.filter((one) => one.name === name && one.reviewers.length > 0);
  const names = asking.map((one) => environmentText(one.name));
  const self = asking.filter((one) => one.prevent_self_review).map((one) => environmentText(one.name));
  const people = count === 1 ? "one of those whom the flow names" : `${count} of those whom the flow names`;
  return [
    ...say(true, `${people} approved the very plan that is applied`, [
      ...names,
      `${guard}: it asks GitHub who that was, and counts`,
    ]),
    ...say(notBy.includes("writers"), "none of them wrote any of it", [guard]),
    ...say(notBy.includes("triggerer"), "none of them started it", [...self, guard]),
  ];
}

function among({ environments }: ForgeSettings, names: readonly string[]): readonly string[] {
  return environments.filter(({ name }) => names.includes(name)).map(({ name }) => environmentText(name));
}
