import type { Forge as ForgePort } from "../../delivery/ports.ts";
import type { PullRequestFacts } from "../../domain/facts.ts";
import type { CommitSha, Login } from "../../domain/names.ts";
import {
  mergeMethodFor,
  type Refusal,
  refusesChange,
  refusesDelete,
  refusesGate,
  refusesMerge,
  refusesOpen,
  refusesPush,
  refusesReview,
  refusesStart,
} from "../forge-rules.ts";
import { changeSettings, type LiveSettings } from "../live-settings.ts";
import type { StepOf, WorldStep } from "../step.ts";
import type { Scene } from "../world.ts";
import type { Fixture } from "./fixture.ts";
import { type ActName, type ActRequest, type Forge, mergeBases } from "./forge/index.ts";
import { administrator, reviewersAt } from "./story-forge.ts";

/** What people's steps need of the world. */
export interface Stage {
  readonly scene: Scene;
  readonly forge: Forge;
  readonly port: ForgePort;
  readonly repository: string;
  readonly fixture: Fixture;
  /** Pull requests by the name that the story gave them. */
  readonly numbers: Map<string, number>;
  /** What the forge enforces. */
  live: LiveSettings;
  /** Something else each time. */
  readonly nextValue: () => string;
  /** Something waits for people at the gate: one of the flow's, or an environment. */
  readonly waitsAt: (gate: string) => Promise<boolean>;
  /** How people merge by fast-forward where the forge has no button for it; left out: by one all the same. */
  readonly fastForward?: (by: Login, pullRequest: number) => Promise<Refusal>;
}

export type PeopleStep = Exclude<
  WorldStep,
  { kind: "rerun" | "wait" | "outside" | "replan" | "crash" | "dispatch" | "schedule" }
>;

/** Does on the look-alike forge what a person does; gives why it was refused, or null. */
export async function takePeopleStep(stage: Stage, step: PeopleStep): Promise<Refusal> {
  switch (step.kind) {
    case "push":
      return push(stage, step);
    case "open":
      return open(stage, step);
    case "gate":
      return gate(stage, step);
    case "release":
      return release(stage, step);
    case "delete-branch":
      return (
        refusesDelete(stage.scene.flow, step) ??
        act(stage, "push", step.by, { ref: `refs/heads/${step.branch}`, after: null })
      );
    case "comment":
      return comment(stage, step);
    case "settings":
      return settings(stage, step);
    default:
      return onPullRequest(stage, step);
  }
}

/** Rules of branches are asked in `forge-rules.ts`; who may answer at a gate is kept by the forge itself as well. */
async function settings(stage: Stage, step: StepOf<"settings">): Promise<Refusal> {
  stage.live = changeSettings(stage.live, step);
  if (step.environment === null || step.set.reviewers === undefined) return null;
  const reviewers = reviewersAt(stage.scene, step.environment, step.set.reviewers);
  return act(stage, "environment", administrator, { name: step.environment, reviewers });
}

/** Nobody but an administrator moves the tag of a release. */
async function release(stage: Stage, { by, tag, ref, force }: StepOf<"release">): Promise<Refusal> {
  const after = await stage.forge.look(stage.repository, async ({ refs, repository }) =>
    force === true && repository.releases.some((made) => made.tag === tag) ? refs.get(`refs/heads/${ref}`) : undefined,
  );
  if (after === undefined) return refusesStart(stage.scene, by) ?? act(stage, "release", by, { tag, target: ref });
  return act(stage, "push", administrator, { ref: `refs/tags/${tag}`, after, rewrite: true, force: true });
}

async function act<Name extends ActName>(
  stage: Stage,
  name: Name,
  by: Login,
  { repository = stage.repository, ...request }: ActRequest<Name> & { readonly repository?: string },
): Promise<Refusal> {
  const outcome = await stage.forge.act(name, { ...(request as unknown as ActRequest<Name>), by, repository });
  return outcome.ok ? null : outcome.blocked.message;
}

async function push(stage: Stage, step: StepOf<"push">): Promise<Refusal> {
  const refused = refusesPush(stage.scene.flow, step, stage.live);
  if (refused !== null) return refused;
  const repository = step.fork === null ? stage.repository : `${step.fork}/infra`;
  if (step.fork !== null) await stage.forge.act("fork", { by: step.fork, repository: stage.repository });
  const parent = await parentOf(stage, step, repository);
  if (parent === undefined) return `there is no branch ${step.from ?? step.branch}`;
  const written = step.changes.map(({ path, text }): [string, string] => {
    return [path, text ?? stage.fixture.contentFor(path, stage.nextValue())];
  });
  const files = Object.fromEntries([...(await removed(stage, step, { repository, parent })), ...written]);
  const message = step.message ?? `Change ${Object.keys(files).join(", ")}`;
  const after = await stage.forge.commit({
    repository,
    parent,
    files,
    message,
    author: step.by,
    coAuthors: step.coAuthors,
  });
  return act(stage, "push", step.by, {
    ref: `refs/heads/${step.branch}`,
    after,
    rewrite: step.rewrite,
    force: step.force,
    repository,
  });
}

/** Where the push starts: `from`; the branch itself; or, when its own commits are thrown away, where it left the default branch. */
async function parentOf(stage: Stage, step: StepOf<"push">, repository: string): Promise<CommitSha | undefined> {
  return stage.forge.look(repository, async ({ refs, network, repository: { defaultBranch } }) => {
    const [own, trunk] = [step.branch, defaultBranch].map((branch) => refs.get(`refs/heads/${branch}`));
    if (step.from !== null) return refs.get(`refs/heads/${step.from}`);
    if (!step.rewrite || own === undefined || trunk === undefined) return own;
    return (await mergeBases(network, trunk, own))[0];
  });
}

/** Files that go, and those below folders that go. */
async function removed(
  stage: Stage,
  { remove }: StepOf<"push">,
  { repository, parent }: { readonly repository: string; readonly parent: CommitSha },
): Promise<readonly [string, null][]> {
  if (remove.length === 0) return [];
  const paths = await stage.forge.look(repository, ({ network }) => network.paths(parent));
  return paths.flatMap((path): [string, null][] =>
    remove.some((gone) => path === gone || path.startsWith(`${gone}/`)) ? [[path, null]] : [],
  );
}

async function comment(stage: Stage, { by, pr, branch, body }: StepOf<"comment">): Promise<Refusal> {
  if (branch === null) {
    const number = stage.numbers.get(pr ?? "");
    return number === undefined ? neverOpened : act(stage, "comment", by, { number, body });
  }
  const commit = await stage.forge.look(stage.repository, async ({ refs }) => refs.get(`refs/heads/${branch}`));
  return commit === undefined ? `there is no branch ${branch}` : act(stage, "comment", by, { commit, body });
}

const neverOpened = "the pull request was never opened";

async function open(stage: Stage, step: StepOf<"open">): Promise<Refusal> {
  const repository = step.fork === null ? undefined : `${step.fork}/infra`;
  const request = {
    title: step.title,
    body: step.body,
    head: step.head,
    base: step.base,
    draft: step.draft,
    labels: step.labels,
    ...(repository === undefined ? {} : { headRepository: repository }),
    ...(step.issue === null ? {} : { issues: [step.issue] }),
  };
  const outcome = await stage.forge.act("open", { ...request, by: step.by, repository: stage.repository });
  if (!outcome.ok) return outcome.blocked.message;
  stage.numbers.set(step.as, outcome.value.number);
  return refusesOpen({ alreadyOpen: false, isBehind: false });
}

async function gate(stage: Stage, step: StepOf<"gate">): Promise<Refusal> {
  const refused = refusesGate(stage.scene, step, {
    waits: await stage.waitsAt(step.environment),
    live: stage.live,
  });
  return (
    refused ??
    act(stage, "gate", step.by, {
      environment: step.environment,
      says: step.state === "approve" ? "approved" : "rejected",
    })
  );
}

async function onPullRequest(
  stage: Stage,
  step: Exclude<PeopleStep, { kind: "push" | "open" | "gate" | "release" | "delete-branch" | "comment" | "settings" }>,
): Promise<Refusal> {
  const number = stage.numbers.get(step.pr);
  const change = number === undefined ? undefined : await stage.port.pullRequest(number);
  if (number === undefined || change === undefined) return neverOpened;
  switch (step.kind) {
    case "review":
      return refusesReview(stage.scene, step, change) ?? review(stage, step, number);
    case "merge": {
      const method = mergeMethodFor(stage.scene.flow, step, change);
      const refused = refusesMerge(stage.scene, step, { change, conflicts: false, live: stage.live });
      if (refused !== null) return refused;
      if (method === "fast-forward" && !step.force && stage.fastForward !== undefined)
        return stage.fastForward(step.by, number);
      return act(stage, "merge", step.by, { number, method, force: true });
    }
    case "edit":
      return (
        refusesChange(stage.scene, step, change) ??
        act(stage, "edit", step.by, {
          number,
          ...(step.title === null ? {} : { title: step.title }),
          ...(step.body === null ? {} : { body: step.body }),
          ...(step.base === null ? {} : { base: step.base }),
        })
      );
    case "label":
      return refusesChange(stage.scene, step, change) ?? label(stage, step, { number, change });
    case "ready":
      return refusesChange(stage.scene, step, change) ?? act(stage, "draft", step.by, { number, draft: false });
    default:
      return refusesChange(stage.scene, step, change) ?? act(stage, step.kind, step.by, { number });
  }
}

/** A label that is there already is set by somebody else only when it is taken away before. */
async function label(
  stage: Stage,
  { by, add, remove }: StepOf<"label">,
  { number, change }: { readonly number: number; readonly change: PullRequestFacts },
): Promise<Refusal> {
  const again = change.labels.map(({ name }) => name).filter((name) => add.includes(name));
  await act(stage, "label", by, { number, remove: again });
  return act(stage, "label", by, { number, add, remove });
}

const says = { approve: "APPROVE", "request-changes": "REQUEST_CHANGES", comment: "COMMENT" } as const;

async function review(stage: Stage, step: StepOf<"review">, number: number): Promise<Refusal> {
  if (step.state !== "dismiss")
    return act(stage, "review", step.by, { number, says: says[step.state], body: step.state });
  const found = stage.forge.state.repositories
    .find(({ name }) => name === stage.repository)
    ?.reviews.findLast(
      (one) =>
        one.pullRequest === number && one.by === step.of && one.state !== "COMMENTED" && one.state !== "DISMISSED",
    );
  return found === undefined
    ? `${step.of} has no review to dismiss`
    : act(stage, "dismiss", step.by, { number, review: found.id });
}
