import type { PlanManifest, Shown, StoredPlan } from "../../domain/plan.ts";
import type { Due, Run, RunSource } from "../../domain/run.ts";
import { type Asked, modesOf } from "./asked.ts";
import { change, jobOf, kindOf, refOf } from "./ground.ts";
import type { Case } from "./relations.ts";
import { commits, digests, holder, otherStack, runs, type Times } from "./things.ts";
import { sourceOf } from "./usual.ts";

export function runOf(asked: Asked): Run {
  const { ground, about, times } = asked;
  return {
    id: runs.own,
    stack: ground.stack,
    source: sourceFacts(asked),
    mode: modesOf(asked).run,
    state: about.run,
    code: null,
    why: null,
    plan: about.plan === "none" ? null : digests.plan,
    due: dueOf(asked),
    revision: 1,
    createdAt: times.planned,
    updatedAt: times.later,
    holder,
  };
}

function dueOf({ ground, about, starter, times }: Asked): Due | null {
  const kind = kindOf(ground, about.asked);
  if (kind === null) return null;
  const { ref } = refOf(ground, about.ref);
  const due: Due = {
    kind,
    at: times.later,
    by: starter,
    ref,
    commit: commits.delivered,
    job: jobOf(ground, about.asked),
  };
  return about.asked === "from a terminal, past the gate" ? { ...due, breakGlass: "the house is on fire" } : due;
}

function sourceFacts({ ground, about, starter }: Asked): RunSource {
  const commit = commits.delivered;
  const { ref } = refOf(ground, about.ref);
  const word = about.source === "what the row plans" ? sourceOf(ground) : about.source;
  switch (word) {
    case "a pull request":
      return { kind: "pull-request", pullRequest: change, head: commits.head, base: commits.applied };
    case "a merge":
      return { kind: "merge", pullRequest: change, branch: ground.change.base, commit };
    case "a push":
      return { kind: "push", branch: ref, commit, by: starter };
    case "a dispatch":
      return { kind: "dispatch", by: starter, ref, commit };
    case "a dispatch of somebody who says yes": {
      const by = about.people.find(({ says }) => says === "yes")?.login ?? starter;
      return { kind: "dispatch", by, ref, commit };
    }
    case "a schedule":
      return { kind: "schedule", cron: ground.row.cron ?? "0 0 29 2 *", ref, commit };
  }
}

export function planOf(asked: Asked): StoredPlan | null {
  const { ground, about, times } = asked;
  if (about.plan === "none") return null;
  const counts = { ...asked.manifest.counts, destroy: about.deletes === "nothing" ? 0 : 1 };
  const manifest: PlanManifest = {
    ...asked.manifest,
    mode: modesOf(asked).plan,
    stack: about.plan === "another stack's" ? otherStack(ground.stack) : ground.stack,
    createdAt: about.age === "too old" ? ground.now - ground.flow.apply.maxAge - 1 : times.planned,
    counts,
  };
  return {
    digest: about.plan === "another run's" ? digests.otherPlan : digests.plan,
    manifest,
    speculative: about.plan === "for looking at only" ? "dirty-checkout" : null,
    shown: shownOf(about, times),
    carriedFrom: about.shown === "as the plan that it carries on" ? digests.carriedPlan : null,
  };
}

function shownOf({ shown }: Case, times: Times): readonly Shown[] {
  const digest = digests.plan;
  switch (shown) {
    case "before anybody spoke":
      return [{ digest, at: times.shown, until: null }];
    case "never":
      return [];
    case "until just before anybody spoke":
      return [{ digest, at: times.shown, until: times.spoken - 1 }];
    case "as the plan that it carries on":
      return [
        { digest, at: times.last, until: null },
        { digest: digests.carriedPlan, at: times.shown, until: times.last },
      ];
    case "after everybody spoke":
      return [{ digest, at: times.last, until: null }];
  }
}
