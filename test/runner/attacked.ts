/** A settled repository that everybody sees, for attacks: the clouds are there, and what a job of an attacker says is found. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { CloudDocuments } from "../cloud/token-exchange.ts";
import { documentsOf, trusting } from "../compile/trust-documents.ts";
import { at, infra, octokitWith, owner, repo } from "../github/small-github.ts";
import { type Clouds, openClouds } from "./clouds.ts";
import type { Open } from "./host.ts";
import { openRunner, type RanJob, type RanRun, type Runner, type RunnerAbout } from "./index.ts";
import { openStage, type UserStage } from "./stage.ts";
import { stateOf } from "./stage-files.ts";

export interface Attacked {
  readonly stage: UserStage;
  readonly runner: Runner;
  readonly hooks: Open<NonNullable<RunnerAbout["hooks"]>>;
  readonly clouds: Clouds;
  /** Whom the clouds trust, by the compiled identities. */
  readonly documents: CloudDocuments;
  /** Runs that began since this was last asked, when nothing runs any more. */
  news(): Promise<readonly RanRun[]>;
  /** What plangate has said on a pull request or issue. */
  said(number: number): Promise<string>;
  /** Which states of these stacks are there. */
  states(...stacks: readonly string[]): readonly string[];
  close(): Promise<void>;
}

/** What is tried on the way has a life of its own. */
export function withoutEphemeral(flow: string): string {
  return flow
    .replace(/^ *- .*\bin: ephemeral, do:.*\n/m, "")
    .replace(/^ *ephemeral: .*\n/m, "")
    .replaceAll(/\bephemeral, /g, "")
    .replaceAll("{instance}", "");
}

export async function openAttacked(): Promise<Attacked> {
  const hooks: Attacked["hooks"] = {};
  const addresses = { aws: "", google: "" };
  const opened: { runner?: Runner; clouds?: Clouds; documents?: CloudDocuments } = {};
  const stage = await openStage({
    preset: "trunk-stored-plan",
    quick: true,
    public: true,
    edit: withoutEphemeral,
    async opened({ github, dir, programs, secrets }) {
      const root = octokitWith(github.url, await github.tokenFor({ person: "root" })).rest;
      const { data } = await root.repos.get(at);
      const flow = trusting("trunk-stored-plan", (written) => {
        written.repository = { owner, name: repo, ownerId: data.owner.id, id: data.id };
      });
      const issuerUrl = `${github.url}/_services/token`;
      opened.documents = documentsOf(flow, { github_issuer: issuerUrl.replace(/^http:\/\//, "") });
      opened.clouds = await openClouds({ documents: opened.documents, issuerUrl, clock: { now: Date.now } });
      Object.assign(addresses, { aws: opened.clouds.aws, google: opened.clouds.google });
      const jobs = { repository: infra, dir: join(dir, "jobs"), programs, secrets };
      opened.runner = openRunner({ github, ...jobs, clouds: addresses, hooks });
    },
  });
  const { runner, clouds, documents } = opened;
  if (runner === undefined || clouds === undefined || documents === undefined) throw new Error("it never opened");
  const told = new Set<RanRun>();
  const attacked: Attacked = {
    stage,
    runner,
    hooks,
    clouds,
    documents,
    async news() {
      await runner.settled();
      const fresh = runner.runs.filter((run) => !told.has(run));
      for (const run of fresh) told.add(run);
      return fresh;
    },
    async said(number) {
      const { rest } = await stage.as("root");
      const { data } = await rest.issues.listComments({ ...at, issue_number: number, per_page: 100 });
      return data.flatMap(({ user, body }) => (user?.login === "github-actions[bot]" ? [body ?? ""] : [])).join("\n");
    },
    states: (...stacks) =>
      ["test", "prod"].flatMap((environment) =>
        stacks.flatMap((stack) =>
          existsSync(stateOf(stage.states, environment, stack)) ? [`${environment}/${stack}`] : [],
        ),
      ),
    async close() {
      try {
        await runner.close();
      } finally {
        await stage.close();
        await clouds.close();
      }
    },
  };
  await attacked.news();
  return attacked;
}

/** Jobs of these runs by `FILE: NAME`, with how they ended; those that were passed over are left out. */
export function ended(runs: readonly RanRun[]): Readonly<Record<string, string | null>> {
  return Object.fromEntries(
    runs.flatMap(({ file, jobs }) =>
      jobs.flatMap(({ name, conclusion }) =>
        conclusion === "skipped" ? [] : [[`${file.split("/").at(-1)}: ${name}`, conclusion] as const],
      ),
    ),
  );
}

/** The last job of that name that ran, whatever its matrix. */
export function jobOf(runs: readonly RanRun[], name: string): RanJob {
  const found = runs
    .flatMap(({ jobs }) => jobs)
    .findLast((job) => job.conclusion !== "skipped" && (job.name === name || job.name.startsWith(`${name} (`)));
  if (found === undefined) throw new Error(`no job ${name} ran`);
  return found;
}

export interface Planning {
  readonly orders: readonly object[];
  readonly environment: string;
  /** What sed is told before Terraform plans. */
  readonly change: string;
}

/** A workflow that plans by the published command line, with a Terraform that plans something else. */
export function planningWith(on: string, { orders, environment, change }: Planning): string {
  return `${on}
permissions: { contents: read }
jobs:
  plan:
    runs-on: ubuntu-24.04
    steps:
      - uses: ${checkoutAction}
        with: { fetch-depth: 0, persist-credentials: false }
      - uses: ${terraformAction}
        with: { terraform_version: 1.11.4, terraform_wrapper: false }
      - run: |
${hostilePlan(change).replace(/^/gm, "          ")}
          cd "$RUNNER_TEMP"
          npx --yes plangate@0.1.0 ci plan
        env:
          PLANGATE_ENVIRONMENT: ${environment}
          PLANGATE_ORDERS: '${JSON.stringify(orders)}'
          PLANGATE_SEAL_KEY: \${{ vars.PLANGATE_SEAL_KEY }}
      - uses: ${uploadAction}
        with: { name: "plangate-plan-${environment}-0", path: "\${{ runner.temp }}/plangate-out/", include-hidden-files: true }
`;
}

export const awsAction = "aws-actions/configure-aws-credentials@8df5847569e6427dd6c4fb1cf565c83acfa8afa7";
export const googleAction = "google-github-actions/auth@7c6bc770dae815cd3e89ee6cdf493a5fab2cc093";
const checkoutAction = "actions/checkout@de0fac2e4500dabe0009e67214ff5f5447ce83dd";
const terraformAction = "hashicorp/setup-terraform@5e8dbf3c6d9deaf4193ca7a8fb23f2ac83bb6c85";
const uploadAction = "actions/upload-artifact@b7c566a772e6b6bfb58ed0dc250532a479d7789f";

/** Lines of a shell that put a Terraform first, which plans a copy of the folder that it altered. */
export function hostilePlan(change: string): string {
  return `real=$(command -v terraform)
mkdir -p "$RUNNER_TEMP/evil"
cat > "$RUNNER_TEMP/evil/terraform" <<END
#!/bin/sh
case " \\$* " in
  *" plan "*)
    cp -a . "$RUNNER_TEMP/evil/copy.\\$\\$"
    cd "$RUNNER_TEMP/evil/copy.\\$\\$"
    sed -i '${change}' main.tf
    ;;
esac
exec "$real" "\\$@"
END
chmod +x "$RUNNER_TEMP/evil/terraform"
export PATH="$RUNNER_TEMP/evil:$PATH"`;
}
