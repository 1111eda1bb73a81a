import { join } from "node:path";
import { type DeliveredOne, deliverOne, type Watcher } from "../../delivery/deliver.ts";
import type { Delivery, Roles } from "../../delivery/delivery.ts";
import type { Change, Clock, Forge as ForgePort, Store } from "../../delivery/ports.ts";
import type { Action } from "../../domain/decision.ts";
import { InternalError } from "../../domain/errors.ts";
import type { Event } from "../../domain/event.ts";
import { environmentOf, type Login, type StackName } from "../../domain/names.ts";
import type { Flow } from "../../flow/flow.ts";
import { type Embedded, openEmbedded } from "../../hosts/embedded/index.ts";
import { maintainersOf, refusesStart, teamsOf } from "../forge-rules.ts";
import { collect, type Happened, type News, nothingHappened } from "../happened.ts";
import type { StepOf, WorldStep } from "../step.ts";
import type { Scene, World } from "../world.ts";
import { applyBefore } from "./baseline.ts";
import { type Fixture, makeFixture, withLocalStates } from "./fixture.ts";
import { type Forge, openForge } from "./forge/index.ts";
import { eventsOf } from "./forge-events.ts";
import { keepGates } from "./forge-gates.ts";
import { openForgePort } from "./forge-port.ts";
import { type Stage, takePeopleStep } from "./people-steps.ts";
import { type Faults, type Script, WorkerDied, withFaults } from "./script.ts";
import { openStates, type States } from "./states.ts";

/** A story's world on real Git, the real tool and the real store, in a folder of its own. */
export interface RealStage extends World {
  readonly perform: (step: WorldStep) => Promise<void>;
  readonly delivery: Delivery;
  readonly forge: Forge;
  readonly states: States;
  close(): Promise<void>;
}

export interface RealWorldAbout {
  readonly dir: string;
  readonly scene: Scene;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly progress?: (line: string) => void;
  /** Where things lie and what they are made of, when not as stories have them. */
  readonly ground?: Ground;
}

/** What a world stands on. */
export interface Ground {
  /** The flow as it is in force; stories fill its teams and put states into the world's folder. */
  readonly flow: Flow;
  readonly home: string;
  readonly forge: string;
  readonly states: string;
  readonly fixture: Fixture;
  /** Where relative paths of local states lie. */
  readonly localStateBase?: (root: string) => string;
  /** A worker that dies in an apply dies at once, or when the first of its changes is written. */
  readonly killed: "at-once" | "half-way";
  /** Puts somebody hostile in the place of a role. */
  readonly wrapRoles?: (roles: Roles) => Roles;
}

/** What stories are played on: configuration of our own, everything under one folder. */
function storyGround({ dir, scene }: Pick<RealWorldAbout, "dir" | "scene">): Ground {
  const states = join(dir, "states");
  return {
    flow: withStoryTeams(withLocalStates(scene.flow, states), scene),
    home: join(dir, "home"),
    forge: join(dir, "forge"),
    states,
    fixture: makeFixture(scene.stacks),
    killed: "at-once",
  };
}

const repository = "acme/infra";
const bot = "plangate[bot]" as Login;
const administrator = "root-admin" as Login;

/** Opens a world in an empty folder and brings it to the story's start. */
export async function openRealWorld(about: RealWorldAbout): Promise<RealStage> {
  const ground = about.ground ?? storyGround(about);
  const { fixture } = ground;
  let now = about.scene.at;
  const clock: Clock = { now: () => now };
  const states = openStates(ground.states);
  const scene: Scene = { ...about.scene, flow: ground.flow };
  const forge = openForge({ dir: ground.forge, clock });
  await settleForge(forge, scene);
  const first = await firstCommit(forge, fixture.firstFiles);
  const port: ForgePort = {
    ...openForgePort({ forge, repository, flow: scene.flow, bot }),
    teams: async () => teamsOf(scene),
    maintainers: async () => maintainersOf(scene),
  };
  let happened: Happened = nothingHappened;
  const tell = (news: News) => {
    happened = collect(happened, news);
  };
  const embedded = await openEmbedded({
    repository: forge.dirOf(repository),
    home: ground.home,
    flow: scene.flow,
    forge: port,
    ...(ground.localStateBase === undefined ? {} : { localStateBase: ground.localStateBase }),
    clock,
    env: about.env,
    progress: about.progress ?? (() => undefined),
    wrapStore: (store) => tellingStore(store, tell),
  });
  const script: Script = { plans: [], crashes: [] };
  const scripted = withScript(embedded, { script, states, killed: ground.killed });
  const delivery = { ...scripted, roles: ground.wrapRoles?.(scripted.roles) ?? scripted.roles };
  if (scene.start === "applied") {
    const stacks = await delivery.configuration.stacks(await delivery.repository.treeOf(first));
    for (const stack of stacks.values()) await applyBefore(delivery, states, stack, first);
  }
  now += 1_000;
  happened = nothingHappened;
  const heard: Event[] = [];
  forge.listen((events) => {
    for (const event of events)
      if (event.by !== bot && event.by !== administrator) heard.push(...eventsOf(forge, repository, event));
  });
  let values = 0;
  const stage: Stage = {
    scene,
    forge,
    port,
    repository,
    fixture,
    numbers: new Map(),
    nextValue: () => `value-${++values}`,
    waitsAt: async (environment) =>
      (await waitingRuns(delivery)).some((run) => environmentOf(run.stack) === environment),
  };
  const deliverAll = (events: readonly Event[]) => settle(delivery, events, tell);
  return {
    delivery,
    forge,
    states,
    perform: async (step) => {
      now += step.kind === "wait" ? Math.max(step.duration, 1_000) : 1_000;
      const events = await take(stage, { step, script, states, delivery, tell });
      await deliverAll([...events, ...heard.splice(0)]);
      await tidyForge(stage, delivery);
      heard.length = 0;
    },
    happened: () => {
      const told = happened;
      happened = nothingHappened;
      return told;
    },
    close: async () => {
      await forge.save();
      forge.close();
      await embedded.close();
    },
  };
}

/** A story says who is in which team; the logins in the flow are those of its example. */
function withStoryTeams(flow: Flow, scene: Scene): Flow {
  const teams = Object.entries(teamsOf(scene)).map(([name, logins]) => [name, { logins, forgeTeam: null }] as const);
  return { ...flow, teams: Object.fromEntries(teams) };
}

async function settleForge(forge: Forge, scene: Scene): Promise<void> {
  const everybody = [...scene.people.keys()];
  for (const login of [...everybody, administrator]) forge.addUser({ login, emails: [`${login}@acme.example`] });
  forge.addUser({ login: bot, bot: true });
  must(await forge.createRepository(administrator, { name: repository }));
  for (const login of [...everybody, bot])
    must(await forge.act("role", { by: administrator, repository, login, role: "write" }));
  for (const { name, approvals } of scene.flow.environments) {
    if (approvals === null) continue;
    const named = [...approvals.by.logins, ...approvals.by.teams.flatMap((team) => teamsOf(scene)[team] ?? [])];
    must(await forge.act("environment", { by: administrator, repository, name, reviewers: named.slice(0, 6) }));
  }
  // Stories name issues by small numbers; on the forge pull requests count on behind them.
  for (let number = 1; number <= 20; number++)
    must(await forge.act("issue", { by: administrator, repository, title: `Issue ${number}` }));
}

async function firstCommit(forge: Forge, files: Readonly<Record<string, string>>) {
  const after = await forge.commit({ repository, parent: null, files, message: "First", author: administrator });
  must(await forge.act("push", { by: administrator, repository, ref: "refs/heads/main", after, force: true }));
  return after;
}

function must<T>(outcome: { ok: true; value: T } | { ok: false; blocked: { message: string } }): T {
  if (!outcome.ok) throw new InternalError(`setting a story up was refused: ${outcome.blocked.message}`);
  return outcome.value;
}

function withScript(embedded: Embedded, faults: Omit<Faults, "valuesAt">): Delivery {
  const { delivery } = embedded;
  const valuesAt: Faults["valuesAt"] = async (order) => {
    const entries = await delivery.repository.listTree(order.tree);
    const textOf = async (path: string | undefined) => {
      const entry = entries.find((candidate) => candidate.path === path);
      return entry === undefined
        ? ""
        : new TextDecoder().decode((await delivery.repository.readBlobs([entry.blob]))[0]);
    };
    const main = await textOf(`${order.stack.root}/main.tf`);
    const vars = await textOf(order.stack.varFiles.at(-1));
    return { value: /value = "(.*)"/.exec(main)?.[1] ?? "", size: /size = "(.*)"/.exec(vars)?.[1] ?? "none" };
  };
  return { ...delivery, roles: withFaults(delivery.roles, { ...faults, valuesAt }) };
}

/** What came of runs is read off what is written about them: that is what counts. */
function tellingStore(store: Store, tell: (news: News) => void): Store {
  const outcomes = { planned: "planned", applied: "applied", verified: "verified", superseded: "replaced" } as const;
  const write = async (change: Change) => {
    const written = await store.write(change);
    if (!written.ok) return written;
    for (const { state, stack } of change.updateRuns ?? []) {
      if (Object.hasOwn(outcomes, state)) tell({ outcome: { kind: outcomes[state as keyof typeof outcomes], stack } });
    }
    for (const { kind, body } of change.ledger) {
      if (kind === "approval-carried") tell({ outcome: { kind: "planned", stack: body.stack as StackName } });
      if (kind === "checked") tell({ outcome: { kind: "checked", passed: body.passed === true } });
    }
    return written;
  };
  return { ...store, write };
}

async function take(
  stage: Stage,
  about: { step: WorldStep; script: Script; states: States; delivery: Delivery; tell: (news: News) => void },
): Promise<readonly Event[]> {
  const { step, script, states, delivery, tell } = about;
  const blocked = (why: string): readonly Event[] => {
    tell({ outcome: { kind: "blocked", why } });
    return [];
  };
  switch (step.kind) {
    case "wait":
      return [{ kind: "tick" }];
    case "replan":
      script.plans.push(step);
      return [];
    case "crash":
      script.crashes.push(step);
      return [];
    case "outside":
      goPast(states, step);
      return [];
    case "dispatch": {
      const why = refusesStart(stage.scene, step.by);
      return why === null
        ? [{ kind: "dispatch", job: step.name, ref: step.ref, by: step.by, inputs: step.inputs }]
        : blocked(why);
    }
    case "rerun": {
      const [run] = await delivery.store.runs({ limit: 1, ...(step.stack === null ? {} : { stack: step.stack }) });
      const why = refusesStart(stage.scene, step.by) ?? (run === undefined ? "nothing ran yet" : null);
      return run === undefined || why !== null
        ? blocked(why ?? "nothing ran yet")
        : [{ kind: "rerun", run: run.id, by: step.by }];
    }
    default: {
      const why = await takePeopleStep(stage, step);
      return why === null ? [] : blocked(why);
    }
  }
}

function goPast(states: States, { stack, change }: StepOf<"outside">): void {
  if (change === "state") states.touch(stack);
  else if (change === "lineage") states.replace(stack);
  else states.drift(stack);
}

/** Delivers events one after another until nothing follows; a worker that dies is found dead at once. */
async function settle(delivery: Delivery, events: readonly Event[], tell: (news: News) => void): Promise<void> {
  const watcher: Watcher = {
    decided: ({ decision }) => tell({ reasons: decision.reasons }),
    performing: (action) => tell({ action }),
    failed: async (error, action) => {
      if (!(error instanceof WorkerDied)) throw error;
      const [run] = await delivery.store.runs({
        stack: stackOf(action),
        limit: 1,
        states: ["planning", "applying", "verifying"],
      });
      if (run === undefined) throw new InternalError("a worker died that worked on nothing");
      return [{ kind: "run-lost", run: run.id }];
    },
  };
  for (const event of events) {
    const queue: Event[] = [event];
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const delivered: DeliveredOne = await deliverOne(delivery, next, watcher);
      queue.push(...delivered.events);
    }
  }
}

function stackOf(action: Action): StackName {
  if (!("stack" in action) || action.stack === null) throw new InternalError(`${action.kind} is about no stack`);
  return action.stack;
}

async function waitingRuns(delivery: Delivery) {
  return (await delivery.store.runs({ states: ["waiting"] })).filter((run) => run.due !== null);
}

/** Gates stand where something waits; issues stay open, since stories link the same ones again and again. */
async function tidyForge(stage: Stage, delivery: Delivery): Promise<void> {
  const { forge, scene } = stage;
  const waiting = await waitingRuns(delivery);
  const wishes = waiting.map((run) => ({ environment: environmentOf(run.stack), by: run.due?.by ?? bot }));
  const gated = wishes.filter(({ environment }) =>
    scene.flow.environments.some(({ name, approvals }) => name === environment && approvals !== null),
  );
  await keepGates({ forge, repository, flow: scene.flow, bot }, gated);
  const issues = forge.state.repositories.find(({ name }) => name === repository)?.issues ?? [];
  for (const { number, state } of issues) {
    if (state === "closed")
      must(await forge.act("edit-issue", { by: administrator, repository, number, state: "open" }));
  }
}
