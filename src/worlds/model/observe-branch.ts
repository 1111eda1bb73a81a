import type { Event } from "../../domain/event.ts";
import type { BackMergeFacts, Facts } from "../../domain/facts.ts";
import type { StackName } from "../../domain/names.ts";
import type { RunSource } from "../../domain/run.ts";
import { rowsOfPush } from "../../engine/index.ts";
import { placeOf } from "../../flow/instances.ts";
import { branchClassOf } from "../../flow/match.ts";
import { isFastForwarded } from "../../flow/merges.ts";
import { ofProject } from "../../flow/releases.ts";
import { branchOfClass, leftOrigin } from "./branches.ts";
import { contentAt } from "./content.ts";
import { type Commit, differingPaths, isAncestor, mergeTrees } from "./git.ts";
import { inputsOf } from "./inputs.ts";
import { moduleFacts } from "./modules.ts";
import { factsOf } from "./pull-requests.ts";
import { pushedBetween } from "./pushes.ts";
import { type Setting, stacksOf } from "./setting.ts";
import { stackFacts } from "./stack-facts.ts";
import { commitOf, type ModelWorld, type PullRequest } from "./world.ts";

type Found = Omit<Facts, "now">;

/** What a push brought, the stacks that it alters where the flow has rows for it, and what follows for other branches. */
export function pushFacts(setting: Setting, world: ModelWorld, event: Event & { kind: "push" }): Found {
  const { branch, commit, by } = event;
  if (commit === null) return { stacks: [], push: null, held: heldBy(world, branch) };
  const after = commitOf(world, commit);
  const before = event.before === null ? null : commitOf(world, event.before);
  const since = before ?? leftOrigin(setting.flow, world, branch, after) ?? null;
  const pushed = pushedBetween(world, { branch, before: since, after });
  const open = world.pullRequests.filter(({ state, headKey }) => state === "open" && headKey === branch);
  const [first] = open;
  return {
    stacks: pushedStacks(setting, world, event, since),
    push: {
      ...pushed,
      writers: [...new Set([...pushed.writers, by])],
      openPullRequests: open.map(({ number }) => number),
    },
    backMerges: backMergesOf(setting, world, branch),
    ...(first === undefined ? {} : { pullRequest: factsOf(setting, world, first) }),
  };
}

function pushedStacks(
  setting: Setting,
  world: ModelWorld,
  { branch, by }: Event & { kind: "push" },
  since: Commit | null,
): Facts["stacks"] {
  const head = world.branches[branch];
  if (head === undefined) return [];
  const isProtected = branchClassOf(setting.flow, branch)?.protected === true;
  const from = isProtected ? since : (leftOrigin(setting.flow, world, branch, head) ?? null);
  const rows = rowsOfPush(setting.flow, branch);
  const source: RunSource = { kind: "push", branch, commit: head.sha, by };
  const content = contentAt(world, head.sha);
  const names = rows.flatMap(({ environment }) => (environment === null ? [] : stacksOf(setting, environment, null)));
  return [...new Set(names)]
    .filter((name) => isAltered(setting, name, from, head))
    .map((stack) => {
      const environment = placeOf(setting.flow, stack)?.environment.name;
      const applies = rows.some((row) => row.environment === environment && row.do.includes("apply"));
      const run = world.runs.findLast(
        (known) => known.stack === stack && known.source.kind === "push" && known.source.branch === branch,
      );
      const about = { stack, content, run: run ?? null, source, ref: branch };
      return stackFacts(setting, world, applies ? about : { ...about, affected: true });
    });
}

function isAltered(setting: Setting, stack: StackName, from: Commit | null, to: Commit): boolean {
  return inputsOf(setting, to.tree, stack) !== (from === null ? null : inputsOf(setting, from.tree, stack));
}

/** Whether a branch alters a stack, against where it left the branch that it is cut from. */
export function altersStack(setting: Setting, world: ModelWorld, branch: string, stack: StackName): boolean {
  const head = world.branches[branch];
  if (head === undefined) return false;
  return isAltered(setting, stack, leftOrigin(setting.flow, world, branch, head) ?? null, head);
}

/** What follows from a merge besides applies: holds that end, branches that lack it, modules to release. */
export function afterMerge(
  setting: Setting,
  world: ModelWorld,
  { branch, commit }: Event & { kind: "merge" },
  change: PullRequest,
): Pick<Facts, "held" | "backMerges" | "modules"> {
  const name = branchClassOf(setting.flow, branch)?.name;
  const classes = setting.flow.releases.filter(
    (release) => !ofProject(release) && release.on === "merge" && release.from === name,
  );
  return {
    held: change.fork ? [] : heldBy(world, change.headBranch),
    backMerges: backMergesOf(setting, world, branch),
    modules: moduleFacts(setting, world, commitOf(world, commit), classes),
  };
}

function heldBy(world: ModelWorld, branch: string): NonNullable<Facts["held"]> {
  const holds = Object.values(world.holds).filter((hold) => hold.branch === branch);
  return holds.sort((left, right) => (left.stack < right.stack ? -1 : 1));
}

export function backMergesOf({ flow }: Setting, world: ModelWorld, from: string): readonly BackMergeFacts[] {
  return (branchClassOf(flow, from)?.backMerge ?? []).flatMap((name) => {
    const into = branchOfClass(flow, name);
    const [ours, theirs] = [world.branches[into ?? ""], world.branches[from]];
    if (into === undefined || ours === undefined || theirs === undefined) return [];
    const merged = mergeTrees(ours, theirs);
    const open = world.pullRequests.find(
      ({ state, headKey, base }) => state === "open" && headKey === from && base === into,
    );
    const lacks = merged === null || differingPaths(ours.tree, merged).length > 0;
    const needed = lacks || (isFastForwarded(flow, into, from) && !isAncestor(theirs, ours));
    return [{ from, into, needed, open: open?.number ?? null }];
  });
}
