import type { Event } from "../../../domain/event.ts";
import type { StackName } from "../../../domain/names.ts";
import { type Flow, placeOf } from "../../../flow/index.ts";
import type { Concerned } from "./concerned.ts";
import { factsShape, stackShape } from "./facts-schema.ts";

/** A file of facts to be filled in: those that a decision about the event may read, each unknown. */
export function factsTemplate(flow: Flow, about: readonly { readonly event: Event; readonly concerned: Concerned }[]) {
  const whole = new Set(about.flatMap(({ concerned }) => concerned.whole));
  const stacks = new Map<StackName | null, Set<keyof typeof stackShape>>();
  for (const { concerned } of about) {
    for (const stack of concerned.stacks ?? [null]) {
      const facts =
        stack === null ? (Object.keys(stackShape) as (keyof typeof stackShape)[]) : concerned.factsOf(stack);
      stacks.set(stack, new Set([...(stacks.get(stack) ?? []), ...facts]));
    }
  }
  return {
    now: null,
    ...Object.fromEntries([...whole].map((fact) => [fact, factsShape[fact].template])),
    stacks: [...stacks].map(([stack, facts]) => ({
      stack,
      ...identityOf(flow, stack),
      commit: null,
      ...Object.fromEntries([...facts].map((fact) => [fact, stackShape[fact].template])),
    })),
    otherStacks: null,
  };
}

function identityOf(flow: Flow, stack: StackName | null) {
  const place = stack === null ? undefined : placeOf(flow, stack);
  return {
    environment: place?.environment.name ?? null,
    instance: place === undefined ? null : (place.instance ?? "none"),
  };
}
