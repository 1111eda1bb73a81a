import type { Instant, Login } from "../domain/names.ts";
import type { Flow, Stack } from "../flow/flow.ts";
import { stackNameOf } from "../flow/stack-name.ts";
import { stacksIn } from "../flow/stacks.ts";
import { fill, hasWord } from "../flow/templates.ts";
import { type Setting, settingOf } from "../worlds/model/index.ts";
import { type Cast, castOf } from "./cast.ts";
import { firstAt, isShut, longestWait } from "./times.ts";

const tuesday = Date.UTC(2026, 0, 6, 10);

/** A Tuesday morning; where the flow has windows or freezes, the first moment since at which everything may be changed, if there is one that people would wait for. */
function openFrom({ environments }: Flow): Instant {
  const open = firstAt(environments, tuesday, (at) => !environments.some((one) => isShut(one, at)));
  return open === undefined || open - tuesday > longestWait ? tuesday : open;
}

export interface Stage {
  readonly setting: Setting;
  readonly cast: Cast;
  /** The names that stacks have in every environment. */
  readonly bases: readonly string[];
  readonly pullRequests: number;
}

export type Decide = NonNullable<Setting["decide"]>;

interface Staging {
  readonly stacks: 1 | 2;
  readonly decide?: Decide | undefined;
  /** When its stories begin; without it when everything may be changed. */
  readonly at?: Instant;
}

/** A small repository for the flow: one stack of each pattern, or two where a folder gives each. */
export function stageOf(flow: Flow, about: Staging): Stage {
  const cast = castOf(flow);
  const names = about.stacks === 1 ? ["app"] : ["app", "net"];
  const patterns = flow.stacks.slice(0, 2);
  const roots = patterns.flatMap((pattern) =>
    pattern.in.flatMap((environment) =>
      (hasWord(pattern.root, "stack") ? names : [""]).map(
        (stack) => `${fill(pattern.root, { environment, stack })}/main.tf`,
      ),
    ),
  );
  const stacks = (stacksIn(flow, new Set(roots)).value ?? []).filter(({ name }) => name !== undefined);
  const bases = [
    ...new Set(patterns.flatMap((pattern) => (hasWord(pattern.root, "stack") ? names : [stackNameOf(pattern) ?? ""]))),
  ];
  const at = about.at ?? openFrom(flow);
  const scene = { flow, people: cast.people, at, start: "applied", stacks, modules: {}, owners: {} } as const;
  const setting = settingOf(scene);
  return {
    setting: about.decide === undefined ? setting : { ...setting, decide: about.decide },
    cast,
    bases,
    pullRequests: 1,
  };
}

/** The same where somebody owns everything: whoever else has their part in the flow is told apart from them. */
export function ownedBy(stage: Stage, owner: Login): Stage {
  const roles = stage.cast.roles.flatMap((role) =>
    role.includes(owner) && role.length > 1 ? [role.filter((login) => login !== owner), [owner]] : [role],
  );
  return { ...stage, setting: { ...stage.setting, owners: { "*": [owner] } }, cast: { ...stage.cast, roles } };
}

/** One file of a stack in every environment: changing it changes the stack everywhere. */
export function pathsOf({ setting }: Pick<Stage, "setting">, base: string, file = "main.tf"): readonly string[] {
  const roots = setting.stacks.filter(({ name }) => name.endsWith(`/${base}`)).map(({ root }: Stack) => root);
  return [...new Set(roots)].map((root) => `${root}/${file}`);
}
