import type { Login, StackName } from "../../domain/names.ts";
import { stackBaseName } from "../../domain/names.ts";
import type { decide } from "../../engine/index.ts";
import type { Stack } from "../../flow/flow.ts";
import { instanceOf, placeOf, templateName } from "../../flow/instances.ts";
import { maintainersOf, teamsOf } from "../forge-rules.ts";
import { modulesUsedBy } from "../scene.ts";
import type { Scene } from "../world.ts";

/** What stays as it is. */
export interface Setting extends Scene {
  readonly teams: Readonly<Record<string, readonly Login[]>>;
  readonly maintainers: readonly Login[];
  /** Stacks that all share, and those that instances are made from. */
  readonly stackNamed: ReadonlyMap<StackName, Stack>;
  /** The folders of the modules that a stack uses, by its name in every environment. */
  readonly modulesOf: ReadonlyMap<string, readonly string[]>;
  /** Decides in the engine's place: how the proof is shown to see what a faulty engine does. */
  readonly decide?: typeof decide;
}

export function settingOf(scene: Scene): Setting {
  const stackNamed = new Map(scene.stacks.map((stack) => [stack.name, stack]));
  const names = new Set(scene.stacks.map(({ name }) => stackBaseName(name)));
  const modulesOf = new Map([...names].map((name) => [name, modulesUsedBy(scene.modules, name)]));
  return { ...scene, teams: teamsOf(scene), maintainers: maintainersOf(scene), stackNamed, modulesOf };
}

/** A stack by its name; that of an instance is made from its template. */
export function stackCalled(setting: Pick<Setting, "flow" | "stackNamed">, name: StackName): Stack | undefined {
  const place = placeOf(setting.flow, name);
  if (place === undefined || place.instance === null) return setting.stackNamed.get(name);
  const template = setting.stackNamed.get(templateName(setting.flow, name));
  return template === undefined ? undefined : instanceOf(template, Number(place.instance));
}

/** The stacks of an environment; of one per pull request those of this one's instance, and none without a pull request. */
export function stacksOf(setting: Setting, environment: string, pullRequest: number | null): readonly StackName[] {
  const perPullRequest = setting.flow.environments.find(({ name }) => name === environment)?.perPullRequest === true;
  const here = setting.stacks.filter((stack) => stack.environment === environment);
  if (!perPullRequest) return here.map(({ name }) => name);
  return pullRequest === null ? [] : here.map((stack) => instanceOf(stack, pullRequest).name);
}
