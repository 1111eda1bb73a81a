import { readFileSync } from "node:fs";
import { join } from "node:path";
import { openBundleFolder } from "../../adapters/bundles/index.ts";
import { ensureKeys, keyFiles } from "../../adapters/keys/index.ts";
import { type DeliveredOne, deliverOne, type Watcher } from "../../delivery/deliver.ts";
import type { Delivery, Roles } from "../../delivery/delivery.ts";
import type { Clock, Forge as ForgePort } from "../../delivery/ports.ts";
import type { Action } from "../../domain/decision.ts";
import { InternalError } from "../../domain/errors.ts";
import type { Event } from "../../domain/event.ts";
import type { StackName } from "../../domain/names.ts";
import { publicKeysFile, publicKeysText } from "../../domain/public-keys.ts";
import type { Flow } from "../../flow/flow.ts";
import { placeOf } from "../../flow/instances.ts";
import { openEmbedded } from "../../hosts/embedded/index.ts";
import { gatesOfRun, maintainersOf, refusesStart, teamsOf } from "../forge-rules.ts";
import { collect, type Happened, type News, nothingHappened } from "../happened.ts";
import { asTheFlowSays } from "../live-settings.ts";
import type { WorldStep } from "../step.ts";
import type { Scene, World } from "../world.ts";
import { applyBefore } from "./baseline.ts";
import { makeEnvironmentKeys } from "./environment-keys.ts";
import { type Fixture, makeFixture, objectsOf, withLocalStates } from "./fixture.ts";
import { type Forge, openForge } from "./forge/index.ts";
import { eventsOf } from "./forge-events.ts";
import { type GateWish, keepGates } from "./forge-gates.ts";
import { openForgePort } from "./forge-port.ts";
import { type JobsAbout, openJobs } from "./jobs.ts";
import { type Stage, takePeopleStep } from "./people-steps.ts";
import { type Faults, type Script, WorkerDied, withFaults } from "./script.ts";
import { goPast, openStates, type States } from "./states.ts";
import { administrator, bot, reopenIssues, repository, settleForge } from "./story-forge.ts";
import { tellingForge, tellingStore } from "./telling.ts";

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
  /** `jobs`: what is delivered goes through jobs with separate rights, as on a forge's runners. */
  readonly host?: "one-process" | "jobs" | OpenSettler;
}

/** Delivers events, and all that follows from them, in a way of its own. */
export type OpenSettler = (about: SettlerAbout) => Promise<{ settle(events: readonly Event[]): Promise<void> }>;

/** What delivering outside of this process takes. */
export interface SettlerAbout extends JobsAbout {
  readonly forge: Forge;
  /** Where the forge is kept. */
  readonly forgeDir: string;
  /** Where the store lies. */
  readonly home: string;
  readonly tell: (news: News) => void;
  /** A pull request was opened for something, by which stories name it. */
  readonly opened: (purpose: string, number: number) => void;
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
  const flow = withStoryTeams(withLocalStates(scene.flow, states), scene);
  return {
    flow,
    home: join(dir, "home"),
    forge: join(dir, "forge"),
    states,
    fixture: makeFixture({ ...scene, flow }),
    killed: "at-once",
  };
}

/** Opens a world in an empty folder and brings it to the story's start. */
export async function openRealWorld(about: RealWorldAbout): Promise<RealStage> {
  const ground = about.ground ?? storyGround(about);
  const { fixture } = ground;
  let now = about.scene.at;
  const clock: Clock = { now: () => now };
  const states = openStates(ground.states, ground.flow);
  const scene: Scene = { ...about.scene, flow: ground.flow };
  const forge = openForge({ dir: ground.forge, clock });
  const keys = join(ground.home, "keys");
  const first = await settleForge(forge, scene, {
    ...fixture.firstFiles,
    ...(typeof about.host === "function" ? await committedKeys(keys, ground.flow) : {}),
  });
  let happened: Happened = nothingHappened;
  let doing: Action | null = null;
  const tell = (news: News) => {
    if ("action" in news) doing = news.action;
    happened = collect(happened, news);
  };
  const numbers = new Map<string, number>();
  const port: ForgePort = {
    ...tellingForge(openForgePort({ forge, repository, flow: scene.flow, bot }), {
      tell,
      doing: () => doing,
      opened: (purpose, number) => void numbers.set(purpose, number),
      issues: () => forge.state.repositories.find(({ name }) => name === repository)?.issues.length ?? 0,
    }),
    teams: async () => teamsOf(scene),
    maintainers: async () => maintainersOf(scene),
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
  const script: Script = { plans: [], crashes: [], drifting: [] };
  const scripted = withScript(embedded.delivery, { script, states, killed: ground.killed });
  const delivery = { ...scripted, roles: ground.wrapRoles?.(scripted.roles) ?? scripted.roles };
  if (scene.start === "applied") {
    const stacks = await delivery.configuration.stacks(await delivery.repository.treeOf(first));
    for (const stack of stacks.values()) {
      // Instances come with pull requests, and there is none yet.
      const isShared = placeOf(scene.flow, stack.name) !== undefined;
      if (isShared) await applyBefore(delivery, stack, { fixture, states, commit: first });
    }
  }
  now += 1_000;
  happened = nothingHappened;
  const heard: Event[] = [];
  forge.listen((events) => {
    const own = events.filter(({ by }) => by !== bot && by !== administrator);
    const meant = own.flatMap((event) => eventsOf(forge, repository, event));
    // What a merge moves is told behind it.
    heard.push(...meant.toSorted((left, right) => Number(right.kind === "merge") - Number(left.kind === "merge")));
  });
  let values = 0;
  const stage: Stage = {
    scene,
    forge,
    port,
    repository,
    fixture,
    numbers,
    live: asTheFlowSays,
    nextValue: () => `value-${++values}`,
    waitsAt: async (gate) => (await gatesWanted(delivery)).some((wish) => wish.gate === gate),
  };
  const opened = (purpose: string, number: number) => void numbers.set(purpose, number);
  const openSettler = about.host === "jobs" ? openJobs : about.host;
  const jobs =
    typeof openSettler === "function"
      ? await openSettler({
          forge,
          forgeDir: ground.forge,
          home: ground.home,
          tell,
          opened,
          dir: join(about.dir, "jobs"),
          keys,
          common: {
            repository: forge.dirOf(repository),
            flow: scene.flow,
            flowFile: "plangate.yaml",
            store: embedded.store,
            forge: port,
            bundles: openBundleFolder(join(about.dir, "jobs", "bundles")),
            clock,
            env: about.env,
            progress: about.progress ?? (() => undefined),
            ...(ground.localStateBase === undefined ? {} : { localStateBase: ground.localStateBase }),
          },
          faults: (job) => withScript(job, { script, states, killed: ground.killed }).roles,
          wrapPlan: (plan) =>
            withScript(
              { ...embedded.delivery, roles: { ...embedded.delivery.roles, plan } },
              { script, states, killed: ground.killed },
            ).roles.plan,
          watcher: telling(tell),
        })
      : undefined;
  const deliverAll = (events: readonly Event[]) => jobs?.settle(events) ?? settle(delivery, events, tell);
  return {
    delivery,
    forge,
    states,
    perform: async (step) => {
      now += step.kind === "wait" ? Math.max(step.duration, 1_000) : 1_000;
      const events = await take(stage, { step, script, states, delivery, tell });
      await deliverAll([...events, ...heard.splice(0)]);
      await keepGates({ forge, repository, flow: scene.flow, bot }, await gatesWanted(delivery));
      await reopenIssues(forge);
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

/** What jobs hold their keys to, as a repository has it from its first commit on. */
async function committedKeys(dir: string, flow: Flow): Promise<Readonly<Record<string, string>>> {
  await ensureKeys(dir);
  const environments = await makeEnvironmentKeys(dir, flow);
  const read = (file: keyof typeof keyFiles) => readFileSync(join(dir, keyFiles[file]), "utf8");
  return { [publicKeysFile]: publicKeysText({ seal: read("recipient"), verify: read("trusted"), environments }) };
}

/** A story says who is in which team; the logins in the flow are those of its example. */
function withStoryTeams(flow: Flow, scene: Scene): Flow {
  const teams = Object.entries(teamsOf(scene)).map(([name, logins]) => [name, { logins, forgeTeam: null }] as const);
  return { ...flow, teams: Object.fromEntries(teams) };
}

function withScript(delivery: Delivery, faults: Omit<Faults, "objectsAt">): Delivery {
  const objectsAt: Faults["objectsAt"] = async ({ tree, stack }) => {
    const blobs = new Map((await delivery.repository.listTree(tree)).map(({ path, blob }) => [path, blob]));
    return objectsOf(stack, [...blobs.keys()], async (path) => {
      const blob = blobs.get(path);
      return blob === undefined ? "" : new TextDecoder().decode((await delivery.repository.readBlobs([blob]))[0]);
    });
  };
  return { ...delivery, roles: withFaults(delivery.roles, { ...faults, objectsAt }) };
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
      if (step.during === "apply") script.drifting.push(step.stack);
      else goPast(states, step);
      return [];
    case "schedule":
      return [{ kind: "schedule", cron: step.cron }];
    case "dispatch": {
      const why = refusesStart(stage.scene, step.by);
      return why === null
        ? [{ kind: "dispatch", job: step.name, ref: step.ref, by: step.by, inputs: step.inputs }]
        : blocked(why);
    }
    case "rerun": {
      const [last] = await delivery.store.runs({ limit: 1, ...(step.stack === null ? {} : { stack: step.stack }) });
      // What was applied before the story is no run of it.
      const run = last !== undefined && last.createdAt > stage.scene.at ? last : undefined;
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

function telling(tell: (news: News) => void): Pick<Watcher, "decided" | "performing"> {
  return {
    decided: ({ decision }) => tell({ reasons: decision.reasons }),
    performing: (action) => tell({ action }),
  };
}

/** Delivers events one after another until nothing follows; a worker that dies is found dead at once. */
async function settle(delivery: Delivery, events: readonly Event[], tell: (news: News) => void): Promise<void> {
  const watcher: Watcher = {
    ...telling(tell),
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

/** Gates stand where something waits that was asked for. */
async function gatesWanted({ flow, store }: Delivery): Promise<readonly GateWish[]> {
  const waiting = await store.runs({ states: ["waiting"] });
  return waiting.flatMap((run) => {
    const { due, stack } = run;
    const environment = placeOf(flow, stack)?.environment.name;
    if (due === null || environment === undefined) return [];
    return gatesOfRun(flow, run).map(({ name }) => ({ gate: name, environment, by: due.by }));
  });
}
