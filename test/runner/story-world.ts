/**
 * The third world of stories: the look-alike GitHub over HTTP, the compiled workflows, a runner that executes them. What
 * people do is done on the look-alike's forge, and plangate hears of it as it does on GitHub.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { parseDocument } from "yaml";
import { buildCommandLine } from "../../scripts/build.ts";
import { root } from "../../scripts/parts.ts";
import { openBundleFolder } from "../../src/adapters/bundles/index.ts";
import { openRemoteBranch } from "../../src/adapters/git/index.ts";
import { applyKeys, presentKeys, secretKey } from "../../src/adapters/keys/index.ts";
import { openRecordBranch } from "../../src/adapters/record-branch/index.ts";
import { placeJobKeys } from "../../src/apps/ci/job-keys.ts";
import { keysCommand } from "../../src/apps/ci/make-keys.ts";
import { version } from "../../src/apps/cli/version.ts";
import { compile } from "../../src/compile/index.ts";
import { recordBranch, sweep } from "../../src/compile/names.ts";
import { keysOf, settingsOf } from "../../src/compile/settings/index.ts";
import { fileNameOf, files as workflowFiles } from "../../src/compile/workflows/naming.ts";
import { changesOf } from "../../src/compile/written/index.ts";
import type { CommitSha, Login } from "../../src/domain/names.ts";
import { publicKeysFile } from "../../src/domain/public-keys.ts";
import type { Holder } from "../../src/domain/run.ts";
import { type Flow, parseFlow, renderPreset, stacksIn } from "../../src/flow/index.ts";
import { placeOf } from "../../src/flow/instances.ts";
import { openDecidingHost } from "../../src/hosts/actions/index.ts";
import { refusesStart, teamsOf } from "../../src/worlds/forge-rules.ts";
import { type GitHub, openGitHub } from "../../src/worlds/github/index.ts";
import { collect, type Happened, nothingHappened } from "../../src/worlds/happened.ts";
import { asTheFlowSays } from "../../src/worlds/live-settings.ts";
import { applyBefore } from "../../src/worlds/real/baseline.ts";
import { makeFixture, withLocalStates } from "../../src/worlds/real/fixture.ts";
import { openForgePort } from "../../src/worlds/real/forge-port.ts";
import { type Stage, takePeopleStep } from "../../src/worlds/real/people-steps.ts";
import { openStates } from "../../src/worlds/real/states.ts";
import { administrator, bot, reopenIssues, repository, settleForge } from "../../src/worlds/real/story-forge.ts";
import type { StepOf, WorldStep } from "../../src/worlds/step.ts";
import type { Scene, World } from "../../src/worlds/world.ts";
import { openAuditor } from "../github/auditor.ts";
import { checkExchange } from "../github/described.ts";
import { linterPrograms } from "../linters/stand-ins.ts";
import { putLinters } from "./go-program.ts";
import { openRunner, type RanRun } from "./index.ts";
import type { StoryProcessAbout, ToldByJob } from "./story-process.ts";
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
  const github = await openGitHub({ dir: join(dir, "forge"), clock, check: checkExchange });
  const { forge } = github;
  const keys = join(dir, "keys");
  await keysCommand(keys);
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
  const programs = await storyPrograms(dir, { now: nowFile, told: toldFile });
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
  };
  return {
    runs: runner.runs,
    async perform(step) {
      setTime(nowFile, clock.now() + (step.kind === "wait" ? Math.max(step.duration, 1_000) : 1_000));
      const blocked = await take({ stage, github, schedule: runner.schedule }, step);
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

/** The preset as a file, with the story's people, and states below a folder. */
function textOfFlow({ preset, scene }: StoryWorldAbout, states: string): string {
  const document = parseDocument(renderPreset(preset));
  for (const [team, logins] of Object.entries(teamsOf(scene))) document.setIn(["teams", team], logins);
  for (const [index, { backend }] of withLocalStates(scene.flow, states).stacks.entries())
    document.setIn(["stacks", index, "backend"], backend);
  return document.toString();
}

function flowIn(text: string): Flow {
  const { value, diagnostics } = parseFlow(text, { file: flowFile });
  if (value === undefined) throw new Error(JSON.stringify(diagnostics));
  return value;
}

const flowFile = "plangate.yaml";

/** The flow, and everything that it compiles to. */
function repositoryFiles(
  flow: Flow,
  text: string,
  first: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const stacks = stacksIn(flow, Object.keys(first), flowFile).value ?? [];
  const about = { stacks, flowFile, version: version(), defaultBranch: "main" };
  const there = new Map(Object.entries(first).filter(([path]) => path.startsWith(".github/")));
  const { changes, diagnostics } = changesOf(compile(flow, about).files, { ...about, there, force: false });
  if (diagnostics.length > 0) throw new Error(JSON.stringify(diagnostics));
  return { [flowFile]: text, ...Object.fromEntries(changes.map(({ path, after }) => [path, after ?? ""])) };
}

/** Puts each key where it belongs. Gives what only jobs get to see. */
function placeKeys(github: GitHub, flow: Flow, folder: string) {
  const environments: Record<string, Record<string, string>> = {};
  const { settings } = settingsOf(flow, { flowFile, defaultBranch: "main" });
  const kept = github.kept(repository);
  const at = { createdAt: 0, updatedAt: 0 };
  const textOf = (name: string) => readFileSync(join(folder, name), "utf8").trim();
  const wanted = keysOf(flow, settings);
  for (const name of wanted.variables) kept.variables.set(name, { name, value: textOf(name), ...at });
  for (const { name: environment, secrets } of wanted.environments) {
    for (const name of secrets) kept.environments.get(environment.toLowerCase())?.secrets.set(name, at);
    environments[environment] = Object.fromEntries(secrets.map((name) => [name, textOf(name)]));
  }
  return { repository: {}, environments };
}

interface Settling {
  readonly github: GitHub;
  readonly scene: Scene;
  readonly dir: string;
  readonly keys: string;
  readonly states: string;
  readonly first: CommitSha;
  readonly clock: { now(): number };
}

/** Everything that is there was applied before, as the record has it. */
async function settleRecord({ github, scene, dir, keys, states, first, clock }: Settling): Promise<void> {
  const { flow } = scene;
  const [home, url] = [join(dir, "home"), `${github.url}/${repository}.git`];
  mkdirSync(home);
  const env = Object.fromEntries(readdirSync(keys).map((name) => [name, readFileSync(join(keys, name), "utf8")]));
  const placed = placeJobKeys("present", env, home);
  const token = await github.tokenFor({ job: { contents: "write" }, repository });
  const authorization = async () => `Basic ${Buffer.from(`x-access-token:${token}`).toString("base64")}`;
  const author = { name: "plangate", email: "plangate@users.noreply.github.com" };
  const place = { dir: join(home, "record"), url, branch: recordBranch, env: process.env, authorization, author };
  const branch = await openRemoteBranch(place);
  const { signatures } = await applyKeys(placed.dir);
  const { signer } = await presentKeys(placed.dir);
  const key = await secretKey(placed.dir);
  const store = await openRecordBranch({ branch, clock, artifact: "none", signatures, signer, key });
  const host = await openDecidingHost({
    repository: github.forge.dirOf(repository),
    home,
    flow,
    flowFile,
    keys: placed.dir,
    store,
    forge: openForgePort({ forge: github.forge, repository, flow, bot }),
    bundles: openBundleFolder(join(home, "bundles")),
    clock,
    holder: { host: "before", pid: 1, startedAt: "1" } satisfies Holder,
    env: process.env,
    progress: () => undefined,
    handedOver: [],
    seen: new Map(),
  });
  try {
    const { delivery } = host;
    const stacks = await delivery.configuration.stacks(await delivery.repository.treeOf(first));
    const fixture = makeFixture(scene);
    for (const stack of stacks.values()) {
      // Instances come with pull requests, and there is none yet.
      if (placeOf(flow, stack.name) !== undefined)
        await applyBefore(delivery, stack, { fixture, states: openStates(states, flow), commit: first });
    }
  } finally {
    host.close();
    await store.close();
    branch.close();
    placed.remove();
  }
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
  readonly schedule: (cron: string) => Promise<void>;
}

/** Does a step; gives why it was refused, or null. */
async function take({ stage, github, schedule }: Taking, step: WorldStep): Promise<string | null> {
  switch (step.kind) {
    case "wait":
      await schedule(sweep);
      return null;
    case "schedule":
      await schedule(step.cron);
      return null;
    case "dispatch":
      return refusesStart(stage.scene, step.by) ?? dispatch(github, stage.scene.flow, step);
    case "rerun":
    case "outside":
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
  const token = await github.tokenFor({ person: step.by satisfies Login });
  const answer = await fetch(
    `${github.url}/repos/${repository}/actions/workflows/${file.split("/").at(-1)}/dispatches`,
    {
      method: "POST",
      headers: { authorization: `Bearer ${token}` },
      body: JSON.stringify({ ref: "main", inputs }),
    },
  );
  return answer.ok ? null : await answer.text();
}
