/**
 * What a story has in store for jobs on the look-alike GitHub: machines that are lost, plans that come out otherwise, states
 * that somebody changes by hand.
 */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { join, posix } from "node:path";
import { text } from "node:stream/consumers";
import type { StackName } from "../../src/domain/names.ts";
import { type FixtureObject, objectsOf } from "../../src/worlds/real/fixture.ts";
import { type Script, takeNext, upsetPlan } from "../../src/worlds/real/script.ts";
import { goPast, type States } from "../../src/worlds/real/states.ts";
import type { StepOf } from "../../src/worlds/step.ts";
import type { TerraformTold } from "./story-terraform.ts";

export interface StoryFaults {
  /** Where jobs tell what Terraform is about to do. */
  readonly url: string;
  /** There from the first fault on: before it, Terraform runs and tells nobody. */
  readonly inStore: string;
  add(step: StepOf<"crash" | "replan" | "outside">): void;
  /** Whether a machine was lost since this was last asked. */
  lostOne(): boolean;
  close(): Promise<void>;
}

export interface FaultsAbout {
  readonly dir: string;
  readonly states: States;
  /** Takes a machine away with all that runs on it. */
  readonly lose: (machine: string) => void;
}

export async function openStoryFaults({ dir, states, lose }: FaultsAbout): Promise<StoryFaults> {
  const script: Script = { plans: [], crashes: [], drifting: [] };
  const inStore = join(dir, "in-store");
  const running = new Map<string, () => void>();
  let lost = false;
  const before = async (told: TerraformTold): Promise<boolean> => {
    const isIts = (stack: StackName) => states.fileOf(stack) === told.state;
    const during = told.args[0] === "apply" ? "apply" : told.job === "plan" ? "plan" : "verify";
    const crash = takeNext(script.crashes, (step) => isIts(step.stack) && step.during === during);
    if (crash !== undefined) {
      lose(told.machine);
      lost = true;
      // Part of it may be done, which the next plan has to take into account.
      if (during === "apply") states.leaveHalf(crash.stack);
      return false;
    }
    const drifting = during === "verify" ? takeNext(script.drifting, isIts) : undefined;
    if (drifting !== undefined) states.drift(drifting);
    const stack = script.plans.find((step) => isIts(step.stack))?.stack;
    if (during !== "plan" || stack === undefined) return true;
    const objects = () => objectsIn(told);
    running.set(told.cwd, await upsetPlan({ script, states }, { stack, mode: modeOf(told), objects }));
    return true;
  };
  const after = (told: TerraformTold): boolean => {
    running.get(told.cwd)?.();
    running.delete(told.cwd);
    return true;
  };
  const server = createServer((request, response) => {
    void readTold(request).then(async (told) => {
      const goesOn = request.url === "/before" ? await before(told) : after(told);
      response.writeHead(goesOn ? 200 : 410).end();
    });
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    inStore,
    add(step) {
      if (step.kind === "outside" && step.during === undefined) return goPast(states, step);
      if (step.kind === "outside") script.drifting.push(step.stack);
      else if (step.kind === "crash") script.crashes.push(step);
      else script.plans.push(step);
      writeFileSync(inStore, "");
    },
    lostOne() {
      const was = lost;
      lost = false;
      return was;
    },
    async close() {
      await new Promise<void>((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      });
    },
  };
}

async function readTold(request: IncomingMessage): Promise<TerraformTold> {
  return JSON.parse(await text(request)) as TerraformTold;
}

function modeOf({ args }: TerraformTold) {
  if (args.includes("-refresh-only")) return "refresh-only";
  return args.includes("-destroy") ? "destroy" : "normal";
}

/** The objects that what is planned would leave, read off its checkout. */
function objectsIn({ args, cwd }: TerraformTold): Promise<readonly FixtureObject[]> {
  const top = /^.*?-plan-\w+\/checkout(?=\/|$)/.exec(cwd)?.[0];
  if (top === undefined) throw new Error(`${cwd} is no checkout of a plan`);
  const files = args.flatMap((arg) => /^-var-file=(.*)$/.exec(arg)?.[1] ?? []);
  const paths = readdirSync(top, { recursive: true, encoding: "utf8" });
  const stack = { root: posix.relative(top, cwd), varFiles: files.map((file) => posix.relative(top, file)) };
  return objectsOf(stack, paths, async (path) => readFileSync(join(top, path), "utf8"));
}
