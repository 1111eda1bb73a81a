/**
 * The third world of stories: the look-alike GitHub over HTTP, the compiled workflows, a runner that executes them. What
 * people do is done on the look-alike's forge, and plangate hears of it as it does on GitHub.
 */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { root } from "../../scripts/parts.ts";
import { keysCommand } from "../../src/apps/ci/make-keys.ts";
import { version } from "../../src/apps/cli/version.ts";
import { sweepCrons } from "../../src/compile/names.ts";
import { publicKeysFile } from "../../src/domain/public-keys.ts";
import type { renderPreset } from "../../src/flow/index.ts";
import { type GitHub, openGitHub } from "../../src/worlds/github/index.ts";
import { collect, type Happened, type News, nothingHappened } from "../../src/worlds/happened.ts";
import { asTheFlowSays } from "../../src/worlds/live-settings.ts";
import { makeFixture } from "../../src/worlds/real/fixture.ts";
import { openForgePort } from "../../src/worlds/real/forge-port.ts";
import type { Stage } from "../../src/worlds/real/people-steps.ts";
import { openStates } from "../../src/worlds/real/states.ts";
import { administrator, bot, reopenIssues, repository, settleForge } from "../../src/worlds/real/story-forge.ts";
import type { WorldStep } from "../../src/worlds/step.ts";
import type { Scene, World } from "../../src/worlds/world.ts";
import { bundledCommandLine, bundledProgram } from "../bundled.ts";
import { openAuditor } from "../github/auditor.ts";
import { checkExchange } from "../github/described.ts";
import { linterPrograms } from "../linters/stand-ins.ts";
import { putLinters } from "./go-program.ts";
import { openRunner, type RanRun } from "./index.ts";
import { openStoryFaults } from "./story-faults.ts";
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
import { isAskedOnChange, takeStep } from "./story-steps.ts";
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
  /** The flow's file where it is not the preset's. */
  readonly text?: string;
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
  const faults = await openStoryFaults({
    dir,
    states: openStates(states, flow),
    lose: (machine) => runner.lose(machine),
  });
  const { url, inStore } = faults;
  const programs = await storyPrograms(dir, { now: nowFile, told: toldFile, faults: url, inStore });
  const runner = openRunner({ github, repository, dir: join(dir, "jobs"), programs, secrets });

  let happened: Happened = nothingHappened;
  const numbers = new Map<string, number>();
  let told = 0;
  const hear = (counts: (news: News) => boolean = () => true) => {
    const lines = existsSync(toldFile) ? readFileSync(toldFile, "utf8").split("\n").filter(Boolean) : [];
    for (const line of lines.slice(told)) {
      const one = JSON.parse(line) as ToldByJob;
      if ("opened" in one) numbers.set(one.opened.purpose, one.opened.number);
      else if (counts(one.news)) happened = collect(happened, one.news);
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
  const swept = async () => {
    await runner.schedule(sweepCrons["15m"]);
    await runner.settled();
  };
  return {
    runs: runner.runs,
    async perform(step) {
      setTime(nowFile, clock.now() + (step.kind === "wait" ? Math.max(step.duration, 1_000) : 1_000));
      // Whose answer does not count ends what waited for one. The sweep asks for it anew, and tells once more that it waits.
      if (
        step.kind === "gate" &&
        !isAskedOnChange(github, step.environment) &&
        !(await stage.waitsAt(step.environment))
      ) {
        await swept();
        hear((news) => !("action" in news) || news.action.kind !== "wait");
      }
      const blocked = await takeStep({ stage, github, runner, faults }, step);
      if (blocked !== null) happened = collect(happened, { outcome: { kind: "blocked", why: blocked } });
      await runner.settled();
      const isTurnedDown = step.kind === "gate" && step.state === "reject";
      const isOfCommit = step.kind === "comment" && step.branch !== null;
      let isUnheard = isTurnedDown || isOfCommit;
      // GitHub tells nobody of any.
      while (faults.lostOne() || isUnheard) {
        isUnheard = false;
        await swept();
      }
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
        await faults.close();
        await github.close();
      }
    },
  };
}

/** What jobs find first on their PATH: the commands that deliver tell what they do, the others are the published ones. */
async function storyPrograms(
  dir: string,
  told: Omit<StoryProcessAbout, "terraform" | "beforeTerraform">,
): Promise<string> {
  const programs = join(dir, "programs");
  const [published, telling] = [await bundledCommandLine(), await bundledProgram("test/runner/story-process.ts")];
  const file = join(dir, "about.json");
  mkdirSync(programs);
  const terraform = execFileSync("which", ["terraform"], { encoding: "utf8" }).trim();
  const about: StoryProcessAbout = {
    ...told,
    terraform,
    beforeTerraform: join(root, "test/runner/story-terraform.ts"),
  };
  writeFileSync(file, JSON.stringify(about));
  const npx = `#!/bin/sh
set -eu
if [ "\${1-}" != --yes ] || [ "\${2-}" != "plangate@${version()}" ]; then
  echo "npx: 404 Not Found: $*" >&2
  exit 1
fi
shift 2
case "$1 \${2-}" in
  "ci check") exec '${node}' '${published}' "$@" ;;
  "ci "*) exec '${node}' '${telling}' '${file}' "$@" ;;
  *) exec '${node}' '${published}' "$@" ;;
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
