/**
 * One command of a job, for tests that play whole workflows: `node ci-process.mjs COMMAND`. All of it is the real one, but
 * what GitHub would be: a look-alike forge that is kept in a folder, and runs of workflows in files.
 */
import { appendFileSync, existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { openBundleFolder } from "../../../src/adapters/bundles/index.ts";
import { renewRefs } from "../../../src/adapters/git/job-mirror.ts";
import { openSqliteStore } from "../../../src/adapters/store/index.ts";
import { openJobBundles } from "../../../src/apps/ci/job-bundles.ts";
import type { Outside, SeenRun } from "../../../src/apps/ci/outside.ts";
import { type CiCommandName, runCi } from "../../../src/apps/ci/run-ci.ts";
import { failed } from "../../../src/apps/cli/tell.ts";
import { recordBranch } from "../../../src/compile/names.ts";
import type { Action } from "../../../src/domain/decision.ts";
import type { Flow } from "../../../src/flow/index.ts";
import { openForge } from "../../../src/worlds/real/forge/index.ts";
import { openForgePort } from "../../../src/worlds/real/forge-port.ts";
import { bot, repository } from "../../../src/worlds/real/story-forge.ts";
import { tellingForge, tellingStore } from "../../../src/worlds/real/telling.ts";
import type { CiProcessAbout, ToldByJob } from "./ci-workflows.ts";

const about = JSON.parse(process.env.PLANGATE_TEST ?? "") as CiProcessAbout;
const clock = { now: () => about.now };
const forge = openForge({ dir: about.forge, clock });
const flow = JSON.parse(readFileSync(about.flow, "utf8")) as Flow;
let doing: Action | null = null;
const { signal } = new AbortController();

function tell(told: ToldByJob): void {
  if ("news" in told && "action" in told.news) doing = told.news.action;
  appendFileSync(about.told, `${JSON.stringify(told)}\n`);
}

const outside: Outside = {
  clock,
  store: async () => tellingStore(await openSqliteStore(about.store, { clock }), (news) => tell({ news })),
  forge: async () => ({
    ...tellingForge(openForgePort({ forge, repository, flow, bot }), {
      tell: (news) => tell({ news }),
      doing: () => doing,
      opened: (purpose, number) => tell({ opened: { purpose, number } }),
      issues: () => forge.state.repositories.find(({ name }) => name === repository)?.issues.length ?? 0,
    }),
    teams: async () => about.teams,
    maintainers: async () => about.maintainers,
  }),
  workflows: {
    run: async (id) => {
      const file = join(about.runs, String(id), "seen.json");
      return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as SeenRun) : undefined;
    },
    onlyWaits: async () => false,
    start: async (inputs) => tell({ started: inputs }),
    plansOf: async (run, { prefix }) => {
      const folder = join(about.runs, String(run), "artifacts");
      const names = existsSync(folder) ? readdirSync(folder) : [];
      return names.filter((name) => name.startsWith(prefix)).map((name) => join(folder, name));
    },
  },
  deployments: { begin: async () => 1, end: async () => undefined },
  settings: {
    environments: async () => ({ kind: "hidden", why: "no settings are kept here" }),
    file: async () => undefined,
  },
  bundles: (_out, place) =>
    place === null
      ? openBundleFolder(about.bundles)
      : openJobBundles(place, { env: process.env, tell: (line) => void process.stderr.write(`${line}\n`), signal }),
  flowAt: async () => flow,
  bring: async () => undefined,
  renew: (dir) => renewRefs(dir, { url: forge.dirOf(repository), env: process.env, without: recordBranch }),
};

try {
  const result = await runCi(process.argv[2] as CiCommandName, {
    env: process.env,
    directory: process.cwd(),
    flowFile: "plangate.yaml",
    progress: (line) => void process.stderr.write(`${line}\n`),
    signal,
    watching: {
      decided: ({ decision }) => tell({ news: { reasons: decision.reasons } }),
      performing: (action) => tell({ news: { action } }),
    },
    outside: async () => outside,
  });
  process.stdout.write(`${result.text}\n`);
  process.exitCode = result.exitCode;
} catch (error) {
  const { exitCode, diagnostics = [] } = failed(error, signal);
  process.stderr.write(`${JSON.stringify(diagnostics)}\n${error instanceof Error ? error.stack : ""}\n`);
  process.exitCode = exitCode;
} finally {
  await forge.save();
  forge.close();
}
