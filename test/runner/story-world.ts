/**
 * The third world of stories: the look-alike GitHub over HTTP, the compiled workflows, a runner that executes them. What
 * people do is done on the look-alike's forge, and plangate hears of it as it does on GitHub.
 */
import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { buildCommandLine } from "../../scripts/build.ts";
import { root } from "../../scripts/parts.ts";
import { keysCommand } from "../../src/apps/ci/make-keys.ts";
import { version } from "../../src/apps/cli/version.ts";
import { sweep } from "../../src/compile/names.ts";
import { fileNameOf, files as workflowFiles } from "../../src/compile/workflows/naming.ts";
import type { Login } from "../../src/domain/names.ts";
import { publicKeysFile } from "../../src/domain/public-keys.ts";
import type { Flow, renderPreset } from "../../src/flow/index.ts";
import { refusesStart } from "../../src/worlds/forge-rules.ts";
import { type GitHub, openGitHub } from "../../src/worlds/github/index.ts";
import { collect, type Happened, nothingHappened } from "../../src/worlds/happened.ts";
import { asTheFlowSays } from "../../src/worlds/live-settings.ts";
import { makeFixture } from "../../src/worlds/real/fixture.ts";
import { openForgePort } from "../../src/worlds/real/forge-port.ts";
import { type Stage, takePeopleStep } from "../../src/worlds/real/people-steps.ts";
import { goPast, openStates } from "../../src/worlds/real/states.ts";
import { administrator, bot, reopenIssues, repository, settleForge } from "../../src/worlds/real/story-forge.ts";
import type { StepOf, WorldStep } from "../../src/worlds/step.ts";
import type { Scene, World } from "../../src/worlds/world.ts";
import { openAuditor } from "../github/auditor.ts";
import { checkExchange } from "../github/described.ts";
import { linterPrograms } from "../linters/stand-ins.ts";
import { putLinters } from "./go-program.ts";
import { openRunner, type RanRun, type Runner } from "./index.ts";
import type { StoryProcessAbout, ToldByJob } from "./story-process.ts";
import {
  appRights,
  flowIn,
  placeKeys,
  repositoryFiles,
  settleRecord,
  textOfFlow,
  writeAppKeys,
} from "./story-repository.ts";
import { setTime } from "./story-time.ts";

/** A story's world, and what ran in it. */
export interface StoryWorld extends World {
  readonly perform: (step: WorldStep) => Promise<void>;
  readonly runs: readonly RanRun[];
  close(): Promise<void>;
}

export interface StoryWorldAbout {
  /** Empty. */
  readonly dir: string;
  /** Of a preset: a repository has its flow as a file, which is written from that. */
  readonly scene: Scene;
  readonly preset: Parameters<typeof renderPreset>[0];
}

/** Opens a world in an empty folder and brings it to the story's start. */
export async function openStoryWorld(about: StoryWorldAbout): Promise<StoryWorld> {
  const { dir } = about;
  const [states, nowFile, toldFile] = [join(dir, "states"), join(dir, "now"), join(dir, "told.jsonl")];
  const flowText = textOfFlow(about, states);
  const flow = flowIn(flowText);
  const scene: Scene = { ...about.scene, flow };
  const clock = { now: () => Number(readFileSync(nowFile, "utf8")) };
  setTime(nowFile, scene.at);
  const fixture = makeFixture(scene);
  const github = await openGitHub({ dir: join(dir, "forge"), clock, check: checkExchange, appPermissions: appRights });
  const { forge } = github;
  const keys = join(dir, "keys");
  await keysCommand(
    keys,
    flow.environments.map(({ name }) => name),
  );
  if (flow.identity === "app") writeAppKeys(github, keys);
  const first = await settleForge(forge, scene, {
    ...fixture.firstFiles,
    [publicKeysFile]: readFileSync(join(keys, basename(publicKeysFile)), "utf8"),
    ...repositoryFiles(flow, flowText, fixture.firstFiles),
  });
  await (await openAuditor({ github }, flow, administrator)).fix();
  // A story deletes its branches itself.
  await forge.act("settings", { by: administrator, repository, deleteBranchOnMerge: false });
  const secrets = placeKeys(github, flow, keys);
  if (scene.start === "applied") await settleRecord({ github, scene, dir, keys, states, first, clock });
  setTime(nowFile, clock.now() + 1_000);
  const drifting = join(dir, "drifting");
  const programs = await storyPrograms(dir, { now: nowFile, told: toldFile, states, flow: flowText, drifting });
  const runner = openRunner({ github, repository, dir: join(dir, "jobs"), programs, secrets });

  let happened: Happened = nothingHappened;
  const numbers = new Map<string, number>();
  let told = 0;
  const hear = () => {
    const lines = existsSync(toldFile) ? readFileSync(toldFile, "utf8").split("\n").filter(Boolean) : [];
    for (const line of lines.slice(told)) {
      const one = JSON.parse(line) as ToldByJob;
      if ("news" in one) happened = collect(happened, one.news);
      else numbers.set(one.opened.purpose, one.opened.number);
    }
    told = lines.length;
  };
  let values = 0;
  const stage: Stage = {
    scene,
    forge,
    port: openForgePort({ forge, repository, flow, bot }),
    repository,
    fixture,
    numbers,
    live: asTheFlowSays,
    nextValue: () => `value-${++values}`,
    waitsAt: async (gate) => waitingAt(github).includes(gate),
    async fastForward(by, number) {
      const said = await forge.act("comment", { by, repository, number, body: "/plangate merge" });
      return said.ok ? null : said.blocked.message;
    },
  };
  const outside = (step: StepOf<"outside">) => {
    if (step.during === "apply") appendFileSync(drifting, `${step.stack}\n`);
    else goPast(openStates(states, flow), step);
  };
  return {
    runs: runner.runs,
    async perform(step) {
      setTime(nowFile, clock.now() + (step.kind === "wait" ? Math.max(step.duration, 1_000) : 1_000));
      const blocked = await take({ stage, github, runner, outside }, step);
      if (blocked !== null) happened = collect(happened, { outcome: { kind: "blocked", why: blocked } });
      await runner.settled();
      hear();
      await reopenIssues(forge);
      await runner.settled();
    },
    happened: () => {
      const since = happened;
      happened = nothingHappened;
      return since;
    },
    async close() {
      try {
        await runner.close();
      } finally {
        await github.close();
      }
    },
  };
}

/** What jobs find first on their PATH: the commands that deliver tell what they do, the others are the published ones. */
async function storyPrograms(dir: string, about: StoryProcessAbout): Promise<string> {
  const [programs, dist] = [join(dir, "programs"), join(dir, "dist")];
  await buildCommandLine(root, dist, { "story-process": "test/runner/story-process.ts" });
  const file = join(dir, "about.json");
  mkdirSync(programs);
  writeFileSync(file, JSON.stringify(about));
  const npx = `#!/bin/sh
set -eu
if [ "\${1-}" != --yes ] || [ "\${2-}" != "plangate@${version()}" ]; then
  echo "npx: 404 Not Found: $*" >&2
  exit 1
fi
shift 2
case "$1 \${2-}" in
  "ci check") exec '${node}' '${dist}/main.mjs' "$@" ;;
  "ci "*) exec '${node}' '${dist}/story-process.mjs' '${file}' "$@" ;;
  *) exec '${node}' '${dist}/main.mjs' "$@" ;;
esac
`;
  writeFileSync(join(programs, "npx"), npx, { mode: 0o755 });
  putLinters(programs, linterPrograms(join(dir, "linters")));
  return programs;
}

const node = process.execPath;

function waitingAt({ forge }: GitHub): readonly string[] {
  const deployments = forge.state.repositories.find(({ name }) => name === repository)?.deployments ?? [];
  return deployments.filter(({ state }) => state === "waiting").map(({ environment }) => environment);
}

interface Taking {
  readonly stage: Stage;
  readonly github: GitHub;
  readonly runner: Runner;
  readonly outside: (step: StepOf<"outside">) => void;
}

/** Does a step; gives why it was refused, or null. */
async function take({ stage, github, runner, outside }: Taking, step: WorldStep): Promise<string | null> {
  switch (step.kind) {
    case "wait":
      await runner.schedule(sweep);
      return null;
    case "schedule":
      await runner.schedule(step.cron);
      return null;
    case "dispatch":
      return refusesStart(stage.scene, step.by) ?? dispatch(github, stage.scene.flow, step);
    case "outside":
      outside(step);
      return null;
    case "rerun":
      return refusesStart(stage.scene, step.by) ?? rerun(github, runner, step);
    case "replan":
    case "crash":
      throw new Error(`no step ${step.kind} is played here`);
    default:
      return takePeopleStep(stage, step);
  }
}

/** Starts a job in the workflow that has it, as people do on its page. */
async function dispatch(github: GitHub, flow: Flow, step: StepOf<"dispatch">): Promise<string | null> {
  const row = flow.when.find(({ on, job }) => on === "dispatch" && job === step.name);
  const file = row?.workflow == null ? workflowFiles.trusted : fileNameOf(row.workflow);
  const inputs = { ...step.inputs, job: step.name, ref: step.ref };
  return post(github, step.by, {
    path: `workflows/${file.split("/").at(-1)}/dispatches`,
    body: { ref: "main", inputs },
  });
}

/**
 * Runs again what GitHub has a button for: of the last workflow run that applied, or planned where none did, those jobs that
 * failed, else all. With a stack, of one that did so in its environment.
 */
async function rerun(github: GitHub, { runs }: Runner, { by, stack }: StepOf<"rerun">): Promise<string | null> {
  const environment = stack?.split("/")[0] ?? "";
  const found = ["apply", "plan"]
    .map((kind) => runs.findLast(({ jobs }) => jobs.some((job) => isOf(job, `${kind}-${environment}`))))
    .find((run) => run !== undefined);
  if (found === undefined) return "nothing ran yet";
  const again = found.conclusion === "failure" ? "rerun-failed-jobs" : "rerun";
  return post(github, by, { path: `runs/${found.id}/${again}`, body: {} });
}

function isOf({ id, conclusion }: RanRun["jobs"][number], kind: string): boolean {
  return id.startsWith(kind) && conclusion !== "skipped";
}

/** Does something under Actions as somebody; gives why it was refused, or null. */
async function post(
  github: GitHub,
  by: Login,
  { path, body }: { readonly path: string; readonly body: object },
): Promise<string | null> {
  const token = await github.tokenFor({ person: by });
  const answer = await fetch(`${github.url}/repos/${repository}/actions/${path}`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}` },
    body: JSON.stringify(body),
  });
  return answer.ok ? null : await answer.text();
}
