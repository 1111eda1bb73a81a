/**
 * One command of a job, for stories that are played on the look-alike GitHub: `node story-process.ts ABOUT ci COMMAND`. All
 * of it is the real one, with the outside that jobs have on GitHub; only the clock is the story's, and what is done is told.
 */
import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { withGivenSecrets } from "../../src/apps/ci/given-secrets.ts";
import { openOutside } from "../../src/apps/ci/outside-here.ts";
import { type CiCommandName, runCi } from "../../src/apps/ci/run-ci.ts";
import { failed } from "../../src/apps/cli/tell.ts";
import type { Action } from "../../src/domain/decision.ts";
import { inertText } from "../../src/views/inert.ts";
import type { News } from "../../src/worlds/happened.ts";
import { tellingForge, tellingStore } from "../../src/worlds/real/telling.ts";
import { setTime } from "./story-time.ts";

/** What the process is told besides what a runner tells it. */
export interface StoryProcessAbout {
  /** A file with the time, which jobs move on too. */
  readonly now: string;
  /** A file that gets a line for each thing that is told. */
  readonly told: string;
  /** The real one. */
  readonly terraform: string;
  /** What stands before it while the story has something in store: the program, and whom that tells. */
  readonly beforeTerraform: string;
  readonly faults: string;
  /** A file that is there while it has. */
  readonly inStore: string;
}

/** What the process tells. */
export type ToldByJob =
  | { readonly news: News }
  | { readonly opened: { readonly purpose: string; readonly number: number } };

const [, , file = "", , command = "", name] = process.argv;
const about = JSON.parse(readFileSync(file, "utf8")) as StoryProcessAbout;
const clock = { now: () => Number(readFileSync(about.now, "utf8")) };
// Of two things that follow from one another none happens in the same moment.
setTime(about.now, clock.now() + 1);
const env = withTerraform(withGivenSecrets(process.env));
let doing: Action | null = null;
let shown = false;

function tell(told: ToldByJob): void {
  if ("news" in told && "action" in told.news) doing = told.news.action;
  appendFileSync(about.told, `${JSON.stringify(told)}\n`);
}

/** Puts a Terraform first that tells the story's world what it does, as soon as there is something in store for it. */
function withTerraform(job: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  if (command !== "plan" && command !== "apply") return job;
  const folder = join(job.RUNNER_TEMP ?? "", `terraform-of-${command}`);
  mkdirSync(folder, { recursive: true });
  const told = [process.execPath, about.beforeTerraform, file, command, job.RUNNER_TRACKING_ID];
  const script = `#!/bin/sh
if [ -e '${about.inStore}' ]; then
  case "\${1-}" in plan | apply) exec ${told.map((word) => `'${word}'`).join(" ")} "$@" ;; esac
fi
exec '${about.terraform}' "$@"
`;
  writeFileSync(join(folder, "terraform"), script, { mode: 0o755 });
  return { ...job, PATH: `${folder}:${job.PATH}` };
}

/** How many issues were ever opened, pull requests among them. */
async function issues(): Promise<number> {
  const url = `${env.GITHUB_API_URL}/repos/${env.GITHUB_REPOSITORY}/issues?state=all&per_page=100`;
  const answer = await fetch(url, { headers: { authorization: `Bearer ${env.GITHUB_TOKEN}` } });
  return ((await answer.json()) as readonly unknown[]).length;
}

const signal = new AbortController().signal;
const progress = (line: string) => void process.stderr.write(`${inertText(line)}\n`);
try {
  const result = await runCi(command as CiCommandName, {
    env,
    name,
    directory: process.cwd(),
    flowFile: "plangate.yaml",
    progress,
    signal,
    watching: {
      decided: ({ decision }) => tell({ news: { reasons: decision.reasons } }),
      performing: (action) => {
        shown ||= action.kind === "comment";
        tell({ news: { action } });
      },
    },
    async outside(job, given) {
      const outside = await openOutside(job, { ...given, env, clock, progress, signal });
      return {
        ...outside,
        store: async () => tellingStore(await outside.store(), (news) => tell({ news })),
        forge: async (of) =>
          tellingForge(await outside.forge(of), {
            tell: (news) => tell({ news }),
            doing: () => doing,
            opened: (purpose, number) => tell({ opened: { purpose, number } }),
            issues,
          }),
      };
    },
  });
  // Nothing that comes of it begins in the second in which a plan was shown.
  if (shown) setTime(about.now, clock.now() + 1_000);
  process.stdout.write(`${result.text}\n`);
  process.exitCode = result.exitCode;
} catch (error) {
  const { exitCode, diagnostics = [] } = failed(error, signal);
  process.stderr.write(`${JSON.stringify(diagnostics)}\n`);
  process.exitCode = exitCode;
}
