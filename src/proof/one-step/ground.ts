import type { Instant, StackName } from "../../domain/names.ts";
import type { PlanMode } from "../../domain/plan.ts";
import type { Due } from "../../domain/run.ts";
import { whyClosed } from "../../engine/windows.ts";
import type { BranchClass, Environment, Flow, Gate, Transition } from "../../flow/flow.ts";
import { branchClassOf } from "../../flow/match.ts";
import { fill } from "../../flow/templates.ts";
import { stacksOf } from "../../worlds/model/setting.ts";
import { branchOf, longLived } from "../branch-names.ts";
import type { Stage } from "../scene.ts";
import type { Word } from "./relations.ts";

/** The pull request that everything is about, and the one of an instance. */
export const change = 12;

/** A ref that may be delivered, and what `appliesFrom` calls it; null where the flow knows no such ref. */
export interface NamedRef {
  readonly ref: string;
  readonly name: string | null;
}

/** What a row of the flow does to an environment, by one kind of ref: what the cases of one step are cases of. */
export interface Ground {
  readonly text: string;
  readonly stage: Stage;
  readonly flow: Flow;
  readonly environment: Environment;
  readonly row: Transition;
  readonly mode: Exclude<PlanMode, "refresh-only">;
  readonly stack: StackName;
  /** A moment at which the environment may be changed. */
  readonly now: Instant;
  readonly delivered: NamedRef;
  /** A branch that the environment is not applied from. */
  readonly elsewhere: NamedRef | null;
  readonly stray: NamedRef;
  /** The protected class that what is delivered had to get past; null where nobody looks at it first. */
  readonly past: BranchClass | null;
  /** Where the pull request goes from and to. */
  readonly change: { readonly headBranch: string; readonly base: string };
  /** Every gate that the row's apply has to pass. */
  readonly gates: readonly Gate[];
  readonly otherJob: string;
  readonly otherGate: string;
  /** The first of its row: what people can say is the same for each kind of ref. */
  readonly isFirst: boolean;
}

/** Every row that applies or destroys, with each kind of ref that it delivers: a branch that anybody may push to, a protected one, a release. */
export function groundsOf(stage: Stage): readonly Ground[] {
  const { flow } = stage.setting;
  return flow.when.flatMap((row) => {
    const environment = flow.environments.find(({ name }) => name === row.environment);
    if (environment === undefined) return [];
    const [stack] = stacksOf(stage.setting, environment.name, change);
    if (stack === undefined) return [];
    return modesOf(row).flatMap((mode) =>
      refsOf(flow, row, environment).map((delivered, index) => ({
        ...groundOf({ stage, row, environment, stack }, mode, delivered),
        isFirst: index === 0,
      })),
    );
  });
}

function modesOf(row: Transition): readonly Ground["mode"][] {
  const applies = row.do.includes("apply") || (row.on === "schedule" && row.drift === "apply");
  return [...(applies ? (["normal"] as const) : []), ...(row.do.includes("destroy") ? (["destroy"] as const) : [])];
}

/** One ref of each kind; the names that the flow calls them by. */
function refsOf(flow: Flow, row: Transition, environment: Environment): readonly NamedRef[] {
  const own = row.on === "merge" ? row.into : row.on === "push" ? row.to : row.ref;
  const names =
    row.on === "pull_request" ? acceptedFrom(flow, row, environment) : own === null ? environment.appliesFrom : [own];
  const kinds = new Map<string, NamedRef>();
  for (const name of names) {
    const branch = flow.branches.find((candidate) => candidate.name === name);
    const ref = branch === undefined ? tagOf(flow, name) : branchOf(flow, branch);
    const kind = branch === undefined ? "tag" : branch.protected ? "protected" : "free";
    if (ref !== undefined && !kinds.has(kind)) kinds.set(kind, { ref, name });
  }
  const found = [...kinds.values()];
  return row.on === "schedule" || row.on === "pull_request" ? found.slice(0, 1) : found;
}

function acceptedFrom(flow: Flow, row: Transition, { appliesFrom }: Environment): readonly string[] {
  const into = flow.branches.find(({ name }) => name === row.into);
  return into === undefined ? appliesFrom : appliesFrom.filter((name) => into.accepts.includes(name));
}

function tagOf(flow: Flow, name: string): string | undefined {
  const release = flow.releases.find(({ id }) => id === name);
  return release === undefined ? undefined : `tag:${fill(release.tag, { version: "9.0.0", module: "net" })}`;
}

interface Place {
  readonly stage: Stage;
  readonly row: Transition;
  readonly environment: Environment;
  readonly stack: StackName;
}

function groundOf(place: Place, mode: Ground["mode"], delivered: NamedRef): Omit<Ground, "isFirst"> {
  const { stage, row, environment, stack } = place;
  const { flow, at } = stage.setting;
  const past = classBehind(flow, delivered);
  const gates = [
    ...(environment.approvals === null ? [] : [environment.approvals]),
    ...flow.gates.filter(({ name }) => name === row.gate),
  ];
  const by = row.job === null ? `on ${row.on}` : `by "${row.job}"`;
  const jobs = flow.when.flatMap(({ job }) => (job === null || job === row.job ? [] : [job]));
  const others = [...flow.gates, ...flow.environments.flatMap(({ approvals }) => approvals ?? [])];
  return {
    text: `${environment.name} ${mode === "destroy" ? "destroyed" : "applied"} ${by} of ${delivered.ref}`,
    stage,
    flow,
    environment,
    row,
    mode,
    stack,
    now: whyClosed(environment, at)?.until ?? at,
    delivered,
    elsewhere: elsewhereOf(flow, environment),
    stray: { ref: strayIn(flow), name: null },
    past: past?.protected === true ? past : null,
    change: changeOf(flow, row, { delivered, past }),
    gates,
    otherJob: jobs[0] ?? "a job that there is not",
    otherGate: others.find(({ name }) => !gates.some((gate) => gate.name === name))?.name ?? "a gate that there is not",
  };
}

function classBehind(flow: Flow, { name }: NamedRef): BranchClass | undefined {
  const from = flow.releases.find(({ id }) => id === name)?.from ?? name;
  return flow.branches.find((branch) => branch.name === from);
}

function elsewhereOf(flow: Flow, { appliesFrom }: Environment): NamedRef | null {
  const others = flow.branches.filter(({ name }) => !appliesFrom.includes(name));
  const [first] = [...others.filter((branch) => !branch.protected), ...others];
  const ref = first === undefined ? undefined : branchOf(flow, first);
  return first === undefined || ref === undefined ? null : { ref, name: first.name };
}

function strayIn(flow: Flow): string {
  const candidates = ["stray", "stray/1", "stray/branch/of/none"];
  return candidates.find((ref) => branchClassOf(flow, ref) === undefined) ?? "";
}

/** The pull request that brought it to the protected branch; for an open one, the branch that is tried. */
function changeOf(
  flow: Flow,
  row: Transition,
  { delivered, past }: { readonly delivered: NamedRef; readonly past: BranchClass | undefined },
): Ground["change"] {
  const into = flow.branches.find(({ name }) => name === row.into);
  const to = past?.protected === true && row.on !== "pull_request" ? past : into;
  const base = (to === undefined ? undefined : branchOf(flow, to)) ?? longLived(flow)[0]?.branch ?? "main";
  const heads = flow.branches.filter(({ name }) => to?.accepts.includes(name) === true);
  const [head] = [...heads.filter((branch) => !branch.protected), ...heads];
  const cut = head === undefined ? undefined : branchOf(flow, head);
  return { headBranch: past?.protected === true ? (cut ?? "work") : delivered.ref, base };
}

const kinds: Readonly<Record<Exclude<Word<"asked">, "by the row's trigger" | "by nobody">, Due["kind"]>> = {
  "by a merge": "merge",
  "by a push": "push",
  "by a pull request": "pull-request",
  "by a release": "release",
  "by a schedule": "schedule",
  "by another job": "dispatch",
  "from a terminal": "local",
  "from a terminal, past the gate": "local",
};

/** What kind of wish a word about who asked is, seen from the row; null when nobody asked. */
export function kindOf({ row }: Ground, asked: Word<"asked">): Due["kind"] | null {
  if (asked === "by nobody") return null;
  if (asked !== "by the row's trigger") return kinds[asked];
  return row.on === "pull_request" ? "pull-request" : row.on;
}

/** The job that is asked for; null for what no job asks for. */
export function jobOf({ row, otherJob }: Ground, asked: Word<"asked">): string | null {
  return asked === "by another job" ? otherJob : asked === "by the row's trigger" ? row.job : null;
}

/** The ref that a word means, seen from the row. */
export function refOf({ delivered, elsewhere, stray }: Ground, word: Word<"ref">): NamedRef {
  if (word === "of another class") return elsewhere ?? stray;
  return word === "of no class" ? stray : delivered;
}

/** Whether something of an open pull request is tried, and not yet delivered anywhere. */
export function isTried(ground: Ground): boolean {
  return kindOf(ground, "by the row's trigger") === "pull-request";
}
